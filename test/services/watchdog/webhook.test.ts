import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { AlertChannel } from '../../../src/core/stack.js';
import { webhookSender } from '../../../src/services/watchdog/alerts/webhook.js';
import { enqueueAlert } from '../../../src/store/alert-outbox.js';
import { readOutbox, readUndelivered } from '../../../src/store/alert-rows.js';
import { alertOf, delivery, outgoing, START_MS } from './alert-rig.js';

interface Hit {
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}
type Reply = (response: ServerResponse) => void;

const status =
  (code: number, headers: Record<string, string> = {}): Reply =>
  (response) =>
    void response.writeHead(code, headers).end('secret echo');

/** A receiver on loopback that answers with these in order, then with 204. */
async function receiver(t: TestContext, replies: readonly Reply[] = []): Promise<{ url: string; hits: Hit[] }> {
  const hits: Hit[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    hits.push({ headers: request.headers, body: JSON.parse(text) });
    (replies[hits.length - 1] ?? status(204))(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/s3cr3t-path`, hits };
}

const channelOf = (url: string): Extract<AlertChannel, { kind: 'webhook' }> => ({ kind: 'webhook', url, headers: {} });

test('a webhook gets the alert as JSON, with its id as Idempotency-Key and the headers of the manifest', async (t) => {
  const { url, hits } = await receiver(t);
  const sender = webhookSender(
    { kind: 'webhook', url: '$URL', headers: { Authorization: 'Bearer $HOOK_TOKEN' } },
    { env: () => ({ URL: url, HOOK_TOKEN: 'abc123' }), nowMs: () => 0 },
  );
  assert.deepEqual(await sender.send([outgoing(alertOf('a1'), { count: 2 })]), { kind: 'delivered' });
  const [hit] = hits;
  assert.equal(hit?.headers['idempotency-key'], 'a1');
  assert.equal(hit?.headers['authorization'], 'Bearer abc123');
  assert.equal(hit?.headers['content-type'], 'application/json');
  assert.deepEqual(hit?.body, {
    schemaVersion: 1,
    ...alertOf('a1'),
    count: 2,
    attempt: 1,
    repeat: false,
  });
});

for (const code of [302, 400, 401, 404, 410, 422]) {
  test(`${code} is final, and neither the address nor the answer is told`, async (t) => {
    const { url, hits } = await receiver(t, [status(code, { location: '/elsewhere' })]);
    const { enqueue, pass, db } = delivery(t, channelOf(url));
    enqueue(alertOf('a1'));
    await pass(60_000);
    assert.equal(hits.length, 1);
    const row = readOutbox(db, 1)[0];
    assert.equal(row?.state, 'dead');
    assert.match(row?.lastError ?? '', new RegExp(`^HTTP ${code}`));
    assert.doesNotMatch(JSON.stringify(row), /s3cr3t|echo/);
  });
}

for (const code of [408, 425, 429, 500, 503]) {
  test(`${code} is tried again, under the same Idempotency-Key`, async (t) => {
    const { url, hits } = await receiver(t, [status(code), status(code)]);
    const { enqueue, pass, db } = delivery(t, channelOf(url));
    enqueue(alertOf('a1'));
    await pass(60_000);
    assert.deepEqual(
      hits.map(({ headers }) => headers['idempotency-key']),
      ['a1', 'a1', 'a1'],
    );
    assert.equal(readUndelivered(db), undefined);
    // Only what may have been taken is called a repeat.
    assert.equal(hits[2]?.body['repeat'], code >= 500);
  });
}

test('Retry-After is obeyed by every message of the channel, given in seconds or as a date', async (t) => {
  const date = new Date(START_MS + 60_000).toUTCString();
  const { url, hits } = await receiver(t, [status(429, { 'retry-after': '20' }), status(503, { 'retry-after': date })]);
  const { enqueue, pass } = delivery(t, channelOf(url));
  enqueue(alertOf('a1'));
  enqueue(alertOf('a2', { subject: 'website' }));
  await pass(19_500);
  assert.equal(hits.length, 1);
  await pass(10_000);
  assert.equal(hits.length, 2);
  await pass(30_000);
  assert.equal(hits.length, 2);
  await pass(5_000);
  assert.equal(hits.length, 4);
});

test('an outage changes what waits and was not sent, and leaves alone what may have arrived', async (t) => {
  const { url, hits } = await receiver(t, [(response) => void response.destroy()]);
  const { enqueue, pass } = delivery(t, channelOf(url));
  enqueue(alertOf('a1'));
  await pass(500);
  enqueue(alertOf('a2', { kind: 'recovery', verdict: 'healthy', previous: 'down' }));
  await pass(10_000);
  assert.deepEqual(
    hits.map(({ headers }) => headers['idempotency-key']),
    ['a1', 'a1', 'a2'],
  );
});

test('what waits for a channel that left the manifest is given up by the next look of the deliverer', async (t) => {
  const { url } = await receiver(t);
  const { db, pass } = delivery(t, channelOf(url));
  enqueueAlert(db, { channels: ['telegram', 'webhook'], dedupeKey: 'trading', alert: alertOf('a1') });
  await pass(500);
  assert.deepEqual(
    readOutbox(db, 10)
      .map(({ channel, state }) => `${channel} ${state}`)
      .sort(),
    ['telegram dead', 'webhook delivered'],
  );
  assert.equal(readUndelivered(db)?.error, 'the manifest no longer names a telegram channel');
});

test('an address that is none, and a header that HTTP does not allow, are said without being shown', async () => {
  for (const env of [{ URL: 'no address s3cr3t' }, { URL: 'http://127.0.0.1:1/', BAD: 's3cr3t\n' }]) {
    const sender = webhookSender(
      { kind: 'webhook', url: '$URL', headers: 'BAD' in env ? { 'x-bad': '$BAD' } : {} },
      { env: () => env, nowMs: () => 0 },
    );
    const outcome = await sender.send([outgoing(alertOf('a1'))]);
    assert.equal(outcome.kind, 'retry');
    assert.doesNotMatch(JSON.stringify(outcome), /s3cr3t/);
  }
});

test('a receiver that never answers is left at the deadline', async (t) => {
  const { url } = await receiver(t, [() => undefined]);
  const sender = webhookSender(channelOf(url), { env: () => ({}), nowMs: () => 0, timeoutMs: 50 });
  assert.deepEqual(await sender.send([outgoing(alertOf('a1'))]), {
    kind: 'retry',
    error: 'no answer within 0.05 s',
    isUncertain: true,
  });
});
