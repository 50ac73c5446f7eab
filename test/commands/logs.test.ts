import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildCommand } from '../../src/cli/build-command.js';
import {
  type LogsDeps,
  type LogsOptions,
  logsCommand,
  runLogs,
  selectSources,
  wantedLines,
} from '../../src/commands/logs.js';
import type { LogEntry, LogRecord } from '../../src/core/log-line.js';
import type { LogQuery } from '../../src/core/log-query.js';
import { SigctlError } from '../../src/errors.js';

const NOW_MS = Date.UTC(2026, 10, 22, 14, 45);

const SERVICES = [
  { name: 'website', keys: ['website'] },
  { name: 'trading', keys: ['trading'] },
  { name: 'worker', keys: ['worker-0', 'worker-1'] },
];

interface Rig {
  readonly deps: LogsDeps;
  readonly written: string[];
  readonly warned: string[];
  readonly asked: { keys: string[]; lines: number | undefined; follow: boolean; rules: boolean }[];
}

function createRig(batches: readonly (readonly LogEntry[])[] = [], part: Partial<LogsDeps> = {}): Rig {
  const rig = { written: [] as string[], warned: [] as string[], asked: [] as Rig['asked'] };
  const deps: LogsDeps = {
    services: () => SERVICES,
    async *readLogs({ sources, lines, follow, rules }) {
      rig.asked.push({ keys: sources.map(({ key }) => key), lines, follow, rules });
      yield* batches;
    },
    hasLog: (key) => Promise.resolve(!key.startsWith('worker')),
    write: (text) => {
      rig.written.push(text);
      return Promise.resolve(true);
    },
    warn: (text) => rig.warned.push(text),
    interrupt: () => new AbortController().signal,
    colour: false,
    isTerminal: false,
    nowMs: () => NOW_MS,
    ...part,
  };
  return { ...rig, deps };
}

function line(key: string, raw: string): LogRecord {
  return {
    service: key,
    instance: '0',
    key,
    atMs: undefined,
    level: undefined,
    msg: raw,
    fields: {},
    raw,
    json: false,
  };
}

async function parse(...args: string[]): Promise<LogsOptions> {
  let seen: LogsOptions | undefined;
  const command = logsCommand(createRig().deps, (_deps, options) => {
    seen = options;
    return Promise.resolve();
  });
  await buildCommand(command).exitOverride().parseAsync(args, { from: 'user' });
  assert.ok(seen);
  return seen;
}

async function refusalOf(promise: Promise<unknown>): Promise<SigctlError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SigctlError);
  return error;
}

/** No filter was typed. */
const ALL: LogQuery = {
  sinceMs: undefined,
  untilMs: undefined,
  minLevel: undefined,
  grep: undefined,
  fields: [],
};

test('without arguments the last 50 lines of all services are wanted', async () => {
  const options = await parse();
  assert.deepEqual(options, { names: [], lines: undefined, follow: false, json: false, prefix: true, query: ALL });
  assert.equal(wantedLines(options), 50);
});

test('who filters gets all that passes, who follows the last 50, and a number wins', async () => {
  const lines = async (...args: string[]) => wantedLines(await parse(...args));
  assert.equal(await lines('--grep', 'fill'), undefined);
  assert.equal(await lines('--level', 'warn'), undefined);
  assert.equal(await lines('--since', '10m'), undefined);
  assert.equal(await lines('--since', '10m', '-f'), undefined);
  assert.equal(await lines('--grep', 'fill', '-f'), 50);
  assert.equal(await lines('--grep', 'fill', '-n', '7'), 7);
  assert.equal(await lines('--since', '10m', '-n', '7'), 7);
});

test('filters are understood', async () => {
  const { query } = await parse(
    ...['--since', '10m', '--until', '2026-11-22T14:40:00Z', '--level', 'warn', '--grep', 'a.b', '-i'],
    ...['--field', 'symbol=XBTUSD', '--field', 'a.b=c=d'],
  );
  assert.deepEqual(query, {
    sinceMs: NOW_MS - 600_000,
    untilMs: Date.UTC(2026, 10, 22, 14, 40),
    minLevel: 'warn',
    grep: /a.b/i,
    fields: [
      { path: 'symbol', value: 'XBTUSD' },
      { path: 'a.b', value: 'c=d' },
    ],
  });
});

