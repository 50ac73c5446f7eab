import * as z from 'zod';
import { RELOAD_SIGNALS } from '../core/stack.js';
import { leaf } from './leaf.js';
import { count, delayMs, flag, httpPath, pattern, port, text, timeMs } from './leaves.js';
import * as entry from './parse-entry.js';
import * as parse from './parse-value.js';
import * as watch from './watch-schema.js';

const names = leaf(parse.parseTexts, 'a list of service names');
const words = leaf(parse.parseWords, 'one line (every quote closed) or a list of words');
const variable = leaf(entry.parseVariable, 'text without NUL, a number, true or false');
const variableName = leaf(entry.parseVariableName, 'the name of a variable');

const ready = z.strictObject(
  {
    heartbeat: leaf((value) => (value === true ? true : undefined), 'true').optional(),
    http: httpPath.optional(),
    tcp: port.optional(),
    log: pattern.optional(),
    command: text.optional(),
    delay: delayMs.optional(),
    exit: leaf((value) => (value === true ? true : undefined), 'true').optional(),
    port: port.optional(),
    within: timeMs.optional(),
  },
  { error: 'a rule such as { http: "/health", within: "30s" }' },
);

const progress = z.strictObject({ name: text, within: timeMs }, { error: '{ name: "cycle", within: "90s" }' });
const health = z.strictObject(
  {
    heartbeat: timeMs.optional(),
    progress: progress.optional(),
    on_hung: watch.reaction.optional(),
    on_stale: watch.reaction.optional(),
    on_unhealthy: watch.reaction.optional(),
    liveness: watch.checks.optional(),
    readiness: watch.checks.optional(),
  },
  { error: '{ heartbeat: "15s", progress: { name: "cycle", within: "90s" } }' },
);

const breaker = z.strictObject(
  { exits: count.optional(), within: timeMs.optional() },
  { error: '{ exits: 5, within: "2m" }' },
);
const restart = z.strictObject(
  {
    backoff: leaf(entry.parseBackoff, '[shortest, longest] wait, such as ["250ms", "30s"]').optional(),
    breaker: breaker.optional(),
    success: watch.exitCodes.optional(),
    never: watch.exitCodes.optional(),
  },
  { error: '{ backoff: ["250ms", "30s"], breaker: { exits: 5, within: "2m" } }' },
);

const reload = z.strictObject(
  { signal: leaf(entry.parseReloadSignal, `one of ${RELOAD_SIGNALS.join(', ')}`), within: timeMs.optional() },
  { error: '{ signal: "SIGHUP", within: "20s" }' },
);

const sigctl = z.strictObject(
  {
    after: names.optional(),
    needs: names.optional(),
    ready: ready.optional(),
    health: health.optional(),
    restart: restart.optional(),
    reload: reload.optional(),
    singleton: flag.optional(),
    oneshot: flag.optional(),
    memory: watch.memory.optional(),
    logs: watch.logs.optional(),
    takeBack: leaf((value) => (value === 'last' ? value : undefined), '"last"').optional(),
    port: port.optional(),
    passEnv: z.array(variableName, { error: 'a list of names of variables' }).optional(),
  },
  { error: 'a block such as { after: ["database"], ready: { http: "/health" } }' },
);

/** One app under canonical keys. Nothing is required here: what may be missing is decided where the service is built. */
export const appSchema = z.strictObject({
  name: text.optional(),
  script: leaf(parse.parseText, 'the path of a script or binary, or a command of PATH').optional(),
  args: words.optional(),
  interpreter: leaf(
    entry.parseInterpreter,
    'a command or path, or "none" (for node@<version> give the path of that node)',
  ).optional(),
  node_args: words.optional(),
  cwd: text.optional(),
  env: z.record(z.string(), variable, { error: 'a block of variables such as { LOG_LEVEL: "info" }' }).optional(),
  env_file: leaf(entry.parseFiles, 'a file or a list of files').optional(),
  instances: leaf(parse.parseInstances, 'a whole number up to 1000, or "max" with exec_mode "cluster"').optional(),
  exec_mode: leaf(entry.parseExecMode, '"fork" or "cluster"').optional(),
  cron_restart: leaf(parse.parseCron, 'a cron pattern of five or six fields such as "0 3 * * *"').optional(),
  max_memory_restart: leaf(
    parse.parseMemoryBytes,
    'a size of at least 1M such as 512M or 2G (a bare number is bytes)',
  ).optional(),
  kill_timeout: timeMs.optional(),
  listen_timeout: timeMs.optional(),
  min_uptime: timeMs.optional(),
  restart_delay: delayMs.optional(),
  exp_backoff_restart_delay: delayMs.optional(),
  stop_exit_codes: watch.exitCodes.optional(),
  max_restarts: leaf(entry.parseTally, 'a whole number of at least 0').optional(),
  autorestart: flag.optional(),
  wait_ready: flag.optional(),
  namespace: text.optional(),
  port: port.optional(),
  sigctl: sigctl.optional(),
});
export type AppEntry = z.output<typeof appSchema>;

/** The block `sigctl` beside `apps`. */
export const stackSchema = z.strictObject({
  name: leaf(entry.parseStackName, 'a name of letters, digits, dot, dash and underscore').optional(),
  modes: z
    .record(z.string(), leaf(entry.parseMode, '"*" or a list of service names'), {
      error: 'a block of modes such as { minimal: ["website"], full: "*" }',
    })
    .optional(),
  watchdog: flag.optional(),
  logs: watch.logs.optional(),
  disk: watch.disk.optional(),
  history: watch.history.optional(),
  alerts: watch.alerts.optional(),
});
export type StackEntry = z.output<typeof stackSchema>;

/** Keys of each block of an app by its path, for suggestions. */
export const BLOCK_KEYS: Readonly<Record<string, readonly string[]>> = {
  sigctl: Object.keys(sigctl.shape),
  'sigctl.ready': Object.keys(ready.shape),
  'sigctl.health': Object.keys(health.shape),
  'sigctl.health.progress': Object.keys(progress.shape),
  'sigctl.restart': Object.keys(restart.shape),
  'sigctl.restart.breaker': Object.keys(breaker.shape),
  'sigctl.reload': Object.keys(reload.shape),
  'sigctl.memory': Object.keys(watch.memory.shape),
  'sigctl.logs': Object.keys(watch.logs.shape),
  'sigctl.health.liveness': watch.CHECK_KEYS,
  'sigctl.health.readiness': watch.CHECK_KEYS,
};

/** The same for the block `sigctl` beside `apps`; its own keys are under `''`. */
export const STACK_BLOCK_KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(stackSchema.shape),
  logs: Object.keys(watch.logs.shape),
  disk: Object.keys(watch.disk.shape),
  history: Object.keys(watch.history.shape),
  ...watch.ALERT_BLOCK_KEYS,
};
