import { COLUMNS, commentLines, layOutLines, withComment } from './comment-lines.js';
import type { InitPlan, PlannedReady, PlannedService } from './init-plan.js';
import { commentText, jsKey, jsString, jsValue } from './js-text.js';

export interface RenderOptions {
  /** What the services come from: `Procfile`; `undefined` for the example. */
  readonly source: string | undefined;
}

/** The text of an `ecosystem.config.cjs` that says in comments what each line is for, and what was not taken over. */
export function renderManifest(plan: InitPlan, { source }: RenderOptions): string {
  const lines = [
    ...headOf(source, plan),
    'module.exports = {',
    '  apps: [',
    ...plan.services.flatMap((service, index) => serviceLines(service, index === 0)),
    '  ],',
    ...topLines(plan),
    '};',
  ];
  return `${layOutLines(lines).join('\n')}\n`;
}

function headOf(source: string | undefined, plan: InitPlan): readonly string[] {
  const made =
    source === undefined ? 'An example by "sigctl init"' : `Made by "sigctl init" from ${commentText(source)}`;
  const head = [
    `${made}. It is a plain PM2 file; what sigctl adds stands under the key "sigctl".`,
    'A relative path begins at the folder of this file. A service gets PATH, HOME and the like, "env", "env_file", and of your shell only what "passEnv" names. A stop is SIGINT, and SIGKILL after "kill_timeout" milliseconds.',
    '',
    '  sigctl start     start all of them, and wait until each is ready',
    '  sigctl status    what each of them is doing',
  ];
  const told = plan.notes.map((note) => `Note: ${commentText(note)}`);
  const leftOut = plan.leftOut.map(
    ({ name, reason }) => `Not taken over: ${commentText(name)}: ${commentText(reason)}`,
  );
  const more = [...told, ...leftOut];
  return [...head, ...(more.length > 0 ? ['', ...more] : [])].flatMap((line) => commentLines(line));
}

function serviceLines(service: PlannedService, isFirst: boolean): readonly string[] {
  const fields = [...pm2Fields(service, isFirst), ...sigctlFields(service, isFirst)];
  const notes = service.notes.flatMap((note) => commentLines(commentText(note), '    '));
  return [...notes, '    {', ...fields.map((line) => `      ${line}`), '    },'];
}

function pm2Fields(service: PlannedService, isFirst: boolean): readonly string[] {
  const { command, env, envFiles, killTimeoutMs, memoryLimitBytes } = service;
  const say = (code: string, text: string): string => withComment(code, isFirst ? text : '');
  const isShell = command.args[0] === '-c' && command.interpreter === 'none';
  const memory = memoryLimitBytes === undefined ? undefined : sizeText(memoryLimitBytes);
  return [
    `name: ${jsString(service.name)},`,
    withComment(`script: ${jsString(command.script)},`, isShell ? 'its line needs a shell' : ''),
    ...(command.args.length > 0 ? field('args', command.args) : []),
    ...(command.interpreter === undefined ? [] : [`interpreter: ${jsString(command.interpreter)},`]),
    ...(service.cwd === undefined ? [] : [`cwd: ${jsString(service.cwd)},`]),
    ...(env === undefined ? [] : field('env', env)),
    ...(envFiles === undefined || envFiles.length === 0 ? [] : field('env_file', envFiles)),
    ...(service.instances === undefined ? [] : [`instances: ${service.instances},`]),
    ...(service.autorestart === undefined ? [] : [`autorestart: ${service.autorestart},`]),
    ...(service.maxRestarts === undefined ? [] : [`max_restarts: ${service.maxRestarts},`]),
    ...(memory === undefined
      ? isFirst
        ? [withComment("// max_memory_restart: '512M',", 'restarted above it')]
        : []
      : [say(`max_memory_restart: '${memory}',`, 'restarted above it')]),
    ...(killTimeoutMs === undefined ? [] : [say(`kill_timeout: ${killTimeoutMs},`, 'how long a stop may take')]),
  ];
}

function sigctlFields(service: PlannedService, isFirst: boolean): readonly string[] {
  const { after, needs, port, ready, passEnv } = service;
  const inside = [
    ...(after === undefined ? [] : field('after', after, 'order, when both start')),
    ...(needs === undefined ? [] : field('needs', needs, 'order, and starts them too')),
    ...(port === undefined ? [] : [withComment(`port: ${port},`, isFirst ? 'where it listens' : '')]),
    ...(ready === undefined
      ? isFirst
        ? [
            withComment(
              "// ready: { http: '/health', port: 3000, within: '30s' },",
              'when it counts as started; or tcp, log, command, delay',
            ),
          ]
        : []
      : field('ready', readyBlock(ready), isFirst ? '"sigctl start" returns when this holds' : '')),
    ...(passEnv === undefined ? [] : field('passEnv', passEnv, isFirst ? 'let in from your shell' : '')),
    ...(isFirst
      ? [
          withComment(
            "// health: { heartbeat: '15s' },",
            'once it writes heartbeats into the status table: silent for longer means hung',
          ),
          withComment(
            "// restart: { backoff: ['250ms', '30s'], breaker: { exits: 5 } },",
            'waits between restarts, and after how many exits to give up',
          ),
        ]
      : []),
  ];
  if (inside.length === 0) return [];
  return ['sigctl: {', ...inside.map((line) => `  ${line}`), '},'];
}

function readyBlock(ready: PlannedReady): Readonly<Record<string, string | number>> {
  switch (ready.kind) {
    case 'http':
      return { http: ready.path, port: ready.port, within: timeText(ready.withinMs) };
    case 'tcp':
      return { tcp: ready.port, within: timeText(ready.withinMs) };
    case 'command':
      return { command: ready.command, within: timeText(ready.withinMs) };
    case 'delay':
      return { delay: timeText(ready.delayMs) };
  }
}

function topLines(plan: InitPlan): readonly string[] {
  const [first] = plan.services;
  const modes = Object.entries(plan.modes);
  const example = withComment(
    `// modes: { minimal: [${first === undefined ? '' : jsString(first.name)}], full: '*' },`,
    '"sigctl mode minimal" runs these and no others',
  );
  const inside =
    modes.length === 0
      ? [example]
      : [
          '// "sigctl mode <name>" runs these and no others',
          'modes: {',
          ...modes.flatMap(([mode, members]) => field(mode, members).map((line) => `  ${line}`)),
          '},',
        ];
  return ['  sigctl: {', ...inside.map((line) => `    ${line}`), '  },'];
}

/** One line, or one for each entry when it would be too long; a comment only where it fits. */
function field(key: string, value: object, comment = ''): readonly string[] {
  const line = `${jsKey(key)}: ${jsValue(value)},`;
  if (line.length <= COLUMNS - 8) return [withComment(line, comment)];
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const entries = Array.isArray(value)
    ? value.map((entry) => `  ${jsValue(entry)},`)
    : Object.entries(value).map(([name, entry]) => `  ${jsKey(name)}: ${jsValue(entry)},`);
  return [`${jsKey(key)}: ${open}`, ...entries, `${close},`];
}

function sizeText(bytes: number): string {
  if (bytes % 1024 ** 3 === 0) return `${bytes / 1024 ** 3}G`;
  return bytes % 1024 ** 2 === 0 ? `${bytes / 1024 ** 2}M` : `${Math.floor(bytes / 1024)}K`;
}

function timeText(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${Math.round(ms)}ms`;
}
