import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOutbox, readUndelivered } from '../../../src/store/alert-rows.js';
import { CHAT, TOKEN } from '../../fixtures/telegram-fake/telegram-fake.js';
import { alertOf, delivery, outgoing, senderOf, telegram, telegramChannel } from './alert-rig.js';

const MINUTE_MS = 60_000;

test('an alert arrives with what is wrong, why, what to type and its id', async (t) => {
  const fake = await telegram(t);
  const outcome = await senderOf(telegramChannel(fake)).send([outgoing(alertOf('a1'))]);
  assert.deepEqual(outcome, { kind: 'delivered' });
  assert.deepEqual(fake.messages, [
    {
      chatId: CHAT,
      parseMode: 'HTML',
      text: '🔴 trading is down\nexited with code 3, 12s ago\n→ sigctl start trading\ndemo on box · 2026-01-15 12:00:00Z · #a1',
    },
  ]);
});

test('text that looks like markup arrives as it is', async (t) => {
  const fake = await telegram(t);
  const reason = 'check </b> & <script>: &lt; x < 3';
  const outcome = await senderOf(telegramChannel(fake)).send([outgoing(alertOf('a1', { reason }))]);
  assert.equal(outcome.kind, 'delivered');
  assert.match(fake.messages[0]?.text ?? '', /check <\/b> & <script>: &lt; x < 3/);
});