test('a filter that cannot be is refused by its value, with an example and exit code 2', async () => {
  const cases: readonly (readonly [readonly string[], string, RegExp])[] = [
    [['--since', 'soon'], 'TIME_INVALID', /"soon" as --since/],
    [['--until', '25:00'], 'TIME_INVALID', /"25:00" as --until/],
    [['--since', ''], 'TIME_INVALID', /"" as --since/],
    [['--since', '10m', '--until', '20m'], 'TIMES_REVERSED', /since "10m" until "20m"/],
    [['--grep', 'fill('], 'GREP_INVALID', /"fill\(" as --grep: unterminated group at character 5: "\("/],
    [['--grep', 'a**'], 'GREP_INVALID', /nothing to repeat at character 3: "\*"/],
    [['-i'], 'GREP_MISSING', /without "--grep"/],
    [['--field', 'symbol'], 'FIELD_INVALID', /"symbol" as --field/],
    [['--field', '=x'], 'FIELD_INVALID', /"=x" as --field/],
    [['--until', '1m', '-f'], 'UNTIL_WITH_FOLLOW', /"--until" with "--follow"/],
  ];
  for (const [args, code, message] of cases) {
    const error = await refusalOf(parse(...args));
    assert.deepEqual([error.code, error.exitCode], [code, 2], args.join(' '));
    assert.match(error.message, message);
    assert.match(error.hint, /sigctl logs --/);
  }
});

test('rules between lines are asked for on a terminal only, and never with --json', async () => {
  for (const [isTerminal, json, follow, rules] of [
    [true, false, true, true],
    [true, true, true, false],
    [false, false, true, false],
    [true, false, false, false],
  ] as const) {
    const rig = createRig([], { isTerminal });
    await runLogs(rig.deps, { names: [], lines: 1, follow, json, prefix: true, query: {} });
    assert.equal(rig.asked[0]?.rules, rules);
  }
});

test('a restart and a rotation stand between the lines', async () => {
  const of = { service: 'trading', key: 'trading' };
  const rig = createRig([
    [line('trading', 'one'), { ...of, happening: { kind: 'restarted', fromPid: 812, pid: 840, times: 1 } }],
    [{ ...of, happening: { kind: 'restarted', fromPid: 840, pid: 851, times: 3 } }],
    [
      { ...of, happening: { kind: 'rotated' } },
      { ...of, happening: { kind: 'renewed' } },
    ],
    [{ ...of, happening: { kind: 'started', pid: 9 } }, line('trading', 'two')],
  ]);
  await runLogs(rig.deps, { names: ['trading'], lines: 1, follow: true, json: false, prefix: true, query: {} });
  assert.deepEqual(rig.written.join('').split('\n'), [
    'trading │ one',
    '── trading restarted · pid 812 → 840 ──',
    '── trading restarted 3 times · pid 840 → 851 ──',
    '── log of trading rotated ──',
    '── log of trading begun anew ──',
    '── trading started · pid 9 ──',
    'trading │ two',
    '',
  ]);
});

test('names and flags are understood in any order', async () => {
  const wanted = { names: ['trading', 'website'], lines: 0, follow: true, json: true, prefix: false, query: ALL };
  assert.deepEqual(await parse('-f', 'trading', '-n', '0', '--json', 'website', '--no-prefix'), wanted);
  assert.deepEqual(await parse('-n100', 'trading'), {
    ...wanted,
    names: ['trading'],
    lines: 100,
    follow: false,
    json: false,
    prefix: true,
  });
});

test('a number of lines that is none is refused by its value, with exit code 2', async () => {
  for (const value of ['abc', '-1', '1.5', '1e3', '', ' ', '0x10', '99999999999999999999', '١٢']) {
    const error = await refusalOf(parse(`--lines=${value}`));
    assert.deepEqual([error.code, error.exitCode], ['LINES_INVALID', 2]);
    assert.ok(error.message.includes(`"${value}"`), error.message);
  }
});

