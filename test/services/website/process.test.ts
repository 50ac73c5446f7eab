import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readStatuses } from '../../../src/store/service-status.js';
import { type Running, run, serviceEnv } from '../../service/rig.js';
import { createStack, eventually, PROJECT, type StackOnDisk, tempFolder } from './rig.js';
import { ask, writeFakeSigctl } from './site.js';

const MAIN = join(PROJECT, 'src/services/website/main.ts');

/** The website as sigctl starts it, from its sources. */
function startWebsite(
  t: TestContext,
  stack: Pick<StackOnDisk, 'root' | 'home'>,
  more: NodeJS.ProcessEnv = {},
): Running {
  const env = serviceEnv(stack.home, 'website', { SIGCTL_ROOT: stack.root, PORT: '0', ...more });
  return run(t, [process.execPath, '--import', 'tsx', MAIN], { env, cwd: PROJECT });
}

async function portOf(website: Running): Promise<number> {
  await website.printed(/website at http/);
  return Number(/website at http:\/\/127\.0\.0\.1:(\d+)/.exec(website.output())?.[1]);
}

function rowOf(stack: StackOnDisk) {
  return readStatuses(stack.db).find((row) => row.service === 'website');
}

test('the website reports itself running, answers on this machine only, and ends well although pages are open', async (t) => {
  const stack = await createStack(t);
  const website = startWebsite(t, stack);
  const port = await portOf(website);
  await eventually(() => rowOf(stack)?.state === 'running' || undefined, 'the row of the website');
  // fetch keeps its connection open, as a browser does.
  const health = await (await fetch(`http://127.0.0.1:${port}/health`)).json();
  assert.equal((health as { pid: number }).pid, website.pid);
  assert.match(await (await fetch(`http://127.0.0.1:${port}/`)).text(), /signalcartel/);
  website.child.kill('SIGINT');
  assert.deepEqual(await website.exit, { code: 0, signal: null });
  assert.equal(rowOf(stack)?.state, 'stopped');
});

test('a taken port is named, on record and exit code 1', async (t) => {
  const stack = await createStack(t);
  const blocker = createServer().listen(0, '127.0.0.1');
  t.after(() => blocker.close());
  const port = await eventually(() => {
    const address = blocker.address();
    return typeof address === 'object' && address !== null ? address.port : undefined;
  }, 'a port');
  const website = startWebsite(t, stack, { PORT: String(port) });
  assert.deepEqual(await website.exit, { code: 1, signal: null });
  assert.match(website.output(), new RegExp(`port ${port} is already in use`));
  const row = rowOf(stack);
  assert.equal(row?.state, 'error');
  assert.match(row?.reason ?? '', new RegExp(`port ${port} is already in use`));
});

test('a wrong setting is refused with its name, exit code 2', async (t) => {
  const website = startWebsite(t, await createStack(t), { PORT: 'http' });
  assert.deepEqual(await website.exit, { code: 2, signal: null });
  assert.match(website.output(), /PORT is \\"http\\"/);
});

test('outside of sigctl the website runs and says what to type', async (t) => {
  const root = tempFolder(t);
  const env = { PATH: process.env['PATH'], PORT: '0', SIGCTL_HOME: join(root, '.sigctl') };
  const website = run(t, [process.execPath, '--import', 'tsx', MAIN], { env, cwd: PROJECT });
  const port = await portOf(website);
  assert.match((await ask({ port }, 'GET', '/')).text, /Nothing has been started yet.*sigctl start/s);
});

test('a command outlives the website that sent it, and can still print', async (t) => {
  const stack = await createStack(t);
  const bin = writeFakeSigctl(
    stack,
    `: > begun; i=0; while [ ! -e go ] && [ $i -lt 1200 ]; do i=$((i+1)); sleep 0.05; done; echo printed && : > finished`,
  );
  const website = startWebsite(t, stack, { SIGCTL_BIN: bin });
  const port = await portOf(website);
  const answer = ask({ port }, 'POST', '/api/control/trading/restart', { 'x-sigctl-control': '1' });
  const cutOff = assert.rejects(answer);
  await eventually(() => existsSync(join(stack.root, 'begun')) || undefined, 'the command');
  website.child.kill('SIGKILL');
  await website.exit;
  await cutOff;
  writeFileSync(join(stack.root, 'go'), '');
  await eventually(() => existsSync(join(stack.root, 'finished')) || undefined, 'the command to finish');
});
