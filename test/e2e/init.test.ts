import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { startRig, until } from './rig.js';

const DASHBOARD = `
import http.server, os, sys
port = int(sys.argv[sys.argv.index('--port') + 1])
print('dashboard on', port, 'pid', os.getpid(), flush=True)
http.server.HTTPServer(('127.0.0.1', port), http.server.SimpleHTTPRequestHandler).serve_forever()
`;
const BOT = `
import time
print('bot at work', flush=True)
while True: time.sleep(1)
`;

test('a Procfile that starts a dashboard and a bot in one line becomes two services that really run', async (t) => {
  const rig = await startRig(t, { apps: [] });
  rmSync(join(rig.root, 'ecosystem.config.cjs'));
  writeFileSync(join(rig.root, 'dashboard.py'), DASHBOARD);
  writeFileSync(join(rig.root, 'main.py'), BOT);
  writeFileSync(join(rig.root, '.env'), `PORT=${await freePort()}\n`);
  writeFileSync(join(rig.root, 'Procfile'), 'web: python3 dashboard.py --port $PORT & python3 main.py & wait\n');

  const made = await rig.sigctl(['init', '--from', 'Procfile']);
  assert.equal(made.exitCode, 0, made.stderr);
  assert.match(made.stdout, /with 2 services: web, main/);
  const again = await rig.sigctl(['init', '--from', 'Procfile']);
  assert.equal(again.exitCode, 2);

  const started = await rig.sigctl(['start']);
  assert.equal(started.exitCode, 0, started.stdout + started.stderr);
  for (const key of ['web', 'main']) assert.equal((await rig.report(key)).verdict, 'healthy', key);
  await until(() => rig.log('main').includes('bot at work'));
  // The shell is gone: the process that PM2 watches is the program itself.
  assert.match(rig.log('web'), new RegExp(`pid ${rig.pid('web')}\\b`));

  const stopped = await rig.sigctl(['stop', 'main']);
  assert.equal(stopped.exitCode, 0, stopped.stderr);
  assert.equal((await rig.report('web')).verdict, 'healthy');
});

test('the installed program reads YAML too, and a dry run writes nothing', async (t) => {
  const rig = await startRig(t, { apps: [] });
  rmSync(join(rig.root, 'ecosystem.config.cjs'));
  writeFileSync(join(rig.root, 'compose.yml'), 'services:\n  bot: { build: ., command: python3 main.py }\n');
  const run = await rig.sigctl(['init', '--dry-run']);
  assert.equal(run.exitCode, 0, run.stderr);
  assert.match(run.stdout, /name: 'bot'/);
  assert.match(run.stderr, /made from compose\.yml/);
  assert.ok(!existsSync(join(rig.root, 'ecosystem.config.cjs')));
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