test('an unknown service is refused before anything is read, with the nearest name and the known ones', async () => {
  const rig = createRig();
  const options = { names: ['website', 'tradign'], lines: 50, follow: false, json: false, prefix: true, query: {} };
  const error = await refusalOf(runLogs(rig.deps, options));
  assert.deepEqual([error.code, error.exitCode], ['SERVICE_UNKNOWN', 2]);
  assert.equal(error.message, 'Cannot find service "tradign"');
  assert.equal(error.hint, 'Did you mean "trading"? Defined services: website, trading, worker');
  assert.deepEqual([rig.asked, rig.written], [[], []]);
});

test('selecting keeps the order of the manifest, merges doubles, and knows single processes', () => {
  const keys = (names: readonly string[]) => selectSources(SERVICES, names).map(({ key }) => key);
  assert.deepEqual(keys([]), ['website', 'trading', 'worker-0', 'worker-1']);
  assert.deepEqual(keys(['trading', 'website', 'trading']), ['website', 'trading']);
  assert.deepEqual(keys(['worker', 'worker-1']), ['worker-0', 'worker-1']);
  assert.deepEqual(selectSources(SERVICES, ['worker-1']), [{ service: 'worker', instance: '1', key: 'worker-1' }]);
});

test('lines are printed as they come, and services that never logged are named on stderr', async () => {
  const rig = createRig([[line('website', 'one'), line('trading', 'two')], [line('website', 'three')]]);
  await runLogs(rig.deps, { names: [], lines: 7, follow: false, json: false, prefix: true, query: {} });
  assert.deepEqual(rig.written, ['website  │ one\ntrading  │ two\n', 'website  │ three\n']);
  assert.deepEqual(rig.warned, ['No log yet: worker-0, worker-1']);
  assert.deepEqual(rig.asked, [
    { keys: ['website', 'trading', 'worker-0', 'worker-1'], lines: 7, follow: false, rules: false },
  ]);
});

test('with --no-prefix the line stands alone, with --json it is an object', async () => {
  const bare = createRig([[line('website', 'one')]]);
  await runLogs(bare.deps, { names: ['website'], lines: 1, follow: false, json: false, prefix: false, query: {} });
  assert.deepEqual([bare.written, bare.warned], [['one\n'], []]);
  const json = createRig([[line('website', 'one'), line('website', 'two')]]);
  await runLogs(json.deps, { names: ['website'], lines: 1, follow: false, json: true, prefix: true, query: {} });
  const objects = json.written
    .join('')
    .trimEnd()
    .split('\n')
    .map((text): unknown => JSON.parse(text));
  const rest = { service: 'website', instance: '0', atMs: null, level: null };
  assert.deepEqual(objects, [
    { ...rest, msg: 'one', line: 'one' },
    { ...rest, msg: 'two', line: 'two' },
  ]);
});

test('when nobody reads stdout any more it stops reading, without an error', async () => {
  const rig = createRig([[line('website', 'one')], [line('website', 'two')]], { write: () => Promise.resolve(false) });
  await runLogs(rig.deps, { names: ['website'], lines: 1, follow: true, json: false, prefix: true, query: {} });
});

test('following a service that never logged says that it waits', async () => {
  const rig = createRig();
  await runLogs(rig.deps, { names: ['worker-0'], lines: 1, follow: true, json: false, prefix: true, query: {} });
  assert.deepEqual(rig.warned, ['No log yet: worker-0 (waiting for the first line)']);
});

test('the watchdog has a log to read by name, and it is not among those of all services', () => {
  const services = [{ name: 'trading', keys: ['trading'] }];
  const keys = (names: readonly string[]) => selectSources(services, names).map(({ key }) => key);
  assert.deepEqual(keys(['watchdog']), ['watchdog']);
  assert.deepEqual(keys(['watchdog', 'trading']), ['trading', 'watchdog']);
  assert.deepEqual(keys([]), ['trading']);
});
