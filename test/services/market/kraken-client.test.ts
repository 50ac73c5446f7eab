import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { krakenClient } from '../../../src/service/market/kraken-client.js';
import { KrakenError, type KrakenErrorKind } from '../../../src/service/market/kraken-error.js';
import type { KrakenLimits } from '../../../src/service/market/kraken-limits.js';
import { pause } from '../../../src/service/market/pause.js';
import { type Fault, type KrakenFake, minuteRows, startKrakenFake } from '../../fixtures/kraken-fake/kraken-fake.js';
import { eventually } from '../../service/rig.js';
import { MINUTE_SERIES, virtualWorld } from './rig.js';

const FROM_S = 1_791_318_900;

/** Short waits; the deadline is long enough for a loaded machine wherever an answer comes. */
const QUICK: Partial<KrakenLimits> = {
  ...{ minGapMs: 1, timeoutMs: 20_000, retries: 2, firstBackoffMs: 1, maxBackoffMs: 5, rateLimitPauseMs: 1 },
  ...{ breakAfter: 1_000, halfOpenAfterMs: 100 },
};

function clientOf(url: string, limits: Partial<KrakenLimits> = {}) {
  const deps = { ...virtualWorld(0), nowMs: () => Date.now(), pause };
  const client = krakenClient({ url, limits: { ...QUICK, ...limits } }, deps);
  return (sinceS?: number, signal = new AbortController().signal) => client.ohlc(MINUTE_SERIES, sinceS, signal);
}

function isKind(kind: KrakenErrorKind): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof KrakenError, String(error));
    assert.equal(error.kind, kind, error.message);
    return true;
  };
}

test('the Kraken client asks for pair and interval in minutes, with a User-Agent, and for since only when given', async (t) => {
  const fake = await startKrakenFake(t);
  fake.setRows(minuteRows(FROM_S, 5));
  const ohlc = clientOf(fake.url);
  assert.equal((await ohlc()).candles.length, 5);
  assert.equal((await ohlc(FROM_S + 120)).candles.length, 2);
  assert.deepEqual(
    fake.requests.map(({ path, query }) => [path, query]),
    [
      ['/0/public/OHLC', { pair: 'XBTUSD', interval: '1' }],
      ['/0/public/OHLC', { pair: 'XBTUSD', interval: '1', since: String(FROM_S + 120) }],
    ],
  );
  assert.match(fake.requests[0]?.userAgent ?? '', /sigctl/);
});

const TRANSIENT: readonly (readonly [Fault, KrakenErrorKind])[] = [
  ['html-520', 'unavailable'],
  ['html-200', 'malformed'],
  ['http-429', 'rate-limit'],
  ['rate-limit', 'rate-limit'],
  ['unavailable', 'unavailable'],
  ['busy', 'unavailable'],
  ['drop', 'network'],
  ['cut', 'network'],
  ['truncated', 'malformed'],
  ['number-prices', 'malformed'],
  ['no-result', 'malformed'],
];

for (const [fault, kind] of TRANSIENT) {
  test(`the Kraken client tries again after "${fault}", and reports it as ${kind} when it goes on`, async (t) => {
    const fake = await startKrakenFake(t);
    fake.setRows(minuteRows(FROM_S, 5));
    const ohlc = clientOf(fake.url);
    fake.fail(fault, 2);
    assert.equal((await ohlc()).candles.length, 5);
    assert.equal(fake.requests.length, 3);
    fake.fail(fault, 3);
    await assert.rejects(ohlc(), isKind(kind));
    assert.equal(fake.requests.length, 6);
    assert.equal((await ohlc()).candles.length, 5);
  });
}

for (const fault of ['hang', 'stall'] as const) {
  test(`the Kraken client gives up on a connection that does "${fault}" when its deadline has passed`, async (t) => {
    const fake = await startKrakenFake(t);
    fake.setRows(minuteRows(FROM_S, 5));
    fake.fail(fault, Number.POSITIVE_INFINITY);
    await assert.rejects(clientOf(fake.url, { timeoutMs: 100 })(), isKind('timeout'));
    assert.equal(fake.requests.length, 3);
  });
}

