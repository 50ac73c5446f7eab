import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { StatusRow } from '../../src/core/status-row.js';
import { openStatusDb } from '../../src/store/open.js';
import { readStatuses } from '../../src/store/service-status.js';
import { bundleFixtures, eventually, isAlive, type Running, run, serviceEnv, tempFolder } from './rig.js';

const FIXTURES = ['bad-config', 'breaker', 'collector', 'crashes', 'halted', 'last-words', 'never-done', 'parent', 'steady'];
let bundle = { folder: '', remove: () => undefined as void };
before(async () => {
  bundle = await bundleFixtures(...FIXTURES);
});
after(() => bundle.remove());

const program = (name: string) => join(bundle.folder, `${name}.mjs`);

/** One project's folder, with services started in it and its status table read at any moment. */
function rig(t: TestContext) {
  const home = tempFolder(t);
  const db = openStatusDb(join(home, 'status.db'));
  t.after(() => db.close());
  return {
    home,
    start: (fixture: string, more: NodeJS.ProcessEnv = {}, stdout?: number): Running =>
      run(t, [process.execPath, program(fixture)], {
        env: serviceEnv(home, fixture, more),
        ...(stdout === undefined ? {} : { stdout }),
      }),
    row(service: string): StatusRow {
      const row = readStatuses(db).find((candidate) => candidate.service === service);
      assert.ok(row !== undefined, `no row of ${service}`);
      return row;
    },
    /** Waits until progress has moved three times more: the service works. */
    async works(service: string): Promise<void> {
      const from = this.row(service).progressSeq ?? 0;
      await eventually(() => (this.row(service).progressSeq ?? 0) >= from + 3, `progress of ${service}`);
    },
  };
}

test('a service writes banner, heartbeat, state and progress, with what identifies its process', async (t) => {
  const { start, row, ...stack } = rig(t);
  const steady = start('steady');
  await steady.printed(/ready/);
  await eventually(() => row('steady').rssBytes !== null, 'a heartbeat');
  await stack.works.call({ row, ...stack, start }, 'steady');
  const [first, second, third, next = ''] = steady.output().split('\n');
  assert.equal(first, `▲ steady  v1.2.3 · mode standard · pid ${steady.pid}`);
  assert.deepEqual([second, third], ['  feed    sim:42', '  market  XBTUSD']);
  assert.partialDeepStrictEqual?.(JSON.parse(next), { level: 30, service: 'steady', pid: steady.pid });

  const { state, pid, startToken, mode, version, heartbeatEveryMs, progressName, progressWithinMs } = row('steady');
  const stat = readFileSync(`/proc/${steady.pid}/stat`, 'utf8');
  const kernelStart = stat.slice(stat.lastIndexOf(')')).split(' ')[20];
  assert.deepEqual(
    { state, pid, startToken, mode, version, heartbeatEveryMs, progressName, progressWithinMs },
    {
      state: 'running',
      pid: steady.pid,
      startToken: kernelStart,
      mode: 'standard',
      version: '1.2.3',
      heartbeatEveryMs: 50,
      progressName: 'cycle',
      progressWithinMs: 90_000,
    },
  );
  assert.ok((row('steady').rssBytes ?? 0) > 10_000_000);
});
