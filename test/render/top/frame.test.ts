import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { pressKey } from '../../../src/core/top/press-key.js';
import { firstState, type TopState, withLines, withLook } from '../../../src/core/top/top-state.js';
import { columnsOf } from '../../../src/render/top/fit.js';
import { renderTop } from '../../../src/render/top/frame.js';
import { logLine, NOON_MS, STACK_LOOK, topLook, topProcess } from './literals.js';

const SIZES = [
  { columns: 60, rows: 20 },
  { columns: 80, rows: 24 },
  { columns: 140, rows: 40 },
];
const GOLDEN = fileURLToPath(new URL('golden/', import.meta.url));

/** A minute of looks: the processor's time rises in a wave, memory of the trader grows, its work goes on and stops. */
function afterAMinute(): TopState {
  let state = firstState(STACK_LOOK);
  let cpuMs = 1_000;
  for (let second = 1; second <= 60; second += 1) {
    cpuMs += 100 + 90 * Math.sin(second / 5);
    const processes = STACK_LOOK.processes.map((process) =>
      process.report.key !== 'trading'
        ? process
        : topProcess(
            { memoryBytes: (100 + 30 * second) * 1024 ** 2 },
            { cpuMs, progressSeq: 10 + 3 * Math.min(second, 50) },
          ),
    );
    state = withLook(state, { ...STACK_LOOK, clockMs: second * 1_000, processes });
  }
  return withLines(state, [
    ...Array.from({ length: 30 }, (_, n) => logLine(`cycle ${n}`, { atMs: NOON_MS - 40_000 + n * 1_000 })),
    logLine(
      '注文が約定しました 🚀 and a line that is far too long for a terminal of sixty or of eighty columns, so it ends',
      {
        level: 'warn',
      },
    ),
    { service: 'market-data', key: 'market-data', happening: { kind: 'restarted', fromPid: 812, pid: 840, times: 2 } },
    logLine('plain text with \u001b[2J\u001b[31mcolours\u001b[0m', {
      json: false,
      raw: 'plain \u001b[2Jtext',
      level: undefined,
    }),
  ]);
}

const keyed = (state: TopState, ...chars: readonly string[]) =>
  chars.reduce((so, char) => pressKey(so, char === 'enter' ? { kind: 'enter' } : { kind: 'char', char }).state, state);

const SCENES: Readonly<Record<string, () => TopState>> = {
  plain: afterAMinute,
  confirm: () => keyed(afterAMinute(), 'j', 'r'),
  modes: () => keyed(afterAMinute(), 'm', 'j'),
  filter: () => keyed(afterAMinute(), 'a', '/', 'w', 'e', 'b'),
  help: () => keyed(afterAMinute(), '?'),
};

for (const [scene, make] of Object.entries(SCENES)) {
  for (const size of SIZES) {
    const name = `${scene}-${size.columns}x${size.rows}`;
    test(`the frame ${name} is the one on record (SIGCTL_GOLDEN=write renews it), of exactly its size`, () => {
      const frame = renderTop(make(), { size, colour: false });
      assert.equal(frame.length, size.rows);
      for (const line of frame) assert.equal(columnsOf(line), size.columns, line);
      const text = `${frame.map((line) => line.trimEnd()).join('\n')}\n`;
      const file = `${GOLDEN}${name}.txt`;
      if (process.env['SIGCTL_GOLDEN'] === 'write') writeFileSync(file, text);
      assert.ok(existsSync(file), file);
      assert.equal(text, readFileSync(file, 'utf8'));
    });
  }
}

test('in colour a frame has the same text, the verdicts as in status, and no other sequence than colours', () => {
  const size = { columns: 80, rows: 24 };
  const coloured = renderTop(afterAMinute(), { size, colour: true });
  const plain = renderTop(afterAMinute(), { size, colour: false });
  assert.deepEqual(
    coloured.map((line) => stripVTControlCharacters(line)),
    plain,
  );
  assert.ok(coloured.some((line) => line.includes('\u001b[31mdown')));
  assert.ok(coloured.some((line) => line.includes('\u001b[32mhealthy')));
});

test('every size from one by one up gives a frame of that size, with 200 services too', () => {
  const many = Array.from({ length: 200 }, (_, n) => topProcess({ key: `service-${n}`, service: `service-${n}` }));
  const states = [afterAMinute(), firstState(topLook({ processes: many })), firstState(topLook({ processes: [] }))];
  for (const state of states) {
    for (const keys of [[], ['l'], ['e'], ['l', 'e'], ['m'], ['?'], ['/', 'z']]) {
      const shown = keyed(state, ...keys);
      for (const columns of [1, 39, 40, 41, 60, 79, 200, 300]) {
        for (const rows of [1, 11, 12, 13, 15, 24, 60]) {
          const frame = renderTop(shown, { size: { columns, rows }, colour: true });
          assert.equal(frame.length, rows, `${columns}×${rows}`);
          for (const line of frame) assert.equal(columnsOf(line), columns, `${columns}×${rows}: ${line}`);
        }
      }
    }
  }
});

test('with more services than rows the selected one stays in sight, and its place is told', () => {
  const many = Array.from({ length: 50 }, (_, n) => topProcess({ key: `service-${n}`, service: `service-${n}` }));
  const state: TopState = { ...firstState(topLook({ processes: many })), selected: 'service-40' };
  const frame = renderTop(state, { size: { columns: 80, rows: 24 }, colour: false }).join('\n');
  assert.match(frame, /▸ service-40 /);
  assert.match(frame, /SERVICE 41\/50/);
});

test('a filter of log lines finds what is shown and what was written', () => {
  const state = { ...afterAMinute(), logFilter: 'CYCLE 7' };
  const frame = renderTop(state, { size: { columns: 80, rows: 40 }, colour: false }).join('\n');
  assert.match(frame, /cycle 7/);
  assert.doesNotMatch(frame, /cycle 8/);
  assert.match(frame, /lines with "CYCLE 7"/);
});
