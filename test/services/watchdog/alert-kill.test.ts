import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { enqueueAlert } from '../../../src/store/alert-outbox.js';
import { readOutbox } from '../../../src/store/alert-rows.js';
import { CHAT, TOKEN } from '../../fixtures/telegram-fake/telegram-fake.js';
import { bundleFixtures, eventually, run } from '../../service/rig.js';
import { twoConnections } from '../../store/two-connections.js';
import { alertOf, telegram } from './alert-rig.js';

const ALERTS = 40;
/** The deliverer is killed after so many more messages, now right after one was taken and now a little later. */
const KILLS = [1, 3, 2, 5, 1, 4];

test('a deliverer that is killed in the middle loses nothing, and what arrives twice says that it may be a repeat', async (t) => {
  const { folder, remove } = await bundleFixtures('alert-deliverer');
  t.after(remove);
  const { a: db, path } = twoConnections(t);
  const fake = await telegram(t);
  for (let index = 0; index < ALERTS; index++) {
    enqueueAlert(db, {
      channels: ['telegram'],
      dedupeKey: `service-${index}`,
      alert: alertOf(`id-${index}`, { atMs: Date.now() }),
    });
  }
  const start = () =>
    run(t, [process.execPath, join(folder, 'alert-deliverer.mjs'), path, fake.api(), TOKEN, CHAT], { env: {} });
  for (const after of KILLS) {
    const goal = fake.messages.length + after;
    const deliverer = start();
    const reached = new Promise<void>((resolve) => {
      fake.onMessage = () => {
        if (fake.messages.length >= goal) resolve();
      };
    });
    await reached;
    // Before the answer goes out, as the fake tells of a message first: the worst moment.
    deliverer.child.kill('SIGKILL');
    assert.equal((await deliverer.exit).signal, 'SIGKILL');
  }
  fake.onMessage = undefined;
  start();
  const isDelivered = () => readOutbox(db, 1_000).every(({ state }) => state === 'delivered');
  await eventually(isDelivered, 'every alert to be delivered');

  const seen = new Map<string, string[]>();
  for (const { text } of fake.messages) {
    const id = /#(id-\d+)/.exec(text)?.[1] ?? text;
    seen.set(id, [...(seen.get(id) ?? []), text]);
  }
  assert.equal(seen.size, ALERTS);
  for (const [, ...repeats] of seen.values()) {
    for (const text of repeats) assert.match(text, /may be a repeat$/);
  }
  // Each kill costs at most the one that was on its way.
  assert.ok(fake.messages.length <= ALERTS + KILLS.length);
});
