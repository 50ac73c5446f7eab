import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTop } from '../../src/commands/top.js';
import type { TopDeps, TopScreenEvents } from '../../src/commands/top-ports.js';
import type { LogEntry, LogSource } from '../../src/core/log-line.js';
import type { TopKey } from '../../src/core/top/top-key.js';
import type { TopLook } from '../../src/core/top/top-look.js';
import type { TopOutcome } from '../../src/core/top/top-state.js';
import { SigctlError } from '../../src/errors.js';
import { logLine, STACK_LOOK } from '../render/top/literals.js';

/** A terminal and a clock by hand. */
function fakeTop(over: Partial<TopDeps> = {}) {
  const seen = { frame: '', closed: 0, forgotten: 0, notes: [] as string[], exitCode: undefined as number | undefined };
  const timers = new Map<number, Set<() => void>>();
  const followed: (readonly string[])[] = [];
  const ran: (readonly string[])[] = [];
  const endings: ((outcome: Omit<TopOutcome, 'args'>) => void)[] = [];
  let events: TopScreenEvents | undefined;
  const deps: TopDeps = {
    requireTerminal: () => undefined,
    openScreen: (given) => {
      events = given;
      return {
        size: () => ({ columns: 80, rows: 24 }),
        paint: (frame) => (seen.frame = frame.join('\n')),
        forget: () => seen.forgotten++,
        suspend: () => undefined,
        close: () => seen.closed++,
      };
    },
    look: async () => STACK_LOOK,
    followLogs: async function* (sources: readonly LogSource[]): AsyncGenerator<readonly LogEntry[]> {
      followed.push(sources.map(({ key }) => key));
      yield [logLine(`of ${sources.length}`)];
    },
    runSigctl: (args) => {
      ran.push(args);
      return new Promise((resolve) => endings.push((outcome) => resolve({ args, ...outcome })));
    },
    after: (delayMs, work) => {
      const waiting = timers.get(delayMs) ?? new Set();
      timers.set(delayMs, waiting.add(work));
      return () => waiting.delete(work);
    },
    nowMs: () => STACK_LOOK.atMs,
    out: { note: (text) => void seen.notes.push(text), colour: false, setExitCode: (code) => (seen.exitCode = code) },
    ...over,
  };
  const key = (typed: TopKey | string) =>
    events?.onKey(typeof typed === 'string' ? { kind: 'char', char: typed } : typed);
  /** Lets all timers of this delay fire, and what follows from them happen. */
  const fire = async (delayMs: number) => {
    const waiting = [...(timers.get(delayMs) ?? [])];
    timers.get(delayMs)?.clear();
    for (const work of waiting) work();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { deps, seen, followed, ran, endings, key, fire, events: () => events };
}

const LOOK_MS = 1_000;
const SETTLE_MS = 150;
const FRAME_MS = 50;
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('top shows the first look at once, the logs of all services, and gives the terminal back at q', async () => {
  const top = fakeTop();
  const ended = runTop(top.deps);
  await settled();
  assert.match(top.seen.frame, /3 of 4 healthy/);
  await top.fire(SETTLE_MS);
  await top.fire(FRAME_MS);
  assert.deepEqual(top.followed, [['trading', 'market-data', 'web-0', 'web-1']]);
  assert.match(top.seen.frame, /INFO {2}of 4/);
  top.key('q');
  assert.equal(await ended, 0);
  assert.equal(top.seen.closed, 1);
});

test('top runs the command of a key after y, and shows what came of it', async () => {
  const top = fakeTop();
  const ended = runTop(top.deps);
  await settled();
  top.key('r');
  assert.deepEqual(top.ran, []);
  top.key('y');
  assert.deepEqual(top.ran, [['restart', 'trading']]);
  assert.match(top.seen.frame, /sigctl restart trading …/);
  top.endings[0]?.({ isDone: true, text: '✔ trading ready in 1.0s (pid 9)' });
  await settled();
  assert.match(top.seen.frame, /sigctl restart trading: ✔ trading ready in 1\.0s \(pid 9\)/);
  top.key('q');
  await ended;
});

test('top that is quit while a command is at work says that it goes on', async () => {
  const top = fakeTop();
  const ended = runTop(top.deps);
  await settled();
  for (const key of ['x', 'y', 'q']) top.key(key);
  assert.equal(await ended, 0);
  assert.deepEqual(top.seen.notes, ['sigctl stop trading goes on in the background']);
});

test('top follows another log only when the selection has come to rest', async () => {
  const top = fakeTop();
  const ended = runTop(top.deps);
  await settled();
  await top.fire(SETTLE_MS);
  for (const key of ['a', 'j', 'j']) top.key(key);
  await top.fire(SETTLE_MS);
  assert.deepEqual(top.followed.slice(1), [['web-0']]);
  top.key('q');
  await ended;
});

test('a look that is refused is told in the heading, and the next one that succeeds takes it away', async () => {
  let fault: SigctlError | undefined;
  const look = async (): Promise<TopLook> => {
    if (fault !== undefined) throw fault;
    return STACK_LOOK;
  };
  const top = fakeTop({ look });
  const ended = runTop(top.deps);
  await settled();
  fault = new SigctlError('Cannot read "status.db"', { code: 'X', hint: 'h', exitCode: 4 });
  await top.fire(LOOK_MS);
  assert.match(top.seen.frame, /Cannot read "status\.db"/);
  fault = undefined;
  await top.fire(LOOK_MS);
  assert.doesNotMatch(top.seen.frame, /Cannot read/);
  top.key('q');
  await ended;
});

test('a bug in the middle ends top with that error, after the terminal was given back', async () => {
  let isBroken = false;
  const top = fakeTop({
    look: async () => {
      if (isBroken) throw new TypeError('a bug');
      return STACK_LOOK;
    },
  });
  const ended = runTop(top.deps);
  await settled();
  isBroken = true;
  const refused = assert.rejects(ended, /a bug/);
  await top.fire(LOOK_MS);
  await refused;
  assert.equal(top.seen.closed, 1);
});

test('a signal ends top with 128 and its number; another size draws everything anew', async () => {
  const top = fakeTop();
  const ended = runTop(top.deps);
  await settled();
  top.events()?.onRedraw();
  assert.equal(top.seen.forgotten, 1);
  top.events()?.onEnd(143);
  assert.equal(await ended, 143);
});

test('top neither touches the terminal nor looks where there is none', async () => {
  const refusal = new SigctlError('no', { code: 'TERMINAL_MISSING', hint: 'h', exitCode: 2 });
  const requireTerminal = () => {
    throw refusal;
  };
  const top = fakeTop({ requireTerminal, look: () => assert.fail('looked') });
  await assert.rejects(runTop(top.deps), refusal);
  assert.equal(top.events(), undefined);
});
