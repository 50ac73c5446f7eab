import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupReports } from '../../src/core/status-groups.js';
import { isFine, VERDICTS } from '../../src/core/verdict.js';
import { report } from '../render/report.js';

const of = (service: string, over = {}) => report({ service, key: service, ...over });

test('what needs attention comes before what is fine, and equals keep the order of the manifest', () => {
  const reports = VERDICTS.map((verdict) => of(verdict, { verdict }));
  const [group] = groupReports(reports, { mode: null });
  const fine = group?.reports.map(({ verdict }) => isFine(verdict)) ?? [];
  assert.deepEqual(fine, [...fine].sort());
  assert.equal(group?.reports[0]?.verdict, 'crash-loop');
  assert.equal(group?.reports.at(-1)?.verdict, 'stopped');
  const [equals] = groupReports([of('b'), of('a'), of('c')], { mode: null });
  assert.deepEqual(
    equals?.reports.map(({ service }) => service),
    ['b', 'a', 'c'],
  );
});

test('without a mode, or with one that holds all, there is one group without a title', () => {
  for (const rules of [{ mode: null }, { mode: 'full', members: ['a', 'b'], known: ['a', 'b'] }]) {
    const groups = groupReports([of('a'), of('b')], rules);
    assert.deepEqual(
      groups.map(({ title }) => title),
      [null],
    );
  }
});

test('a mode, the rest of the manifest, and what left it are groups; an empty one is left out', () => {
  const rules = { mode: 'minimal', members: ['a'], known: ['a', 'b'] };
  const titles = (...services: readonly string[]) =>
    groupReports(
      services.map((service) => of(service)),
      rules,
    ).map(({ title }) => title);
  assert.deepEqual(titles('gone', 'b', 'a'), [null, 'not in mode minimal', 'not in the manifest']);
  assert.deepEqual(titles('b'), ['not in mode minimal']);
  assert.deepEqual(titles(), []);
});
