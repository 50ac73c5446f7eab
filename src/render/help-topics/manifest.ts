/** Text of `sigctl help manifest`. */
export const MANIFEST = `The manifest: ecosystem.config.cjs

It is a PM2 file. What sigctl adds stands under the key "sigctl", of an app and
beside "apps". It is looked for in the current folder and upward (then
ecosystem.config.js); --config names another one, .json too. Relative paths
begin at its folder. All faults are told at once, and nothing is started.

  module.exports = {
    apps: [
      {
        name: 'trading',
        script: 'dist/trading.js',
        max_memory_restart: '2G',
        sigctl: {
          after: ['market-data'],
          ready: { http: '/health', port: 3002 },
          health: {
            heartbeat: '15s',
            progress: { name: 'cycle', within: '90s' },
          },
        },
      },
      { name: 'market-data', script: 'collect.py' },
    ],
    sigctl: {
      name: 'app',
      modes: { minimal: ['trading'], full: '*' },
    },
  };

Durations: 250ms, 30s, 2m, 1h, 7d; a bare number is milliseconds.
Sizes: 512M, 2G; a bare number is bytes.

Keys of an app, as in PM2

  script              A file or a command of PATH. The one key that must be.
  name                Letters, digits, . _ - (default: the script's file name).
  args, node_args     One line, or a list of words.
  interpreter         A command, or "none" (default: by the file's ending).
  cwd                 Folder it runs in (default: the manifest's).
  env, env_file       Its variables; see: sigctl help environment
  port                Becomes PORT.
  instances           Processes (default: 1); "max" only with exec_mode cluster.
  exec_mode           "fork" (default) or "cluster", which PM2 runs by itself.
  autorestart         Start again after an exit (default: true).
  stop_exit_codes     The same as "never" of sigctl.restart.
  cron_restart        Cron pattern of five or six fields, in your time zone.
  max_memory_restart  Restart above this size, 1M at least (default: no limit).
                      V8's heap gets 75 % of it, if node_args and NODE_OPTIONS
                      give it no --max-old-space-size.
  kill_timeout        From SIGINT to SIGKILL at a stop (default: 1600ms).
  wait_ready          Ready at process.send('ready'), within listen_timeout
                      (default: 30s).
  restart_delay, exp_backoff_restart_delay, max_restarts, min_uptime
                      Used where sigctl.restart does not say.
  namespace           Taken over to PM2.

PM2's other keys (watch, out_file, ...) have no effect; the start names those
that would have made a difference.

Keys of an app's "sigctl"

  after      Services that start before it and stop after it, when both do.
  needs      The same, and starting this one starts them too.
  ready      When "sigctl start" may return (default: alive for 1s). One of:
               heartbeat: true     its first row in the status table
               http: '/path'       2xx on 127.0.0.1 at "port"
               tcp: 3001           the port takes connections
               log: 'regex'        a line of its log
               command: '...'      the command exits with 0
               delay: '2s'         it has lived so long
               exit: true          a oneshot has done its work (its default)
             and within: how long it may take (default: 30s; exit: 5m).
  health     heartbeat: silent for longer is "hung".
             progress { name, within }: no work for longer is "stale".
             readiness, liveness: a check, or a list of them, that the watchdog
             asks; one that fails makes it "unhealthy". Each is one of http,
             tcp, command (as in ready) or log: 'regex' (no such line within:
             '1m' fails), with every: '10s', timeout: '2s', failures: 3 and
             successes: 1 in a row.
             on_hung, on_stale, on_unhealthy: "restart", "alert" or "ignore"
             (default: restart, but alert for on_stale). Unhealthy is a failed
             liveness here; a failed readiness ends nothing.
             A node process that hangs is asked first where its code is: SIGUSR1
             opens its inspector. Not where node_args or NODE_OPTIONS have an
             --inspect flag, or its code names SIGUSR1.
  restart    backoff [shortest, longest]: wait before a restart, at random up to
             a limit that doubles with each exit; two equal times are a fixed
             wait (default: 10ms to 15s).
             breaker { exits, within }: give up after so many exits in so long,
             until "sigctl start" (default: 20 in 2m).
             success: exit codes of a wanted end of a oneshot (default: 0). A
             death by signal is none.
             never: exit codes after which only an operator starts it again;
             79 always is one.
  oneshot    It runs to its end (default: false). One that ended with a success
             code runs again after a stop, at a boot, or when "start" or
             "restart" names it.
  memory     soft: from here on it is "degraded", a size or a share of
             max_memory_restart (default: '90%').
  logs       Rotated above size or age, with gzip, and no more kept than keep
             (default: size '20M', keep '200M', gzip true, no age).
  reload     { signal, within }: it takes up new code at this signal without
             ending (SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH), for "sigctl reload"
             (default: within 20s).
  takeBack   'last': after a death of PM2 it is taken back after all others.
  singleton  Only one process may run (default: true with one instance).
  port       Where it listens.
  passEnv    Variables of your shell that it gets.

Keys of the "sigctl" beside "apps"

  name       Of the stack (default: the folder's name).
  watchdog   false: none runs, so nobody looks at health, memory and logs.
  logs       As of an app, for those that do not say.
  disk       free: below it the oldest log segments go (default: '500M').
  history    keep, max: how long events are kept, and how many (default: 90d,
             100000).
  modes      Lists of services, or '*' for all. "full", all of them, is there
             in any case.
  alerts     Whom the watchdog tells, on changes only, and when it is over:
               telegram { token, chat }   e.g. token: '$TELEGRAM_BOT_TOKEN'
               webhook { url, headers }   POST, the alert as JSON
               command: '...'             the alert as JSON on its stdin
             on: verdicts that are alerts (default: all that need a look).
             after: how long one must last (default: 0; what mends itself is
             waited for in any case: a crash 10s, lost PM2 60s).
             quiet { from, to, timezone, except }: hours in which only the
             verdicts of "except" are told (default: down, crash-loop,
             duplicate); the rest when they end, if it still holds.
             $NAME: a variable of the shell that typed "sigctl start"; it
             stays in force as one of passEnv does.

Examples:
  sigctl doctor                    is this manifest sound, and its machine too
  sigctl mode                      the modes it defines
  sigctl --config other.cjs status`;
