import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { VERDICTS } from '../../src/core/verdict.js';
import { renderStatus, type StatusHeading } from '../../src/render/status-table.js';
import { report, STOPPED } from './report.js';

const HEADING = { name: 'demo', mode: 'standard', daemonPid: 77 };

const REPORTS = [
  report({
    ...{ service: 'website', key: 'website', state: 'running', reason: 'runs', port: 3_001 },
    ...{ progressName: null, progressAgeMs: null, memoryLimitBytes: null, uptimeMs: 187_200_000 },
  }),
  report({
    ...{ verdict: 'stale', reason: 'last cycle 4m 12s ago, limit 1m 30s', next: 'sigctl logs trading' },
    ...{ progressAgeMs: 252_000, restarts: 3 },
  }),
  STOPPED,
];

const table = (width: number, colour = false) => renderStatus(REPORTS, HEADING, { width, colour });

test('status at 80 columns shows every figure, and the reason below', () => {
  assert.equal(
    table(80),
    `\
demo · mode standard · 1 of 2 healthy · PM2 pid 77

SERVICE  VERDICT  STATE     PID  UP  RST     MEM   CPU  BEAT  WORK  PORT
trading  stale    scanning  812  4m    3  72M/2G  0.7%  1.8s    4m     -
  last cycle 4m 12s ago, limit 1m 30s → sigctl logs trading
website  healthy  running   812  2d    0     72M  0.7%  1.8s     -  3001
  runs
signals  stopped  stopped     -   -    -       -     -     -     -     -
  ended in order on SIGINT`,
  );
});

test('status at 60 columns gives up the wide gap and a figure, never the verdict', () => {
  assert.equal(
    table(60),
    `\
demo · mode standard · 1 of 2 healthy · PM2 pid 77

SERVICE VERDICT STATE    PID UP RST    MEM BEAT WORK PORT
trading stale   scanning 812 4m   3 72M/2G 1.8s   4m    -
  last cycle 4m 12s ago, limit 1m 30s → sigctl logs trading
website healthy running  812 2d   0    72M 1.8s    - 3001
  runs
signals stopped stopped    -  -   -      -    -    -    -
  ended in order on SIGINT`,
  );
});

test('status at 140 columns has the reason in the same line', () => {
  assert.equal(
    table(140),
    `\
demo · mode standard · 1 of 2 healthy · PM2 pid 77

SERVICE  VERDICT  STATE     PID  UP  RST     MEM   CPU  BEAT  WORK  PORT  REASON
trading  stale    scanning  812  4m    3  72M/2G  0.7%  1.8s    4m     -  last cycle 4m 12s ago, limit 1m 30s → sigctl logs trading
website  healthy  running   812  2d    0     72M  0.7%  1.8s     -  3001  runs
signals  stopped  stopped     -   -    -       -     -     -     -     -  ended in order on SIGINT`,
  );
});

test('services outside of the mode, and those that left the manifest, stand apart at every width', () => {
  const heading = { ...HEADING, mode: 'minimal', members: ['website'], known: ['website', 'signals'] };
  for (const width of [60, 80, 140]) {
    const names = renderStatus(REPORTS, heading, { width, colour: false })
      .split('\n')
      .slice(3)
      .filter((line) => !line.startsWith('  '))
      .map((line) => (line.startsWith('not') ? line : (line.split(' ')[0] ?? '')));
    assert.deepEqual(names, ['website', '', 'not in mode minimal', 'signals', '', 'not in the manifest', 'trading']);
  }
});

test('a terminal too narrow for anything gets the narrowest table', () => {
  assert.match(table(20), /^SERVICE VERDICT PID {4}MEM WORK$/m);
});

test('no line of figures is wider than the terminal, from 40 columns on', () => {
  for (let width = 40; width < 130; width++) {
    const figures = table(width)
      .split('\n')
      .slice(2)
      .filter((line) => !line.startsWith('  '));
    for (const line of figures) assert.ok(line.length <= width, `${width}: ${line}`);
  }
});

test('without colour there is no escape sequence, and with it the same text', () => {
  for (const width of [60, 80, 140]) {
    assert.equal(stripVTControlCharacters(table(width)), table(width));
    assert.notEqual(table(width, true), table(width));
    assert.equal(stripVTControlCharacters(table(width, true)), table(width));
  }
});

test('every verdict has a colour of its own kind: green, yellow, red, cyan or grey', () => {
  for (const verdict of VERDICTS) {
    const text = renderStatus([report({ verdict })], HEADING, { width: 80, colour: true });
    const colour = new RegExp(`\\u001b\\[(?:32|33|31|36|90)m${verdict} *\\u001b\\[39m`);
    assert.match(text, colour);
  }
});

test('the heading tells what is missing: no mode, no daemon, nothing wanted', () => {
  const text = renderStatus([STOPPED], { name: 'demo', mode: null, daemonPid: null }, { width: 80, colour: false });
  assert.equal(text.split('\n')[0], 'demo · no mode yet · 0 of 0 healthy · PM2 not running');
});

test('a reason that a service wrote stays one line, without control characters', () => {
  const reason = 'line one\nline two\r\n\u001b[2J\u001b]0;title\u0007\tend';
  const text = renderStatus([report({ reason })], HEADING, { width: 80, colour: false });
  assert.equal(text.split('\n').at(-1), '  line one line two end');
});

test('the foot names the watchdog, and where it is missing how to get it', () => {
  const foot = (heading: Partial<StatusHeading>, reports = REPORTS) =>
    renderStatus(reports, { ...HEADING, ...heading }, { width: 80, colour: false })
      .split('\n')
      .slice(-2);
  const watchdog = { pid: 99, memoryBytes: 48 * 1024 ** 2, isStopped: false };
  assert.deepEqual(foot({ watchdog, isWatched: true }), ['', 'watchdog pid 99, 48 MB']);
  assert.deepEqual(foot({ watchdog: null, isWatched: true }), ['', 'watchdog not running: sigctl recover']);
  const gone = { watchdog: null, daemonPid: null };
  assert.deepEqual(foot({ ...gone, isWatched: true }), ['', 'PM2 and the watchdog are gone: sigctl recover']);
  assert.deepEqual(foot({ ...gone, isWatched: false }), ['', 'PM2 is gone: sigctl recover']);
  assert.doesNotMatch(foot({ daemonPid: null, watchdog, isWatched: true }).join(), /recover/);
  assert.deepEqual(foot({ watchdog: { ...watchdog, isStopped: true }, isWatched: true }), [
    '',
    'watchdog pid 99 is stopped: kill -CONT 99',
  ]);
  assert.doesNotMatch(foot({ watchdog: null, isWatched: false }).join(), /watchdog/);
  assert.doesNotMatch(foot({ watchdog: null, isWatched: true }, [STOPPED]).join(), /watchdog/);
});

test('the foot tells of alerts that nobody got, why, and what to type', () => {
  const undelivered = {
    count: 2,
    dead: 1,
    channel: 'telegram',
    error: '403 Forbidden: bot was blocked by the user',
    oldestAtMs: 0,
  };
  const heading = { name: 'demo', mode: null, daemonPid: null, undelivered };
  const at = (width: number) => renderStatus([], heading, { width, colour: false });
  const words = '\n2 alerts not delivered: telegram 403 Forbidden: bot was blocked by the user';
  assert.ok(at(100).endsWith(`${words} → sigctl alerts`));
  assert.ok(at(80).endsWith(`${words}\n→ sigctl alerts`));
});
