import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { probeHttp } from '../../src/probe/http.js';
import { probeTcp } from '../../src/probe/tcp.js';

/** Long enough for a busy machine to answer in, for probes that are to be answered. */
const PATIENCE_MS = 30_000;

async function listen(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function probe(t: TestContext, answer: RequestListener, timeoutMs = PATIENCE_MS) {
  return probeHttp({ port: await listen(t, createServer(answer)), path: '/health', timeoutMs });
}

test('probeHttp() passes on 2xx, asking for the path on a connection that is not kept', async (t) => {
  let seen: readonly unknown[] = [];
  const answer = await probe(t, ({ url, method, headers }, response) => {
    seen = [method, url, headers.connection];
    response.end('fine');
  });
  assert.equal(answer.ok, true);
  assert.match(answer.reason, /^HTTP 200 in \d/);
  assert.deepEqual(seen, ['GET', '/health', 'close']);
});

test('probeHttp() fails with the status of any other answer', async (t) => {
  const answer = await probe(t, (_request, response) => void response.writeHead(503).end('no'));
  assert.equal(answer.ok, false);
  assert.match(answer.reason, /^HTTP 503 in \d/);
});

test('probeHttp() does not follow a redirect, and says where it leads', async (t) => {
  const answer = await probe(t, ({ url }, response) => {
    if (url === '/health') response.writeHead(302, { location: '/login' }).end();
    else response.end('fine');
  });
  assert.equal(answer.ok, false);
  assert.match(answer.reason, /^HTTP 302 in .*, redirects to \/login$/);
});

test('probeHttp() gives up on a server that never answers', async (t) => {
  assert.deepEqual(await probe(t, () => undefined, 200), { ok: false, reason: 'no answer within 200ms' });
});

test('probeHttp() gives up on a body that drips on without an end: the time is for the whole of it', async (t) => {
  let dripping: NodeJS.Timeout | undefined;
  t.after(() => clearInterval(dripping));
  const answer = await probe(
    t,
    (_request, response) => {
      response.writeHead(200);
      dripping = setInterval(() => response.write('.'), 20);
    },
    2_000,
  );
  assert.deepEqual(answer, { ok: false, reason: 'HTTP 200, no end within 2s' });
});

test('probeHttp() takes the status of a huge body without reading all of it', async (t) => {
  let sent = 0;
  const answer = await probe(t, (_request, response) => {
    const chunk = Buffer.alloc(64 * 1024);
    const pump = () => {
      // Without end: only hanging up ends it.
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
    };
    response.on('drain', pump);
    pump();
  });
  assert.equal(answer.ok, true);
  assert.ok(sent < 50 * 1024 * 1024, `${sent} bytes were taken`);
});

test('probeHttp() says what became of the connection', async (t) => {
  const reset = createTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const hangsUp = createTcpServer((socket) => socket.once('data', () => socket.end()));
  const speaksOther = createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
  const ask = async (server: Server) =>
    (await probeHttp({ port: await listen(t, server), path: '/', timeoutMs: PATIENCE_MS })).reason;
  assert.equal(await ask(reset), 'connection reset');
  assert.equal(await ask(hangsUp), 'connection reset');
  assert.equal(await ask(speaksOther), 'its answer is not HTTP');
});

test('probeHttp() and probeTcp() of a port that nobody listens on: connection refused', async (t) => {
  const server = createTcpServer();
  const port = await listen(t, server);
  await new Promise((resolve) => server.close(resolve));
  const refused = { ok: false, reason: 'connection refused' };
  assert.deepEqual(await probeHttp({ port, path: '/', timeoutMs: PATIENCE_MS }), refused);
  assert.deepEqual(await probeTcp({ port, timeoutMs: PATIENCE_MS }), refused);
});

test('probeTcp() passes when the connection is accepted, and closes it', async (t) => {
  let closed: Promise<unknown> | undefined;
  const server = createTcpServer((socket) => {
    closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
  });
  const answer = await probeTcp({ port: await listen(t, server), timeoutMs: PATIENCE_MS });
  assert.equal(answer.ok, true);
  assert.match(answer.reason, /^accepted in \d/);
  await (closed ??
    new Promise((resolve) => server.once('connection', (socket: Socket) => socket.once('close', resolve))));
});
