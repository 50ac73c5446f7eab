import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { ExitStory } from '../../src/core/exit-story.js';
import { detailSpec, type ServiceDetail } from '../../src/core/service-detail.js';
import { renderDetail } from '../../src/render/service-detail.js';
import { serviceSpec, stackOf } from '../stack-literals.js';
import { detailOf, report, STOPPED } from './report.js';

const NOW = new Date(2026, 10, 22, 15, 0, 0).getTime();
const STACK = stackOf(
  [
    serviceSpec('trading', {
      needs: ['market-data'],
      memoryLimitBytes: 2 * 1024 ** 3,
      memorySoftBytes: 1.8 * 1024 ** 3,
      env: { API_KEY: 'topsecret' },
    }),
    serviceSpec('market-data'),
    serviceSpec('website', { needs: ['trading'] }),
  ],
  { modes: { minimal: ['website'], full: ['trading', 'market-data', 'website'] } },
);

const EXIT: ExitStory = {
  ...{ service: 'trading', key: 'trading', kind: 'exited', what: 'trading was ended by SIGKILL 2h 05m ago' },
  ...{ of: 'pid 800, after 3h 12m', atMs: NOW - 7_500_000, cause: 'memory-limit', actor: 'watchdog', facts: null },
  ...{ reason: 'the process tree held 2.1 GB, limit 2.0 GB', said: 'cycle 812 done', sequel: 'restarted', next: null },
  stuck: null,
  event: null,
};

const STALE = report({
  ...{ verdict: 'stale', reason: 'last cycle 4m 12s ago, limit 1m 30s', next: 'sigctl why trading' },
  ...{ progressAgeMs: 252_000, restarts: 3, port: 4_100, stateReason: 'warming up' },
  checks: [{ name: 'http /health', kind: 'liveness', ok: false, reason: 'no answer within 2s', forMs: 34_000 }],
});

const DETAIL: ServiceDetail = {
  service: 'trading',
  spec: detailSpec(STACK, 'trading', 'minimal'),
  processes: [detailOf(STALE, { lastExit: EXIT, logBytes: 1_258_291 })],
};

const render = (width: number, colour = false, detail = DETAIL) =>
  renderDetail(detail, { width, colour, nowMs: NOW, root: '/srv', mode: 'minimal' });

test('the detail of a service at 80 columns', () => {
  assert.equal(
    render(80),
    `\
trading stale
  last cycle 4m 12s ago, limit 1m 30s
  → sigctl why trading

  wanted    running
  state     scanning: warming up
  process   pid 812, up 4m 12s, average CPU 0.7%, 3 restarts
  memory    72 MB of 2.0 GB (4%)
  heartbeat 1.8s ago, limit 15s
  cycle     4m 12s ago, limit 1m 30s
  port      4100
  check     http /health: fails for 34s, no answer within 2s
  last exit trading was ended by SIGKILL 2h 05m ago (12:55:00), memory-limit:
            the process tree held 2.1 GB, limit 2.0 GB; it said: cycle 812 done
  log       logs/trading.log (1 MB)
  pid file  .sigctl/run/trading.pid

  command   trading.js
  limits    memory 2.0 GB, degraded from 1.8 GB on
  ready     after 1.0s
  restart   after any exit that nobody asked for, 10ms to 1s later; given up
            after 5 exits within 1m
  stop      SIGINT, SIGKILL after 5s
  needs     market-data
  needed by website
  modes     full (mode minimal is in force, which it is not in)`,
  );
});

test('the detail of a service at 60 columns', () => {
  assert.equal(
    render(60),
    `\
trading stale
  last cycle 4m 12s ago, limit 1m 30s
  → sigctl why trading

  wanted    running
  state     scanning: warming up
  process   pid 812, up 4m 12s, average CPU 0.7%, 3 restarts
  memory    72 MB of 2.0 GB (4%)
  heartbeat 1.8s ago, limit 15s
  cycle     4m 12s ago, limit 1m 30s
  port      4100
  check     http /health: fails for 34s, no answer within 2s
  last exit trading was ended by SIGKILL 2h 05m ago
            (12:55:00), memory-limit: the process tree held
            2.1 GB, limit 2.0 GB; it said: cycle 812 done
  log       logs/trading.log (1 MB)
  pid file  .sigctl/run/trading.pid

  command   trading.js
  limits    memory 2.0 GB, degraded from 1.8 GB on
  ready     after 1.0s
  restart   after any exit that nobody asked for, 10ms to 1s
            later; given up after 5 exits within 1m
  stop      SIGINT, SIGKILL after 5s
  needs     market-data
  needed by website
  modes     full (mode minimal is in force, which it is not
            in)`,
  );
});

test('the detail of a service at 140 columns', () => {
  assert.equal(
    render(140),
    `\
trading stale
  last cycle 4m 12s ago, limit 1m 30s
  → sigctl why trading

  wanted    running
  state     scanning: warming up
  process   pid 812, up 4m 12s, average CPU 0.7%, 3 restarts
  memory    72 MB of 2.0 GB (4%)
  heartbeat 1.8s ago, limit 15s
  cycle     4m 12s ago, limit 1m 30s
  port      4100
  check     http /health: fails for 34s, no answer within 2s
  last exit trading was ended by SIGKILL 2h 05m ago (12:55:00), memory-limit: the process tree held 2.1 GB, limit 2.0
            GB; it said: cycle 812 done
  log       logs/trading.log (1 MB)
  pid file  .sigctl/run/trading.pid

  command   trading.js
  limits    memory 2.0 GB, degraded from 1.8 GB on
  ready     after 1.0s
  restart   after any exit that nobody asked for, 10ms to 1s later; given up after 5 exits within 1m
  stop      SIGINT, SIGKILL after 5s
  needs     market-data
  needed by website
  modes     full (mode minimal is in force, which it is not in)`,
  );
});

test('a service that does not run, never ran, or left the manifest is told by what is known', () => {
  const stopped = { service: 'signals', spec: null, processes: [detailOf(STOPPED, { logBytes: null })] };
  assert.equal(
    render(80, false, stopped),
    `\
signals stopped
  ended in order on SIGINT

  wanted    stopped
  state     stopped
  process   none
  heartbeat none, limit 15s
  cycle     none, limit 1m 30s
  log       logs/signals.log (nothing yet)`,
  );
});

test('no environment is shown, colour adds nothing but colour, and nothing that a service wrote moves the cursor', () => {
  assert.doesNotMatch(render(80), /topsecret|API_KEY/);
  assert.equal(stripVTControlCharacters(render(80, true)), render(80));
  const hostile = detailOf(report({ reason: 'a\u001b[2Jb\nc', stateReason: '\u001b]0;x\u0007d' }));
  const text = render(80, false, { service: 'trading', spec: null, processes: [hostile] });
  assert.match(text, /^ {2}ab c$/m);
  assert.match(text, /^ {2}state {5}scanning: d$/m);
});
