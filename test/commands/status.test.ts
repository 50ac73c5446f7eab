import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runStatus } from '../../src/commands/status.js';
import type { ServiceReport } from '../../src/core/service-report.js';
import { VERDICTS } from '../../src/core/verdict.js';
import { report } from '../render/report.js';
import { fakeDeps, STACK } from './deps.js';

const options = (
  services: readonly string[] = [],
  over: { readonly check?: boolean; readonly json?: boolean } = {},
) => ({
  services,
  config: undefined,
  check: false,
  json: false,
  ...over,
});

function statusDeps(reports: readonly ServiceReport[], mode?: string) {
  const { deps, seen } = fakeDeps();
  const view = { stack: STACK, home: '/srv/.sigctl', mode, daemonPid: undefined, reports: () => reports };
  return {
    deps: { ...deps, readView: async () => view, readAllHosts: async () => [], nowMs: () => Date.UTC(2026, 0, 2) },
    seen,
  };
}

const WEBSITE = report({ service: 'website', key: 'website' });

test('status shows the named services only', async () => {
  const { deps, seen } = statusDeps([WEBSITE, report()]);
  assert.equal(await runStatus(deps, options(['trading'])), 0);
  assert.match(seen.stdout, /^trading /m);
  assert.doesNotMatch(seen.stdout, /^website /m);
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
    services: [{ ...WEBSITE }],
  });
});

test('status --json tells no mode and no service as null and an empty list', async () => {
  const { deps, seen } = statusDeps([]);
  await runStatus(deps, options([], { json: true }));
  const { mode, services } = JSON.parse(seen.stdout);
  assert.deepEqual({ mode, services }, { mode: null, services: [] });
});
