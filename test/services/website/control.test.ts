import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runSigctl } from '../../../src/services/website/run-sigctl.js';
import { createStack, eventually } from './rig.js';
import { control, startSite, writeFakeSigctl } from './site.js';

test('a restart runs sigctl for this one service, with an environment of its own, and returns what it said', async (t) => {
  const stack = await createStack(t);
  const site = await startSite(t, stack);
  writeFakeSigctl(
    stack,
    `echo "$@" > args; env > seen-env; echo '{"ok":true,"started":[{"kind":"ready","service":"trading","key":"trading","pid":9,"tookMs":1500}]}'`,
  );
  const answer = await control(site, 'trading', 'restart');
  assert.equal(answer.status, 200, answer.text);
  const { outcome, message, exitCode, result } = answer.json();
  assert.deepEqual(
    { outcome, message, exitCode },
    { outcome: 'done', message: 'trading restarted: pid 9, ready after 1.5s', exitCode: 0 },
  );
  assert.equal((result as { ok: boolean }).ok, true);
  const manifest = join(stack.root, 'ecosystem.config.cjs');
  assert.equal(
    readFileSync(join(stack.root, 'args'), 'utf8'),
    `restart trading --json --wait 0 --config ${manifest}\n`,
  );
  const env = readFileSync(join(stack.root, 'seen-env'), 'utf8');
  assert.match(env, /^SIGCTL_ACTOR=website$/m);
  assert.match(env, new RegExp(`^SIGCTL_HOME=${stack.home}$`, 'm'));
  assert.doesNotMatch(env, /hunter2/);
});

test('start and stop run too', async (t) => {
  const stack = await createStack(t);
  const site = await startSite(t, stack);
  writeFakeSigctl(stack, `echo "$1 $2" >> args; echo '{"ok":true}'`);
  assert.equal((await control(site, 'scheduler', 'start')).status, 200);
  assert.equal((await control(site, 'scheduler', 'stop')).json()['message'], 'scheduler stopped');
  assert.equal(readFileSync(join(stack.root, 'args'), 'utf8'), 'start scheduler\nstop scheduler\n');
});

test('a command that fails is 502 with its message, and never a success', async (t) => {
  const stack = await createStack(t);
  const site = await startSite(t, stack);
  writeFakeSigctl(
    stack,
    `echo '{"ok":false,"started":[{"kind":"failed","key":"trading","reason":"exited with code 3","hint":"sigctl logs trading"}]}'; exit 1`,
  );
  const answer = await control(site, 'trading', 'restart');
  assert.equal(answer.status, 502);
  const { outcome, message, hint, exitCode } = answer.json();
  assert.deepEqual(
    { outcome, message, hint, exitCode },
    { outcome: 'failed', message: 'trading: exited with code 3', hint: 'sigctl logs trading', exitCode: 1 },
  );
});

test('a sigctl that cannot be run is 502, and the site goes on', async (t) => {
  const stack = await createStack(t);
  const site = await startSite(t, stack);
  const answer = await control(site, 'trading', 'restart');
  assert.equal(answer.status, 502);
  assert.match(String(answer.json()['message']), /Cannot run sigctl: .*ENOENT/);
});

test('another sigctl at work is 409', async (t) => {
  const stack = await createStack(t);
  const site = await startSite(t, stack);
  writeFakeSigctl(
    stack,
    `echo '{"error":{"code":"STACK_LOCKED","message":"\\"sigctl mode full\\" (pid 7) is at work","hint":"Wait for it"}}'; exit 1`,
  );
  const answer = await control(site, 'trading', 'restart');
  assert.equal(answer.status, 409);
  assert.match(String(answer.json()['message']), /sigctl mode full/);
});

test('a second click on the same service is 409 while the first is at work; other services are free', async (t) => {
  const stack = await createStack(t);
  const site = await startSite(t, stack);
  writeFakeSigctl(
    stack,
    `[ "$2" = scheduler ] && exit 0; : > begun; i=0; while [ ! -e go ] && [ $i -lt 1200 ]; do i=$((i+1)); sleep 0.05; done; echo '{"ok":true}'`,
  );
  const go = join(stack.root, 'go');
  const first = control(site, 'trading', 'restart');
  await eventually(() => existsSync(join(stack.root, 'begun')) || undefined, 'the first command');
  assert.equal((await control(site, 'trading', 'restart')).status, 409);
  assert.equal((await control(site, 'scheduler', 'start')).status, 200);
  writeFileSync(go, '');
  assert.equal((await first).status, 200);
  assert.equal((await control(site, 'trading', 'restart')).status, 200);
});

test('unknown services and actions are 404, the website itself is 409 with the command to type, and nothing runs', async (t) => {
  const stack = await createStack(t);
  const site = await startSite(t, stack);
  writeFakeSigctl(stack, ': > ran');
  for (const path of ['nobody/restart', '..%2Ftrading/restart', '--help/restart', 'trading/explode']) {
    const [service = '', action = ''] = path.split('/');
    assert.equal((await control(site, service, action)).status, 404, path);
  }
  const own = await control(site, 'website', 'restart');
  assert.equal(own.status, 409);
  assert.match(own.text, /sigctl restart website/);
  assert.equal(existsSync(join(stack.root, 'ran')), false);
});

test('requests that do not come from the page are 403, and nothing runs', async (t) => {
  const stack = await createStack(t);
  const site = await startSite(t, stack);
  writeFakeSigctl(stack, ': > ran');
  const refused = [
    { 'x-sigctl-control': '' },
    { host: `evil.example:${site.port}` },
    { origin: 'http://evil.example' },
    { origin: `http://localhost:${site.port + 1}` },
  ];
  for (const headers of refused) {
    assert.equal((await control(site, 'trading', 'restart', headers)).status, 403, JSON.stringify(headers));
  }
  const form = { 'x-sigctl-control': '', 'content-type': 'application/x-www-form-urlencoded' };
  assert.equal((await control(site, 'trading', 'restart', form)).status, 403);
  assert.equal(existsSync(join(stack.root, 'ran')), false);
});

test('output beyond all measure is cut, not held in memory', async (t) => {
  const stack = await createStack(t);
  const site = await startSite(t, stack);
  writeFakeSigctl(stack, 'head -c 5000000 /dev/zero | tr "\\0" x; echo "sigctl: too much" >&2; exit 1');
  const answer = await control(site, 'trading', 'restart');
  assert.equal(answer.status, 502);
  assert.equal(answer.json()['message'], 'too much');
  assert.ok(answer.text.length < 10_000);
});

test('a command that outlasts the patience of the site goes on, and its end disturbs nobody', async (t) => {
  const stack = await createStack(t);
  const bin = writeFakeSigctl(stack, 'while [ ! -e go ]; do sleep 0.05; done; echo late; : > finished');
  const call = { bin, args: [], env: { PATH: process.env['PATH'] ?? '' }, cwd: stack.root, answerWithinMs: 50 };
  assert.deepEqual(await runSigctl(call), { kind: 'unfinished', afterMs: 50 });
  writeFileSync(join(stack.root, 'go'), '');
  await eventually(() => existsSync(join(stack.root, 'finished')) || undefined, 'the command to finish');
  // Were the end still listened to, reading its closed files would end this process.
  assert.equal((await runSigctl({ ...call, answerWithinMs: 60_000 })).kind, 'exited');
});
