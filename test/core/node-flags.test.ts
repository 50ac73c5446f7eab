import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectPort, type NodeFlagInput, nodeFlags } from '../../src/core/node-flags.js';

const MIB = 1024 ** 2;
const NODE = '/usr/bin/node';

const flags = (
  spec: Partial<NodeFlagInput['spec']>,
  nodeOptions?: string,
): { readonly heap: readonly string[]; readonly report: readonly string[]; readonly inspect: readonly string[] } => {
  const made = nodeFlags({
    spec: { memoryLimitBytes: 200 * MIB, interpreter: NODE, interpreterArgs: [], ...spec },
    nodeOptions,
    execPath: NODE,
    reportFolder: '/home/run/reports',
    inspectPort: 61_007,
  });
  const about = (word: string) => made.filter((flag) => flag.startsWith(`--${word}`));
  return { heap: about('max-old-space-size'), report: about('report'), inspect: about('inspect') };
};

test('a node service gets a heap limit of three quarters of its memory limit', () => {
  assert.deepEqual(flags({}).heap, ['--max-old-space-size=150']);
  assert.deepEqual(flags({ memoryLimitBytes: 1 * MIB }).heap, ['--max-old-space-size=1']);
  assert.deepEqual(flags({ memoryLimitBytes: undefined }).heap, []);
});

test('a heap limit of its own stands, wherever and however it is spelt', () => {
  for (const option of ['--max-old-space-size=64', '--max_old_space_size=64', '--max-old-space-size-percentage=50']) {
    assert.deepEqual(flags({}, `--enable-source-maps ${option}`).heap, []);
    assert.deepEqual(flags({ interpreterArgs: [option] }).heap, []);
  }
  assert.equal(flags({}, '--max-http-header-size=9').heap.length, 1);
});

test('a node service writes a report on a signal, unless it has settings of its own for that', () => {
  assert.deepEqual(flags({}).report, [
    ...['--report-on-signal', '--report-signal=SIGUSR2'],
    ...['--report-directory=/home/run/reports', '--report-exclude-network'],
  ]);
  assert.deepEqual(flags({}, '--report-on-fatalerror').report, []);
  assert.deepEqual(flags({ interpreterArgs: ['--report-signal=SIGUSR1'] }).report, []);
});

test('a program that is not the node of sigctl gets no flag: what it understands is not known', () => {
  for (const interpreter of [undefined, 'python3', '/opt/node12/bin/node', 'bun'])
    assert.deepEqual(flags({ interpreter }), { heap: [], report: [], inspect: [] });
});

test('a node service is told where its inspector would listen, unless it has plans of its own with it', () => {
  assert.deepEqual(flags({}).inspect, ['--inspect-port=127.0.0.1:61007', '--inspect-publish-uid=stderr']);
  for (const own of [
    '--inspect',
    '--inspect-brk=0',
    '--inspect-port=9229',
    '--debug-port=9229',
    '--no-inspect',
    '--disable-sigusr1',
  ]) {
    assert.deepEqual(flags({ interpreterArgs: [own] }).inspect, []);
    assert.deepEqual(flags({}, `--trace-warnings ${own}`).inspect, []);
  }
});

test('the port of an inspector is always the same for a process, and one that cluster workers can count on from', () => {
  assert.equal(inspectPort('/srv/app/run web 0'), inspectPort('/srv/app/run web 0'));
  const ports = Array.from({ length: 50 }, (_, index) => inspectPort(`/srv/app/run web ${index}`));
  assert.ok(new Set(ports).size > 45);
  assert.ok(ports.every((port) => port >= 61_000 && port < 65_000));
});
