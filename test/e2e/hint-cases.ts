import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { acquireStackLock } from '../../src/store/stack-lock.js';
import type { HintCase } from '../cli/typed-hint.js';
import { freePort } from './free-port.js';
import { app, REPO, type Rig } from './rig.js';

/** Codes of `serviceHints`, for the account of all codes that test/cli/hints.test.ts keeps. */
export const SERVICE_HINT_CODES = [
  'BACKUP_NOTHING',
  'CRASHED',
  'NOT_READY',
  'SCRIPT_MISSING',
  'PORT_TAKEN',
  'LAUNCH_FAILED',
  'EARLIER_PROCESSES',
  'NOT_RUNNING',
  'RELOAD_UNSUPPORTED',
  'STACK_LOCKED',
  'DATABASE_IN_USE',
] as const;

/** Ends with the test, if the hint did not end it. */
async function hold(t: TestContext, program: string): Promise<void> {
  const child = spawn(process.execPath, ['-e', program], { cwd: REPO, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
}

/** Errors that need services, each in a stack in which nothing else is wrong. */
export async function serviceHints(t: TestContext, rig: Rig): Promise<readonly HintCase[]> {
  const port = await freePort();
  const stack =
    (...apps: readonly Record<string, unknown>[]) =>
    (): void =>
      rig.writeManifest({ apps, sigctl: { watchdog: false } });
  const web = (rest: Record<string, unknown> = {}) => app('web', 'idle.mjs', rest);
  const listening = app('port', 'listens.mjs', {
    sigctl: { port, ready: { tcp: port, within: '20s' } },
    env: { PORT: port },
  });
  return [
    { code: 'BACKUP_NOTHING', line: 'sigctl backup --json', arrange: stack(web()), says: /web +ready/, mends: true },
    {
      ...{ code: 'CRASHED', line: 'sigctl start crash --json', says: /cannot open the vault: no key/ },
      arrange: stack(
        app('crash', 'crashes-at-once.mjs', {
          sigctl: { restart: { backoff: ['10ms', '10ms'], breaker: { exits: 2, within: '1m' } } },
        }),
      ),
    },
    {
      ...{ code: 'NOT_READY', line: 'sigctl start slow --json', says: /still warming up|slow +stopped/ },
      arrange: stack(app('slow', 'never-ready.mjs', { sigctl: { ready: { log: 'never', within: '1s' } } })),
    },
    {
      ...{ code: 'SCRIPT_MISSING', line: 'sigctl start built --json', byHand: 'cp idle.mjs built.mjs', mends: true },
      arrange: stack(app('built', 'built.mjs')),
    },
    {
      ...{ code: 'PORT_TAKEN', line: 'sigctl start port --json', mends: true },
      arrange: async () => {
        stack(listening)();
        await hold(t, `require('node:http').createServer().listen(${port}, '127.0.0.1', () => console.log('holds'))`);
      },
    },
    {
      ...{ code: 'LAUNCH_FAILED', line: 'sigctl start astray --json', byHand: 'mkdir sub', mends: true },
      arrange: stack(app('astray', 'idle.mjs', { script: '../idle.mjs', cwd: './sub' })),
    },
    {
      ...{ code: 'EARLIER_PROCESSES', line: 'sigctl start web --json', says: /web-1 +ready/, mends: true },
      arrange: async () => {
        stack(web())();
        assert.equal((await rig.sigctl(['start', 'web'])).exitCode, 0);
        stack(web({ instances: 2 }))();
      },
    },
    {
      ...{ code: 'NOT_RUNNING', line: 'sigctl reload hup --json', says: /hup +ready/, mends: true },
      arrange: stack(app('hup', 'rereads-at-hup.mjs', { sigctl: { reload: { signal: 'SIGHUP', within: '10s' } } })),
    },
    {
      ...{ code: 'RELOAD_UNSUPPORTED', line: 'sigctl reload plain --json', says: /plain +ready/ },
      arrange: async () => {
        stack(app('plain', 'idle.mjs'))();
        assert.equal((await rig.sigctl(['start', 'plain'])).exitCode, 0);
      },
    },
    {
      ...{ code: 'STACK_LOCKED', line: 'sigctl start plain --wait 0 --json', byHand: 'kill -USR2 $PPID', mends: true },
      arrange: async () => {
        const release = await acquireStackLock({
          ...{
            folder: join(rig.home, 'run'),
            waitMs: 0,
            onWait: () => undefined,
            signal: new AbortController().signal,
          },
          holder: { pid: process.pid, command: 'start of the test' },
        });
        process.once('SIGUSR2', release);
      },
    },
    {
      ...{ code: 'DATABASE_IN_USE', line: 'sigctl restore "$(ls -d backups/*)" --yes --json', mends: true },
      arrange: async () => {
        stack(app('plain', 'idle.mjs'))();
        assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
        rmSync(join(rig.root, 'backups'), { recursive: true, force: true });
        assert.equal((await rig.sigctl(['backup'])).exitCode, 0);
        const database = JSON.stringify(join(rig.home, 'status.db'));
        await hold(
          t,
          `const db = new (require('better-sqlite3'))(${database}); db.prepare('SELECT count(*) FROM stack_facts').get(); setInterval(() => {}, 1_000); console.log('holds')`,
        );
      },
    },
  ];
}
