import assert from 'node:assert/strict';
import { chmodSync, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { daemonSockets } from '../../src/process/daemon-sockets.js';
import { tempFolder } from './rig.js';

/** Points the temporary folder of this process at one of the test's own. */
function ownTmp(t: TestContext): string {
  const before = process.env['TMPDIR'];
  const folder = tempFolder(t);
  process.env['TMPDIR'] = folder;
  t.after(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });
  return folder;
}

/** A path whose `rpc.sock` has this many bytes. */
const homeOf = (bytes: number): string => `/${'h'.repeat(bytes - '/'.length - '/rpc.sock'.length)}`;

test('the sockets lie in the home of PM2 as long as their path fits', (t) => {
  const tmp = ownTmp(t);
  const home = homeOf(103);
  assert.deepEqual(daemonSockets(home), { rpc: `${home}/rpc.sock`, pub: `${home}/pub.sock` });
  assert.deepEqual(statSync(tmp).nlink, 2);
});

test('one byte more, and they lie in a private folder under the temporary one, the same each time', (t) => {
  const tmp = ownTmp(t);
  const sockets = daemonSockets(homeOf(104));
  assert.equal(dirname(dirname(sockets.rpc)), tmp);
  assert.equal(dirname(sockets.rpc), dirname(sockets.pub));
  assert.equal(statSync(dirname(sockets.rpc)).mode & 0o777, 0o700);
  assert.deepEqual(daemonSockets(homeOf(104)), sockets);
  assert.notEqual(daemonSockets(homeOf(105)).rpc, sockets.rpc);
});

test('bytes count, not characters', (t) => {
  const tmp = ownTmp(t);
  const home = `/${'é'.repeat(50)}`;
  assert.ok(daemonSockets(home).rpc.startsWith(tmp));
});

test('a server can listen on the socket of a home with a very long path', async (t) => {
  ownTmp(t);
  const { rpc } = daemonSockets(join('/', 'deep/'.repeat(60)));
  const server = createServer();
  t.after(() => server.close());
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(rpc, resolve));
  assert.ok(existsSync(rpc));
});

test('a folder that is open to others is refused, with the way out as the hint', (t) => {
  ownTmp(t);
  const home = homeOf(200);
  chmodSync(dirname(daemonSockets(home).rpc), 0o755);
  assert.throws(() => daemonSockets(home), { code: 'SOCKET_FOLDER_UNSAFE', exitCode: 4, hint: /SIGCTL_HOME/ });
});
