/**
 * Keys of PM2 7.0.4 apps (its lib/API/schema.json) that sigctl takes and does nothing with, and why the operator should know.
 * An empty reason: it makes no difference to the service, so there is nothing to say.
 */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  append_env_to_name: 'the name is always "name"',
  automation: '',
  autostart: 'leave the service out of a mode instead',
  deep_monitoring: '',
  disable_logs: 'output goes to logs/<name>.log',
  disable_source_map_support: '',
  disable_trace: '',
  error_file: 'output goes to logs/<name>.log',
  event_loop_inspector: '',
  execute_command: '',
  filter_env: '',
  force: '',
  gid: 'the service runs as the user who runs sigctl',
  ignore_watch: '',
  increment_var: 'SIGCTL_INSTANCE tells the instances apart',
  install_url: '',
  instance_var: 'SIGCTL_INSTANCE tells the instances apart',
  io: '',
  kill_retry_time: '',
  log_date_format: 'lines are stored as the service writes them',
  log_file: 'output goes to logs/<name>.log',
  log_type: 'lines are stored as the service writes them',
  merge_logs: '',
  name_prefix: 'the name is always "name"',
  out_file: 'output goes to logs/<name>.log',
  pid_file: 'the PID is in run/<name>.pid',
  pmx: '',
  post_update: 'sigctl pulls no code',
  shutdown_with_message: 'a stop is SIGINT',
  source_map_support: '',
  time: '',
  trace: '',
  treekill: '',
  uid: 'the service runs as the user who runs sigctl',
  username: '',
  v8: '',
  vizion: '',
  watch: 'sigctl restarts a service when told to',
  watch_delay: '',
  watch_options: '',
  windowsHide: '',
  write: '',
};

/** PM2's other spellings. Besides these it takes every key in camel case. */
const ALIASES: Readonly<Record<string, string>> = {
  cmd: 'script',
  combine_logs: 'merge_logs',
  command: 'script',
  cron: 'cron_restart',
  err: 'error_file',
  err_file: 'error_file',
  err_log: 'error_file',
  error: 'error_file',
  exec: 'script',
  exec_interpreter: 'interpreter',
  interpreter_args: 'node_args',
  log: 'log_file',
  out: 'out_file',
  out_log: 'out_file',
  output: 'out_file',
  pid: 'pid_file',
  user: 'uid',
};

export interface KeyedApp {
  /** The app under canonical keys; keys without effect and unknown ones are gone. */
  readonly app: Readonly<Record<string, unknown>>;
  /** Canonical key → the key as typed, for messages. */
  readonly typed: ReadonlyMap<string, string>;
  readonly unknown: readonly string[];
  /** Of the keys without effect, those worth a word. */
  readonly notes: readonly string[];
}

/** Sorts the keys of one app. `honoured`: the canonical keys that sigctl acts on. The canonical spelling wins, as in PM2. */
export function sortAppKeys(raw: Readonly<Record<string, unknown>>, honoured: readonly string[]): KeyedApp {
  const app: Record<string, unknown> = {};
  const typed = new Map<string, string>();
  const unknown: string[] = [];
  const notes: string[] = [];
  for (const [key, value] of Object.entries(raw)) {
    const canonical = canonicalKey(key, honoured);
    if (canonical === undefined) unknown.push(key);
    else if (!honoured.includes(canonical)) notes.push(...noteOn(key, canonical, value));
    else if (value !== null && (key === canonical || !(canonical in raw))) {
      app[canonical] = value;
      typed.set(canonical, key);
    }
  }
  return { app, typed, unknown, notes };
}

/** Every key that an app may have, for suggestions. */
export function knownAppKeys(honoured: readonly string[]): string[] {
  return [...honoured, ...Object.keys(WITHOUT_EFFECT), ...Object.keys(ALIASES)];
}

function canonicalKey(key: string, honoured: readonly string[]): string | undefined {
  const isKnown = (name: string): boolean => honoured.includes(name) || Object.hasOwn(WITHOUT_EFFECT, name);
  const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const spellings = [key, snake].flatMap((name) => [
    name,
    Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name,
  ]);
  return spellings.find(isKnown) ?? (/^env_\S+$/.test(key) ? key : undefined);
}

function noteOn(key: string, canonical: string, value: unknown): string[] {
  if (isOff(value, canonical)) return [];
  const reason = Object.hasOwn(WITHOUT_EFFECT, canonical)
    ? WITHOUT_EFFECT[canonical]
    : 'only "env" and "env_file" count';
  return reason === '' ? [] : [`"${key}" has no effect behind the launcher: ${reason}`];
}

/** A key that is switched off changes nothing, so that its lack of effect is no news. `autostart` is on by default. */
function isOff(value: unknown, canonical: string): boolean {
  if (canonical === 'autostart') return value !== false;
  return value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0);
}
