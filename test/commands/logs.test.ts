import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LogsDeps, type LogsOptions, logsCommand, runLogs, selectSources } from '../../src/commands/logs.js';
import type { LogRecord } from '../../src/core/log-line.js';
import { SigctlError } from '../../src/errors.js';

const SERVICES = [
  { name: 'website', keys: ['website'] },
  { name: 'trading', keys: ['trading'] },
  { name: 'worker', keys: ['worker-0', 'worker-1'] },
];

interface Rig {
  readonly deps: LogsDeps;
  readonly written: string[];
  readonly warned: string[];
  readonly asked: { keys: string[]; lines: number; follow: boolean }[];
}

function createRig(batches: readonly (readonly LogRecord[])[] = [], part: Partial<LogsDeps> = {}): Rig {
  const rig = { written: [] as string[], warned: [] as string[], asked: [] as Rig['asked'] };
  const deps: LogsDeps = {
    services: () => SERVICES,
    async *readLogs({ sources, lines, follow }) {
      rig.asked.push({ keys: sources.map(({ key }) => key), lines, follow });
      yield* batches;
    },
    hasLog: (key) => Promise.resolve(!key.startsWith('worker')),
    write: (text) => {
      rig.written.push(text);
      return Promise.resolve(true);
    },
    warn: (text) => rig.warned.push(text),
    signal: new AbortController().signal,
    colour: false,
    isTerminal: false,
    nowMs: () => 0,
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
  await command.exitOverride().parseAsync(args, { from: 'user' });
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

test('without arguments the last 50 lines of all services are wanted', async () => {
  assert.deepEqual(await parse(), { names: [], lines: 50, follow: false, json: false, prefix: true });
});

test('names and flags are understood in any order', async () => {
  const wanted = { names: ['trading', 'website'], lines: 0, follow: true, json: true, prefix: false };
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
  const options = { names: ['website', 'tradign'], lines: 50, follow: false, json: false, prefix: true };
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
  await runLogs(rig.deps, { names: [], lines: 7, follow: false, json: false, prefix: true });
  assert.deepEqual(rig.written, ['website  │ one\ntrading  │ two\n', 'website  │ three\n']);
  assert.deepEqual(rig.warned, ['No log yet: worker-0, worker-1']);
  assert.deepEqual(rig.asked, [{ keys: ['website', 'trading', 'worker-0', 'worker-1'], lines: 7, follow: false }]);
});

test('with --no-prefix the line stands alone, with --json it is an object', async () => {
  const bare = createRig([[line('website', 'one')]]);
  await runLogs(bare.deps, { names: ['website'], lines: 1, follow: false, json: false, prefix: false });
  assert.deepEqual([bare.written, bare.warned], [['one\n'], []]);
  const json = createRig([[line('website', 'one'), line('website', 'two')]]);
  await runLogs(json.deps, { names: ['website'], lines: 1, follow: false, json: true, prefix: true });
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
  await runLogs(rig.deps, { names: ['website'], lines: 1, follow: true, json: false, prefix: true });
});

test('following a service that never logged says that it waits', async () => {
  const rig = createRig();
  await runLogs(rig.deps, { names: ['worker-0'], lines: 1, follow: true, json: false, prefix: true });
  assert.deepEqual(rig.warned, ['No log yet: worker-0 (waiting for the first line)']);
});

test('the watchdog has a log to read by name, and it is not among those of all services', () => {
  const services = [{ name: 'trading', keys: ['trading'] }];
  const keys = (names: readonly string[]) => selectSources(services, names).map(({ key }) => key);
  assert.deepEqual(keys(['watchdog']), ['watchdog']);
  assert.deepEqual(keys(['watchdog', 'trading']), ['trading', 'watchdog']);
  assert.deepEqual(keys([]), ['trading']);
});
