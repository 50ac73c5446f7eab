/** Text of `sigctl help environment`. */
export const ENVIRONMENT = `Variables that sigctl reads

  SIGCTL_HOME    Folder of the stack's state (default: .sigctl beside the
                 manifest). A relative path begins at the current folder.
  SIGCTL_ACTOR   Who is on record as the one who gave a command
                 (default: "operator" and your user name).
  NO_COLOR       Not empty: no colour. --no-color does the same.
  FORCE_COLOR    Colour in a pipe too; 0 or false: none.
  TERM           "dumb": no colour.
  PORT           Where the manifest passes it on (passEnv), it wins over the
                 port of the manifest.
  SHELL          The shell that "sigctl completion install" is for.
  XDG_DATA_HOME, XDG_CONFIG_HOME
                 Where "sigctl completion install" writes for bash and fish.

Variables that a service gets, and nothing else

  1. Of the shell that typed the command, where they are set: PATH HOME USER
     LOGNAME SHELL LANG LC_ALL LC_CTYPE TZ TMPDIR.
  2. The manifest's: env_file, then env, then PM2's port as PORT. Python gets
     PYTHONUNBUFFERED=1 unless the manifest says otherwise.
  3. Of the shell, the names in sigctl.passEnv, where they are set.
  4. The folder of the node that runs sigctl, at the end of PATH.
  5. sigctl's own:
     SIGCTL_SERVICE    name of the service
     SIGCTL_INSTANCE   number of the process: 0, 1, ... (NODE_APP_INSTANCE too)
     SIGCTL_MODE       mode in force, empty before the first one
     SIGCTL_HOME       folder of the stack's state, absolute
     SIGCTL_LOG        the log file that is its standard output
     SIGCTL_STATUS_DB  the status table, status.db in that folder
     SIGCTL_ROOT       folder of the manifest
     SIGCTL_CONFIG     the manifest
     SIGCTL_BIN        this sigctl

Later ones win. The environment is made anew at each start: a variable that
left the manifest is gone after "sigctl restart". "sigctl env <service>" shows
it, with the origin of each value. What PM2 or another service has in its
environment reaches no service.

Services built on the kit (sigctl/service) read LOG_LEVEL too: trace, debug,
info (default), warn, error, fatal. Let it in with passEnv: ['LOG_LEVEL'].

Examples:
  SIGCTL_HOME=/var/lib/app sigctl status
  LOG_LEVEL=debug sigctl restart trading
  NO_COLOR=1 sigctl status trading`;
