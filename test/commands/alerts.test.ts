import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AlertsDeps, alertsCommand, runAlerts } from '../../src/commands/alerts.js';
import type { AlertEntry, AlertsView, TestResult } from '../../src/core/alert-view.js';
import { alertOf, START_MS } from '../services/watchdog/alert-rig.js';
import { parse } from './deps.js';

function entry(rest: Partial<AlertEntry> = {}): AlertEntry {
  return {
    alert: alertOf('a1'),
    channel: 'telegram',
    state: 'delivered',
    createdAtMs: START_MS,
    count: 1,
    attempts: 1,
    nextAtMs: START_MS,
    lastError: null,
    settledAtMs: START_MS,
    ...rest,
  };
}

function fakes(view: Partial<AlertsView> = {}, tests: readonly TestResult[] = []) {
  const seen = { stdout: '', exitCode: undefined as number | undefined };
  const calls: string[] = [];
  const count = (name: string) => async () => {
    calls.push(name);
    return 2;
  };
  const deps: AlertsDeps = {
    readAlerts: async () => ({
      channels: ['telegram'],
      quietUntilMs: undefined,
      entries: [],
      isWatched: true,
      ...view,
    }),
    sendTests: async () => tests,
    retry: count('retry'),
    clear: count('clear'),
    nowMs: () => START_MS + 90_000,
    out: {
      print: (text) => {
        seen.stdout += `${text}\n`;
      },
      width: 80,
      colour: false,
      setExitCode: (code) => {
        seen.exitCode = code;
      },
    },
  };
  return { deps, seen, calls };
}

const LIST = { action: 'list', config: undefined, json: false } as const;

test('alerts takes an action, and lists without one', async () => {
  const seen: unknown[] = [];
  const { deps } = fakes();
  const run = async (_: AlertsDeps, options: unknown) => {
    seen.push(options);
    return 0;
  };
  await parse(alertsCommand(deps, run), ['alerts']);
  await parse(alertsCommand(deps, run), ['alerts', 'retry', '--json', '-c', 'x.cjs']);
  assert.deepEqual(seen, [LIST, { action: 'retry', config: 'x.cjs', json: true }]);
  await assert.rejects(parse(alertsCommand(deps, run), ['alerts', 'resend']));
});

test('alerts shows what was given up with the reason, its age and how to send it again', async () => {
  const dead = entry({ state: 'dead', lastError: '403 Forbidden: bot was blocked by the user' });
  const { deps, seen } = fakes({ entries: [dead, entry()] });
  assert.equal(await runAlerts(deps, LIST), 0);
  assert.equal(
    seen.stdout,
    `channels: telegram
given up   telegram  trading down: exited with code 3, 12s ago  1m 30s ago #a1
           403 Forbidden: bot was blocked by the user (1 attempt)
delivered  telegram  trading down: exited with code 3, 12s ago  1m 30s ago #a1
→ sigctl alerts retry
`,
  );
});

test('alerts says of a waiting message when it goes again, and that nobody would send it', async () => {
  const pending = entry({
    state: 'pending',
    attempts: 4,
    count: 12,
    lastError: 'ECONNREFUSED',
    nextAtMs: START_MS + 98_000,
    settledAtMs: null,
  });
  const { deps, seen } = fakes({ entries: [pending], isWatched: false, quietUntilMs: START_MS + 90_000 + 3_600_000 });
  await runAlerts(deps, LIST);
  assert.match(seen.stdout, /channels: telegram; quiet for another 1h 00m/);
  assert.match(seen.stdout, /waiting +telegram +trading down \(12 messages in one\)/);
  assert.match(seen.stdout, /ECONNREFUSED \(4 attempts, again in 8\.0s\)/);
  assert.match(seen.stdout, /no watchdog runs.*sigctl start/);
});

test('alerts says of a message whose channel left the manifest that it will not be sent, and offers to forget it', async () => {
  const stranded = entry({
    state: 'pending',
    channel: 'webhook',
    attempts: 2,
    lastError: 'HTTP 500',
    settledAtMs: null,
  });
  const waits = fakes({ entries: [stranded] });
  await runAlerts(waits.deps, LIST);
  assert.match(
    waits.seen.stdout,
    /waiting +webhook .*\n +the manifest no longer names a webhook channel: it will not be sent\n$/,
  );
  const dead = entry({
    state: 'dead',
    channel: 'webhook',
    lastError: 'the manifest no longer names a webhook channel',
  });
  const given = fakes({ entries: [dead] });
  await runAlerts(given.deps, LIST);
  assert.match(given.seen.stdout, /given up +webhook .*\n +the manifest no longer names .*\n→ sigctl alerts clear\n$/);
  const retried = fakes({ entries: [dead] });
  await runAlerts({ ...retried.deps, retry: async () => 0 }, { ...LIST, action: 'retry' });
  assert.match(retried.seen.stdout, /^nothing can be sent again: its channel is gone\n/);
});

test('what a service wrote into its reason cannot move the cursor', async () => {
  const { deps, seen } = fakes({ entries: [entry({ alert: alertOf('a1', { reason: 'a\u001b[2Jb\nc' }) })] });
  await runAlerts(deps, LIST);
  assert.match(seen.stdout, /trading down: ab c/);
});

test('alerts test exits with 1 when one channel did not take its message', async () => {
  const tests = [
    { channel: 'telegram', ok: true, error: null },
    { channel: 'webhook', ok: false, error: 'HTTP 500' },
  ];
  const { deps, seen } = fakes({}, tests);
  assert.equal(await runAlerts(deps, { ...LIST, action: 'test' }), 1);
  assert.equal(seen.stdout, '✔ telegram: delivered\n✖ webhook: HTTP 500\n');
  const json = fakes({}, tests.slice(0, 1));
  assert.equal(await runAlerts(json.deps, { ...LIST, action: 'test', json: true }), 0);
  assert.equal(JSON.parse(json.seen.stdout).ok, true);
});

for (const action of ['retry', 'clear'] as const) {
  test(`alerts ${action} says how many messages it was about`, async () => {
    const { deps, seen, calls } = fakes();
    await runAlerts(deps, { ...LIST, action });
    assert.deepEqual(calls, [action]);
    assert.match(seen.stdout, action === 'retry' ? /2 messages will be sent again/ : /2 messages forgotten/);
  });
}

test('alerts --json gives every message with its age', async () => {
  const { deps, seen } = fakes({ entries: [entry()] });
  await runAlerts(deps, { ...LIST, json: true });
  const { alerts, channels } = JSON.parse(seen.stdout);
  assert.deepEqual(channels, ['telegram']);
  assert.equal(alerts[0].ageMs, 90_000);
  assert.equal(alerts[0].alert.id, 'a1');
});
