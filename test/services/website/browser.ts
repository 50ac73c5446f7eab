import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { DEADLINE_MS, eventually } from './rig.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** Said where a test of the page is skipped. */
export const NO_BROWSER = CHROMIUM === undefined ? 'chromium is absent' : false;

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--remote-debugging-pipe',
];

/** One tab of a real browser. */
export interface Tab {
  /** Value of a JavaScript expression in the page, after awaiting it. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until an expression is true. */
  until(expression: string): Promise<void>;
  /** Sends a protocol command, for what a script cannot do. */
  send(method: string, params?: object): Promise<Readonly<Record<string, unknown>>>;
}

/** Opens a page in a browser of its own, which ends with the test. */
export async function openTab(t: TestContext, url: string): Promise<Tab> {
  const send = startBrowser(t);
  const { targetId } = await send('Target.createTarget', { url });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  assert.ok(typeof sessionId === 'string');
  const evaluate = async (expression: string): Promise<unknown> => {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await send('Runtime.evaluate', params, sessionId);
    assert.equal(exceptionDetails, undefined, `${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value?: unknown }).value;
  };
  // While a page is being loaded there is nothing to evaluate in: that is not yet true, and no fault.
  const holds = (expression: string) => evaluate(expression).catch(() => false);
  const until = (expression: string) => eventually(async () => (await holds(expression)) || undefined, expression);
  await until(`location.href === '${url}/' && document.readyState === 'complete'`);
  return {
    evaluate,
    until: async (expression) => void (await until(expression)),
    send: (method, params) => send(method, params, sessionId),
  };
}

type Send = (method: string, params?: object, sessionId?: string) => Promise<Readonly<Record<string, unknown>>>;

/** Speaks the DevTools protocol over the browser's own pipes: JSON, each message ended by a NUL. */
function startBrowser(t: TestContext): Send {
  const profile = mkdtempSync(join(tmpdir(), 'sigctl-website-browser-'));
  const child = spawn(CHROMIUM ?? '', [...FLAGS, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
    env: { PATH: process.env['PATH'], HOME: profile },
  });
  const exit = once(child, 'exit');
  t.after(async () => {
    // The browser is a tree of processes in a group of its own.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await exit;
    // Not before: a browser that lives fills the folder while it is being emptied.
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  });
  const [commands, answers] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<number, (message: Message) => void>();
  readMessages(answers, (message) => waiting.get(message.id ?? 0)?.(message));
  commands.on('error', () => undefined);
  let lastId = 0;
  return (method, params = {}, sessionId) => {
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`The browser did not answer ${method}`)), DEADLINE_MS);
      waiting.set(id, ({ result, error }) => {
        clearTimeout(timer);
        waiting.delete(id);
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${JSON.stringify(error)}`));
      });
      commands.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  };
}

interface Message {
  readonly id?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: unknown;
}

function readMessages(stream: Readable, onMessage: (message: Message) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\0');
    rest = parts.pop() ?? '';
    for (const part of parts) onMessage(JSON.parse(part));
  });
}