test('ten long alerts are one message that Telegram takes, each with its id', async (t) => {
  const fake = await telegram(t);
  const long = '😀<&>'.repeat(2_000);
  const many = Array.from({ length: 10 }, (_, index) =>
    outgoing(alertOf(`id-${index}`, { reason: long, stack: long, host: long, subject: long })),
  );
  assert.deepEqual(await senderOf(telegramChannel(fake)).send(many), { kind: 'delivered' });
  const [message] = fake.messages;
  for (const { alert } of many) assert.match(message?.text ?? '', new RegExp(`#${alert.id}\\b`));
  assert.doesNotMatch(message?.text ?? '', /[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
});

test('a text that Telegram cannot parse is sent again as plain text, once', async (t) => {
  const fake = await telegram(t);
  const refusal = { kind: '400', description: "Bad Request: can't parse entities: Can't find end tag" } as const;
  fake.fail([refusal]);
  const sender = senderOf(telegramChannel(fake));
  assert.deepEqual(await sender.send([outgoing(alertOf('a1'))]), { kind: 'delivered' });
  assert.deepEqual(
    fake.messages.map(({ parseMode }) => parseMode),
    [undefined],
  );
  fake.fail([refusal, refusal]);
  const outcome = await sender.send([outgoing(alertOf('a2'))]);
  assert.deepEqual(outcome, { kind: 'dead', error: `400 ${refusal.description}` });
  assert.equal(fake.requests(), 4);
});

test('a group that became a supergroup gets the message, and is known by its new id from then on', async (t) => {
  const fake = await telegram(t);
  fake.fail([{ kind: 'migrate', to: '-100777' }]);
  const sender = senderOf(telegramChannel(fake));
  assert.equal((await sender.send([outgoing(alertOf('a1'))])).kind, 'delivered');
  assert.equal((await sender.send([outgoing(alertOf('a2'))])).kind, 'delivered');
  assert.deepEqual(
    fake.messages.map(({ chatId }) => chatId),
    ['-100777', '-100777'],
  );
  assert.equal(fake.requests(), 3);
});

test('a variable that is not set is named, and waited for', async (t) => {
  const fake = await telegram(t);
  const outcome = await senderOf({ ...telegramChannel(fake), token: '$NO_SUCH' }).send([outgoing(alertOf('a1'))]);
  assert.deepEqual(outcome, { kind: 'retry', error: 'NO_SUCH is not set', isUncertain: false });
});

for (const kind of ['401', '403', '404'] as const) {
  test(`${kind}: the message is given up with the reason, and sent no more`, async (t) => {
    const fake = await telegram(t);
    fake.failAlways({ kind });
    const { enqueue, pass, db } = delivery(t, telegramChannel(fake));
    enqueue(alertOf('a1'));
    await pass(MINUTE_MS);
    assert.equal(fake.requests(), 1);
    assert.equal(readUndelivered(db)?.dead, 1);
    assert.match(readUndelivered(db)?.error ?? '', new RegExp(`^${kind} [A-Z]`));
  });
}

test('429: the whole channel is silent for as long as Telegram asks, also after a restart, then each message arrives once', async (t) => {
  const fake = await telegram(t);
  fake.fail([{ kind: '429', retryAfter: 15 }]);
  const { enqueue, pass, restart } = delivery(t, telegramChannel(fake));
  enqueue(alertOf('a1'));
  await pass(5_000);
  enqueue(alertOf('a2', { subject: 'website' }));
  restart();
  await pass(9_500);
  assert.equal(fake.requests(), 1);
  await pass(3_000);
  assert.equal(fake.messages.length, 1);
  assert.match(fake.messages[0]?.text ?? '', /#a1[\s\S]*#a2/);
  assert.doesNotMatch(fake.messages[0]?.text ?? '', /repeat/);
});

for (const fault of [{ kind: '409' }, { kind: '502' }, { kind: 'portal' }] as const) {
  test(`${fault.kind}: the message is sent again until it arrives`, async (t) => {
    const fake = await telegram(t);
    fake.fail([fault, fault, fault]);
    const { enqueue, pass } = delivery(t, telegramChannel(fake));
    enqueue(alertOf('a1'));
    await pass(MINUTE_MS);
    assert.equal(fake.messages.length, 1);
    assert.equal(fake.requests(), 4);
  });
}

test('an answer that got lost makes a repeat, and the repeat says so', async (t) => {
  const fake = await telegram(t);
  fake.fail([{ kind: 'reset-after' }]);
  const { enqueue, pass } = delivery(t, telegramChannel(fake));
  enqueue(alertOf('a1'));
  await pass(10_000);
  const texts = fake.messages.map(({ text }) => text);
  assert.equal(texts.length, 2);
  assert.doesNotMatch(texts[0] ?? '', /repeat/);
  assert.match(texts[1] ?? '', /#a1 · may be a repeat$/);
});

test('a server that never answers is given up at the deadline, and the message may have arrived', async (t) => {
  const fake = await telegram(t);
  fake.failAlways({ kind: 'silent' });
  const { telegramSender } = await import('../../../src/services/watchdog/alerts/telegram.js');
  const sender = telegramSender(
    { ...telegramChannel(fake), token: TOKEN, chat: CHAT },
    {
      env: () => ({}),
      nowMs: () => 0,
      movedChat: { read: () => undefined, write: () => undefined },
      timeoutMs: 50,
    },
  );
  const outcome = await sender.send([outgoing(alertOf('a1'))]);
  assert.deepEqual(outcome, { kind: 'retry', error: 'no answer within 0.05 s', isUncertain: true });
});

test('the network is down for ten minutes while three services go bad and come back: nothing is lost, doubled or stormed', async (t) => {
  const fake = await telegram(t);
  const { enqueue, pass, db, restart } = delivery(t, telegramChannel(fake));
  const { api } = fake;
  const attempts: number[] = [];
  await fake.down();
  const subjects = ['trading', 'website', 'market-data'];
  for (let minute = 0; minute < 10; minute++) {
    for (const subject of subjects) {
      const kind = minute % 2 === 0 ? 'alert' : 'recovery';
      enqueue(alertOf(`${subject}-${minute}`, { subject, kind, verdict: kind === 'alert' ? 'down' : 'healthy' }));
    }
    await pass(MINUTE_MS);
    attempts.push(readOutbox(db, 10)[0]?.attempts ?? 0);
    if (minute === 4) restart();
  }
  assert.match(readUndelivered(db)?.error ?? '', /^ECONNREFUSED$/);
  assert.equal(readUndelivered(db)?.count, 3);
  assert.ok((attempts.at(-1) ?? 99) <= 11, `attempts: ${attempts}`);
  await fake.up();
  assert.equal(api(), fake.api());
  await pass(6 * MINUTE_MS);
  // One message for all, or one each: never one per change.
  assert.ok(fake.messages.length <= subjects.length, `${fake.messages.length} messages`);
  const all = fake.messages.map(({ text }) => text).join('\n\n');
  for (const subject of subjects) {
    assert.equal(all.match(new RegExp(`#${subject}-9\\b`, 'g'))?.length, 1, all);
    assert.equal(all.match(new RegExp(`${subject} is healthy`, 'g'))?.length, 1, all);
  }
  assert.match(all, /10 messages in one/);
  assert.equal(readUndelivered(db), undefined);
  await pass(10 * MINUTE_MS);
  assert.equal(fake.requests(), fake.messages.length);
});

test('a burst of thirty alerts is no more than one message a second', async (t) => {
  const fake = await telegram(t);
  const { enqueue, pass } = delivery(t, telegramChannel(fake));
  for (let index = 0; index < 30; index++) enqueue(alertOf(`a${index}`, { subject: `service-${index}` }));
  await pass(1_000);
  assert.equal(fake.messages.length, 1);
  await pass(9_000);
  assert.equal(fake.messages.length, 3);
  const ids = fake.messages.flatMap(({ text }) => text.match(/#a\d+/g) ?? []);
  assert.equal(new Set(ids).size, 30);
  assert.equal(ids.length, 30);
});

test('no fault that is stored or shown holds the token', async (t) => {
  const fake = await telegram(t);
  fake.fail([{ kind: '400', description: `Bad Request: wrong bot${TOKEN}` }]);
  const { enqueue, pass, db } = delivery(t, telegramChannel(fake));
  enqueue(alertOf('a1'));
  await pass(1_000);
  assert.doesNotMatch(JSON.stringify(db.prepare('SELECT * FROM alert_outbox').all()), new RegExp(TOKEN));
  assert.equal(readUndelivered(db)?.error, '400 Bad Request: wrong bot*****');
});
