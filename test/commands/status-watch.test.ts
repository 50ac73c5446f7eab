import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runWatch, type Screen, type ScreenEvent } from '../../src/commands/status-watch.js';
import { EXIT, SigctlError } from '../../src/errors.js';

interface FakeScreen {
  readonly screen: Screen;
  readonly written: string[];
  readonly closed: () => number;
}

/** A screen on which these things happen, one after each frame. */
function fakeScreen(events: readonly ScreenEvent[], over: Partial<Screen> = {}): FakeScreen {
  const left = [...events];
  const written: string[] = [];
  let closed = 0;
  const screen: Screen = {
    isTerminal: true,
    size: () => ({ columns: 40, rows: 10 }),
    write: async (text) => {
      written.push(text);
      return true;
    },
    wait: async () => left.shift() ?? { endedBy: 'SIGINT' },
    close: () => {
      closed += 1;
    },
    ...over,
  };
  return { screen, written, closed: () => closed };
}

function watch({ screen }: FakeScreen, look: () => Promise<(width: number) => string>, json = false) {
  return runWatch({ openScreen: async () => screen, nowMs: () => 0 }, { intervalMs: 2_000, json, look });
}

test('each interval looks anew, and a change of the size only renders anew, for the new width', async () => {
  let looks = 0;
  let columns = 40;
  const fake = fakeScreen(['time', 'resized'], { size: () => ({ columns: columns++, rows: 10 }) });
  const code = await watch(fake, async () => {
    looks += 1;
    const number = looks;
    return (width) => `look ${number} at ${width}`;
  });
  assert.equal(code, 0);
  assert.deepEqual(
    fake.written.map((frame) => /look \d at \d+/.exec(frame)?.[0]),
    ['look 1 at 40', 'look 2 at 41', 'look 2 at 42'],
  );
  assert.equal(fake.closed(), 1);
});

test('the exit code tells the signal, and Ctrl-C is how a watch ends', async () => {
  for (const [endedBy, code] of [
    ['SIGINT', 0],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    const fake = fakeScreen([{ endedBy }]);
    assert.equal(await watch(fake, async () => () => 'text'), code);
    assert.equal(fake.closed(), 1);
  }
});

test('what cannot be read meanwhile is told in place of the view, which comes back', async () => {
  let looks = 0;
  const fake = fakeScreen(['time', 'time']);
  await watch(fake, async () => {
    looks += 1;
    if (looks === 2)
      throw new SigctlError('Cannot read', { code: 'X', hint: 'sigctl doctor', exitCode: EXIT.environment });
    return () => 'the view';
  });
  assert.match(fake.written[0] ?? '', /the view/);
  assert.match(fake.written[1] ?? '', /Cannot read.*\r\n.*hint: sigctl doctor/);
  assert.match(fake.written[2] ?? '', /the view/);
});

test('a refusal at the first look opens no screen, and a bug at a later one closes it', async () => {
  const refusal = new SigctlError('No', { code: 'NO', hint: 'none', exitCode: EXIT.usage });
  const first = fakeScreen([]);
  await assert.rejects(
    watch(first, () => Promise.reject(refusal)),
    refusal,
  );
  assert.equal(first.closed(), 0);
  let looks = 0;
  const later = fakeScreen(['time']);
  const look = async () => {
    looks += 1;
    if (looks > 1) throw new TypeError('bug');
    return () => 'text';
  };
  await assert.rejects(watch(later, look), TypeError);
  assert.equal(later.closed(), 1);
});

test('when nobody looks any more it ends, quietly', async () => {
  const fake = fakeScreen(['time'], { write: async () => false });
  assert.equal(await watch(fake, async () => () => 'text'), 0);
  assert.equal(fake.closed(), 1);
});

test('in a pipe there are no control sequences, and with JSON one line for each look', async () => {
  const pipe = fakeScreen(['time'], { isTerminal: false });
  await watch(pipe, async () => () => 'one\ntwo');
  assert.deepEqual(pipe.written, ['one\ntwo\n\n', 'one\ntwo\n\n']);
  const json = fakeScreen(['time']);
  await watch(json, async () => () => '{"a":1}', true);
  assert.deepEqual(json.written, ['{"a":1}\n', '{"a":1}\n']);
});

test('a frame is never higher than the screen, and says how much is missing', async () => {
  const fake = fakeScreen([], { size: () => ({ columns: 40, rows: 5 }) });
  await watch(fake, async () => () => Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n'));
  const lines = (fake.written[0] ?? '').split('\r\n');
  assert.equal(lines.length, 5);
  assert.match(lines[4] ?? '', /… 18 more lines/);
});
