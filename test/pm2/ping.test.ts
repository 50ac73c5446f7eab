import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createPingLine, pingDaemon } from '../../src/pm2/ping.js';
import { tempFolder } from '../service/rig.js';

const SHORT_MS = 200;
const LONG_MS = 30_000;

/** A server that treats each connection so. Returns where it listens. */
async function listen(t: TestContext, serve: (socket: Socket) => void): Promise<string> {
  const path = join(tempFolder(t), 'rpc.sock');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return path;
}

test("asks in PM2's wire format, and any answer is an answer", async (t) => {
  let asked = Buffer.alloc(0);
  const path = await listen(t, (socket) =>
    socket.on('data', (chunk: Buffer) => {
      asked = Buffer.concat([asked, chunk]);
      socket.write('no');
    }),
  );
  assert.equal(await pingDaemon(path, LONG_MS), true);
  assert.equal(asked[0], 0x12);
  const length = asked.readUInt32BE(1);
  const call: unknown = JSON.parse(asked.toString('utf8', 7, 5 + length));
  assert.deepEqual(call, { type: 'call', method: 'ping', args: [{}] });
  assert.equal(asked.readUInt32BE(5 + length), asked.length - 9 - length);
});

test('a connection that nobody answers, one that is closed, and a socket that is not there are no answer', async (t) => {
  assert.equal(await pingDaemon(join(tempFolder(t), 'none.sock'), LONG_MS), false);
  assert.equal(await pingDaemon(await listen(t, () => undefined), SHORT_MS), false);
  assert.equal(await pingDaemon(await listen(t, (socket) => socket.destroy()), LONG_MS), false);
});

test('a line asks again over the same connection, and over a new one after it was closed or nobody answered', async (t) => {
  const sockets: Socket[] = [];
  let isSilent = false;
  const path = await listen(t, (socket) => {
    sockets.push(socket);
    socket.on('data', () => {
      if (!isSilent) socket.write('pong');
    });
  });
  const line = createPingLine(path);
  t.after(line.close);
  assert.deepEqual([await line.ask(LONG_MS), await line.ask(LONG_MS), sockets.length], [true, true, 1]);
  isSilent = true;
  assert.deepEqual([await line.ask(SHORT_MS), await line.ask(SHORT_MS), sockets.length], [false, false, 2]);
  isSilent = false;
  assert.deepEqual([await line.ask(LONG_MS), sockets.length], [true, 3]);
  const asked = line.ask(LONG_MS);
  sockets.at(-1)?.destroy();
  assert.equal(await asked, false);
  assert.deepEqual([await line.ask(LONG_MS), sockets.length], [true, 4]);
});

test('a daemon whose socket was removed does not answer, though its connection lives on', async (t) => {
  const path = await listen(t, (socket) => socket.on('data', () => socket.write('pong')));
  const line = createPingLine(path);
  t.after(line.close);
  assert.equal(await line.ask(LONG_MS), true);
  rmSync(path);
  assert.equal(await line.ask(LONG_MS), false);
});

test('a line that is open keeps no process alive', async (t) => {
  const path = await listen(t, (socket) => socket.on('data', () => socket.write('pong')));
  const program = `import { createPingLine } from ${JSON.stringify(new URL('../../src/pm2/ping.ts', import.meta.url).href)};
    if (!(await createPingLine(process.argv[1]).ask(${LONG_MS}))) process.exitCode = 1;`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', program, path];
  const child = spawn(process.execPath, args, { stdio: 'inherit', timeout: LONG_MS });
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});
