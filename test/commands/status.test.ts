import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runStatus, type StatusDeps, type StatusOptions } from '../../src/commands/run-status.js';
import type { StackView } from '../../src/commands/session.js';
import { detailSpec } from '../../src/core/service-detail.js';
import type { ServiceReport } from '../../src/core/service-report.js';
import { VERDICTS } from '../../src/core/verdict.js';
import { detailOf, report } from '../render/report.js';
import { fakeDeps, STACK } from './deps.js';

const options = (services: readonly string[] = [], over: Partial<StatusOptions> = {}) => ({
  services,
  config: undefined,
  check: false,
  json: false,
  quiet: false,
  watchMs: undefined,
  ...over,
});

function statusDeps(reports: readonly ServiceReport[], mode?: string, more: Partial<StackView> = {}) {
  const { deps, seen } = fakeDeps();
  const view = { stack: STACK, home: '/srv/.sigctl', mode, daemonPid: undefined, reports: () => reports, ...more };
  const all: StatusDeps = {
    ...deps,
    readView: async () => view,
    readDetail: async (_view, found) => ({
      service: found[0]?.service ?? '',
      spec: detailSpec(STACK, found[0]?.service ?? '', mode ?? null),
      processes: found.map((process) => detailOf(process)),
    }),
    readAllHosts: async () => [],
    openScreen: () => Promise.reject(new Error('no screen')),
    nowMs: () => Date.UTC(2026, 0, 2),
  };
  return { deps: all, seen };
}

const WEBSITE = report({ service: 'website', key: 'website' });
const MARKET = report({ service: 'market-data', key: 'market-data' });

test('status shows the named services only', async () => {
  const { deps, seen } = statusDeps([WEBSITE, report(), MARKET]);
  assert.equal(await runStatus(deps, options(['trading', 'market-data'])), 0);
  assert.match(seen.stdout, /^trading /m);
  assert.match(seen.stdout, /^market-data /m);
  assert.doesNotMatch(seen.stdout, /^website /m);
});

test('status of one service shows everything that is known of it', async () => {
  const { deps, seen } = statusDeps([WEBSITE, report()], 'minimal');
  assert.equal(await runStatus(deps, options(['trading'])), 0);
  assert.match(seen.stdout, /^trading healthy$/m);
  assert.match(seen.stdout, /^ {2}needs {5}market-data$/m);
  assert.match(seen.stdout, /^ {2}modes {5}minimal, full \(mode minimal is in force\)$/m);
  assert.doesNotMatch(seen.stdout, /website/);
});

test('status --json of one service has its manifest entry and files beside the report', async () => {
  const { deps, seen } = statusDeps([WEBSITE, report()]);
  assert.equal(await runStatus(deps, options(['trading'], { json: true })), 0);
  const { services, detail } = JSON.parse(seen.stdout);
  assert.equal(services.length, 1);
  assert.equal(detail.service, 'trading');
  assert.deepEqual(detail.manifest.needs, ['market-data']);
  assert.deepEqual(detail.processes, [
    {
      key: 'trading',
      logFile: '/srv/logs/trading.log',
      logBytes: 2048,
      pidFile: '/srv/.sigctl/run/trading.pid',
      lastExit: null,
    },
  ]);
  assert.equal('env' in detail.manifest, false);
});

test('services of the mode come first, then the others, each with what needs attention at the top', async () => {
  const reports = [WEBSITE, report(), report({ service: 'market-data', key: 'market-data', verdict: 'stale' })];
  const { deps, seen } = statusDeps(reports, 'minimal');
  await runStatus(deps, options());
  const order = [...seen.stdout.matchAll(/^(?:trading|website|market-data|not in mode minimal)/gm)].map(
    ([name]) => name,
  );
  assert.deepEqual(order, ['trading', 'not in mode minimal', 'market-data', 'website']);
});

/** PM2 and the watchdog live. */
const WATCHED = { daemonPid: 4_000, watchdog: { pid: 4_001, memoryBytes: 50 * 1024 ** 2, isStopped: false } };

test('status --quiet prints what needs attention, and nothing when all is well', async () => {
  const quiet = async (...reports: readonly ServiceReport[]) => {
    const { deps, seen } = statusDeps(reports, undefined, WATCHED);
    const code = await runStatus(deps, options([], { quiet: true, check: true }));
    return [seen.stdout, code];
  };
  const troubled = report({ verdict: 'stale', reason: 'last cycle\n4m ago', next: 'sigctl logs trading' });
  assert.deepEqual(await quiet(WEBSITE, report()), ['', 0]);
  assert.deepEqual(await quiet(WEBSITE, troubled), ['trading stale: last cycle 4m ago → sigctl logs trading\n', 3]);
});

test('status --quiet --json has only the services that need attention', async () => {
  const { deps, seen } = statusDeps([WEBSITE, report({ verdict: 'down' })]);
  await runStatus(deps, options([], { quiet: true, json: true }));
  assert.deepEqual(
    JSON.parse(seen.stdout).services.map(({ key }: ServiceReport) => key),
    ['trading'],
  );
});

test('status of an unknown service is refused, and nothing is printed', async () => {
  const { deps, seen } = statusDeps([WEBSITE]);
  await assert.rejects(runStatus(deps, options(['webste'])), {
    code: 'SERVICE_UNKNOWN',
    exitCode: 2,
    hint: /^Did you mean "website"\?/,
  });
  assert.equal(seen.stdout, '');
});

test('status --check exits 3 unless everything shown is healthy or stopped as it should be', async () => {
  const good = ['healthy', 'stopped'];
  for (const verdict of VERDICTS) {
    const { deps } = statusDeps([WEBSITE, report({ verdict })]);
    assert.equal(await runStatus(deps, options([], { check: true })), good.includes(verdict) ? 0 : 3, verdict);
    assert.equal(await runStatus(deps, options()), 0);
    assert.equal(await runStatus(deps, options(['website'], { check: true })), 0);
  }
});

test('status --json has the stack, the mode, the time and every value of each service', async () => {
  const { deps, seen } = statusDeps([WEBSITE], 'minimal');
  await runStatus(deps, options([], { json: true }));
  assert.deepEqual(JSON.parse(seen.stdout), {
    schemaVersion: 1,
    stack: { name: 'demo', root: '/srv', manifest: '/srv/ecosystem.config.cjs', home: '/srv/.sigctl' },
    mode: 'minimal',
    asOf: '2026-01-02T00:00:00.000Z',
    daemon: { pid: null, stopped: false },
    watchdog: { enabled: true, pid: null, memoryBytes: null, stopped: false },
    alerts: { undelivered: 0, givenUp: 0 },
    services: [{ ...WEBSITE }],
  });
});

test('status --json tells no mode and no service as null and an empty list', async () => {
  const { deps, seen } = statusDeps([]);
  await runStatus(deps, options([], { json: true }));
  const { mode, services } = JSON.parse(seen.stdout);
  assert.deepEqual({ mode, services }, { mode: null, services: [] });
});
