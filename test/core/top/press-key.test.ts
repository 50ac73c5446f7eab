import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pressKey } from '../../../src/core/top/press-key.js';
import type { TopKey } from '../../../src/core/top/top-key.js';
import {
  firstState,
  selectedProcess,
  type TopState,
  visibleProcesses,
  wantedSources,
  withLines,
  withLook,
  withOutcome,
} from '../../../src/core/top/top-state.js';
import { logLine, STACK_LOOK, topLook } from '../../render/top/literals.js';

const NAMES = ['up', 'down', 'enter', 'escape', 'tab', 'backspace', 'ctrl-c', 'ctrl-z'] as const;

/** Each word is a key's name, anything else a character. */
function press(state: TopState, ...words: readonly string[]) {
  const keys = words.map((word): TopKey => {
    const name = NAMES.find((known) => known === word);
    return name === undefined ? { kind: 'char', char: word } : { kind: name };
  });
  return keys.reduce((so, key) => pressKey(so.state, key), { state, effect: { kind: 'none' } } as ReturnType<
    typeof pressKey
  >);
}

const START = firstState(STACK_LOOK);

for (const [key, verb] of [
  ['s', 'start'],
  ['x', 'stop'],
  ['r', 'restart'],
] as const) {
  test(`${key} asks, and y runs sigctl ${verb} for the selected service`, () => {
    const asked = press(START, 'j', key);
    assert.equal(asked.effect.kind, 'none');
    assert.equal(asked.state.dialog.kind, 'confirm');
    assert.deepEqual(press(asked.state, 'y').effect, { kind: 'run', args: [verb, 'market-data'] });
  });
}

test('any other key than y is a no, the pasted y too', () => {
  for (const key of ['n', 'enter', 'escape', 'q', 'x']) {
    const { state, effect } = press(START, 'x', key);
    assert.deepEqual([effect.kind, state.dialog.kind], ['none', 'none'], key);
  }
  assert.equal(pressKey(press(START, 'x').state, { kind: 'paste', text: 'y' }).effect.kind, 'none');
});

test('one command runs at a time', () => {
  const busy: TopState = { ...START, running: { args: ['restart', 'trading'], sinceMs: 0 } };
  assert.equal(press(busy, 's').state.dialog.kind, 'none');
  assert.match(press(busy, 's').state.message?.text ?? '', /sigctl restart trading is still at work/);
  const done = withOutcome(busy, { args: ['restart', 'trading'], isDone: false, text: 'it failed' });
  assert.deepEqual(
    [done.running, done.message],
    [undefined, { text: 'sigctl restart trading: it failed', isBad: true }],
  );
});

test('m lists the modes, Enter asks, y switches', () => {
  const { state, effect } = press(START, 'm', 'j', 'enter');
  assert.equal(effect.kind, 'none');
  assert.deepEqual(press(state, 'y').effect, { kind: 'run', args: ['mode', 'full'] });
  assert.equal(press(START, 'm', 'escape').state.dialog.kind, 'none');
});

test('q, Escape and Ctrl-C quit; in a dialog Escape only closes it, and Ctrl-C quits all the same', () => {
  for (const key of ['q', 'escape', 'ctrl-c']) assert.equal(press(START, key).effect.kind, 'quit', key);
  assert.equal(press(START, '?', 'escape').effect.kind, 'none');
  assert.equal(press(START, 'm', 'ctrl-c').effect.kind, 'quit');
  assert.equal(press(START, 'ctrl-z').effect.kind, 'suspend');
});

test('the selection stays at the ends, and with a filter among what is shown', () => {
  assert.equal(selectedProcess(press(START, 'up').state)?.report.key, 'trading');
  assert.equal(selectedProcess(press(START, 'down', 'down', 'down', 'down', 'down').state)?.report.key, 'web-1');
  const filtered = press(START, '/', 'w', 'e', 'b', 'enter').state;
  assert.deepEqual(
    visibleProcesses(filtered).map(({ report }) => report.key),
    ['web-0', 'web-1'],
  );
  assert.equal(selectedProcess(filtered)?.report.key, 'web-0');
  assert.equal(press(filtered, '/', 'escape').state.serviceFilter, '');
  // Escape shows all again, and only then leaves.
  const all = press(filtered, 'escape');
  assert.deepEqual([all.state.serviceFilter, all.effect.kind], ['', 'none']);
  assert.equal(press(all.state, 'escape').effect.kind, 'quit');
});

test('Tab goes from the filter of services to that of log lines', () => {
  const { state } = press(START, '/', 'w', 'tab', 'q', 'ä', 'backspace');
  assert.deepEqual([state.serviceFilter, state.logFilter], ['w', 'q']);
});

test('the logs of all services are followed, or with a that of the selected; without the pane none', () => {
  const keys = (state: TopState) => wantedSources(state).map(({ key }) => key);
  assert.deepEqual(keys(START), ['trading', 'market-data', 'web-0', 'web-1']);
  assert.deepEqual(keys(press(START, 'a', 'j').state), ['market-data']);
  assert.deepEqual(keys(press(START, 'l').state), []);
});

test('while it is paused nothing moves, and the lines that came are there afterwards', () => {
  const paused = press(withLines(START, [logLine('before')]), 'p').state;
  const later = withLines(withLook(paused, topLook({ name: 'other' })), [logLine('meanwhile')]);
  assert.equal(later.look.name, 'app');
  assert.equal(later.lines.length, 1);
  assert.equal(press(later, 'p').state.lines.length, 2);
});
