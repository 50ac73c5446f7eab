import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { readListeningPorts, readPortHolder } from '../../src/process/ports.js';
import { line, startProgram, until } from './rig.js';

async function listen(t: TestContext, host: string): Promise<number> {
  const server = createServer().listen(0, host);
  t.after(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('readPortHolder() names the process that listens, and its command', async (t) => {
  const port = await listen(t, '127.0.0.1');
  const holder = readPortHolder(port);
  assert.equal(holder?.port, port);
  assert.equal(holder?.pid, process.pid);
  assert.ok(holder?.command.startsWith(process.argv0));
});

test('readPortHolder() sees a listener on IPv6, and one on every address', async (t) => {
  if (!existsSync('/proc/net/if_inet6')) return t.skip('IPv6 absent');
  for (const host of ['::1', '::', '0.0.0.0']) {
    assert.equal(readPortHolder(await listen(t, host))?.pid, process.pid, host);
  }
});

test('a port is free again once its listener has closed', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  assert.equal(readPortHolder(port)?.pid, process.pid);
  server.close();
  await once(server, 'close');
  assert.equal(readPortHolder(port), undefined);
});

test('readListeningPorts() lists the ports of the given processes and of no other, ascending', async (t) => {
  const own = [await listen(t, '127.0.0.1'), await listen(t, '127.0.0.1')].sort((a, b) => a - b);
  const program = `const s = require('node:net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))`;
  const child = await startProgram(t, process.execPath, ['-e', program]);
  const theirs = Number(await line(child));
  await until(() => readPortHolder(theirs)?.pid === child.pid);
  assert.deepEqual(readListeningPorts([child.pid]), [theirs]);
  const mine = readListeningPorts([process.pid]);
  assert.deepEqual(
    mine.filter((port) => own.includes(port)),
    own,
  );
  assert.ok(!mine.includes(theirs));
  assert.deepEqual(readListeningPorts([4_194_305]), []);
});
