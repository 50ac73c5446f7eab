import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import type { ProcessIdentity } from '../../../src/core/observed-process.js';
import { homePaths } from '../../../src/process/home.js';
import { identify } from '../../../src/process/identity.js';
import { createLooks } from '../../../src/services/watchdog/looks.js';
import { readEvents } from '../../../src/store/events.js';
import { tempFolder } from '../../service/rig.js';
import { serviceSpec, stackOf } from '../../stack-literals.js';
import { twoConnections } from '../../store/two-connections.js';

const diagnosisOf = (process: ProcessIdentity) =>
  ({
    instance: { spec: serviceSpec('web'), key: 'web', instance: '0' },
    process,
    cause: 'unhealthy',
    reason: 'liveness check "health" failed',
    cpuPercent: null,
  }) as const;

test('a process is looked into once at a time, and an end that fails is logged instead of ending the watchdog', async (t) => {
  const { a: db } = twoConnections(t);
  const troubles: string[] = [];
  const paths = homePaths(tempFolder(t), tempFolder(t));
  const log = { trouble: (text: string) => troubles.push(text) };
  const context = { db, paths, log, stack: () => stackOf([serviceSpec('web')]), nowMs: () => 1, version: '1.0.0' };
  const looks = createLooks(context);
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  const process = child.pid === undefined ? undefined : identify(child.pid);
  assert.ok(process);

  let ends = 0;
  const end = () => {
    ends++;
    throw new Error('database is locked');
  };
  looks.begin(diagnosisOf(process), end);
  looks.begin(diagnosisOf(process), end);
  assert.equal(looks.isUnderWay(process), true);
  await looks.drain();
  assert.equal(looks.isUnderWay(process), false);
  assert.equal(ends, 1);
  assert.deepEqual(troubles, ['cannot end web']);
  assert.equal(readEvents(db, { limit: 10 }).length, 1);

  db.close();
  looks.begin(diagnosisOf(process), () => ends++);
  await looks.drain();
  assert.deepEqual(troubles, ['cannot end web', 'cannot write down what web was doing']);
  assert.equal(ends, 2);
});