test('the Kraken client does not repeat a request that is wrong in itself', async (t) => {
  const fake = await startKrakenFake(t);
  for (const fault of ['unknown-pair', 'http-403'] as const) {
    fake.fail(fault);
    await assert.rejects(clientOf(fake.url)(), isKind('bad-request'));
  }
  assert.equal(fake.requests.length, 2);
});

test('the Kraken client names a port where nobody listens', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  await assert.rejects(clientOf(url)(), (error) => isKind('network')(error) && /ECONNREFUSED/.test(String(error)));
});

test('the Kraken client leaves a dead Kraken alone after so many failures, and finds out by itself that it is back', async (t) => {
  const fake = await startKrakenFake(t);
  fake.setRows(minuteRows(FROM_S, 5));
  fake.fail('html-520', Number.POSITIVE_INFINITY);
  const ohlc = clientOf(fake.url, { breakAfter: 3, halfOpenAfterMs: 300 });
  await assert.rejects(ohlc(), isKind('unavailable'));
  const asked = fake.requests.length;
  await assert.rejects(ohlc(), isKind('circuit-open'));
  assert.equal(fake.requests.length, asked);
  fake.heal();
  assert.equal(await recovered(ohlc), 5);
});

test('the Kraken client keeps requests apart, retries included', async (t) => {
  const fake = await startKrakenFake(t);
  fake.setRows(minuteRows(FROM_S, 2));
  const ohlc = clientOf(fake.url, { minGapMs: 150 });
  fake.fail('busy', 2);
  await Promise.all([ohlc(), ohlc()]);
  const gaps = fake.requests.slice(1).map((request, index) => request.atMs - (fake.requests[index]?.atMs ?? 0));
  assert.equal(gaps.length, 3);
  // The clock of the sender decides; on the way to the fake a request may lose some of its head start.
  assert.ok(gaps.reduce((total, gap) => total + gap, 0) >= 3 * 150 - 100, `gaps ${gaps.join(', ')}`);
});

test('the Kraken client asks nothing while Kraken has it throttled, and says so at once', async (t) => {
  const fake = await startKrakenFake(t);
  fake.fail('throttled-for-an-hour');
  const ohlc = clientOf(fake.url);
  await assert.rejects(ohlc(), (error) => isKind('rate-limit')(error) && /for another (59m|1h)/.test(String(error)));
  await assert.rejects(ohlc(), isKind('rate-limit'));
  assert.equal(fake.requests.length, 1);
});

test('the Kraken client stops at once when it is aborted: in flight, in a backoff, or before', async (t) => {
  const fake = await startKrakenFake(t);
  const stop = new Error('stop');
  await assertAborts(fake, 'hang', 1, stop);
  await assertAborts(fake, 'busy', 2, stop);
  await assert.rejects(clientOf(fake.url)(undefined, AbortSignal.abort(stop)), stop);
  assert.equal(fake.requests.length, 2);
});

async function assertAborts(fake: KrakenFake, fault: Fault, requests: number, reason: Error): Promise<void> {
  const abort = new AbortController();
  fake.fail(fault);
  const call = clientOf(fake.url, { timeoutMs: 600_000, firstBackoffMs: 600_000, maxBackoffMs: 600_000 })(
    undefined,
    abort.signal,
  );
  const rejected = assert.rejects(call, reason);
  await eventually(() => fake.requests.length === requests, `request ${requests}`);
  abort.abort(reason);
  await rejected;
}

async function recovered(ohlc: ReturnType<typeof clientOf>): Promise<number> {
  for (;;) {
    try {
      return (await ohlc()).candles.length;
    } catch (error) {
      isKind('circuit-open')(error);
      await pause(50, new AbortController().signal);
    }
  }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
