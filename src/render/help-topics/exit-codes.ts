/** Text of `sigctl help exit-codes`. */
export const EXIT_CODES = `Exit codes of sigctl

    0  Done, or already so. Asking for the state that holds is no failure.
    1  An operation failed: a service did not get ready or could not be
       stopped, another command holds the stack (see --wait), a backup or a
       restore failed, doctor found an error (with --strict: a warning too),
       a file that is not sigctl's would be replaced (completion install),
       a test message did not arrive (alerts test).
    2  Wrong use: unknown command, option, service or mode, a value that is
       none, no manifest or one with faults, top without a terminal. Nothing
       was changed.
    3  status --check: not every service that should run is healthy;
       wait: not there in time; config --check: a restart would change
       something; recover --check: PM2 or the watchdog is to be brought
       back.
    4  Environment: PM2 does not answer or does not start, a database is
       locked, broken or of a newer sigctl, a log cannot be read, a file
       cannot be written (init, completion install), another machine
       cannot be reached (--host, deploy).
   70  A bug in sigctl. Its text on stderr is what a report needs.
  129  status --watch or top: ended by SIGHUP.
  130  start, restart, reload, mode, wait, restore or deploy: Ctrl-C. The
       services stay as they are then. Also any command while it waits
       for another one (nothing was changed), and top by SIGINT; Ctrl-C
       ends status --watch with 0.
  143  SIGTERM in the place of that Ctrl-C; it ends status --watch and
       top with the same code.

Errors are two lines on stderr, "sigctl: Cannot ..." and "hint: ...". With
--json on the line an error goes to stdout instead, as
  {"schemaVersion": 1, "ok": false,
   "error": {"code", "message", "hint"}}
"code" is stable, so scripts should look at it and not at the message;
docs/errors.md lists them all.

Examples:
  sigctl status --check || sigctl doctor
  sigctl start --json | jq -r .ok
  sigctl mode full; [ $? -eq 1 ] && sigctl logs -n 100`;
