import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCommandLine } from '../../src/process/proc-stat.js';
import { app, startRig, until } from './rig.js';

test('a node service runs with a heap limit of its memory limit and can be asked for a report; its environment stays its own', async (t) => {
  const rig = await startRig(t, {
    apps: [
      app('limited', 'prints-heap.mjs', { max_memory_restart: '400M' }),
      app('own', 'prints-heap.mjs', { max_memory_restart: '400M', env: { NODE_OPTIONS: '--max-old-space-size=123' } }),
    ],
    sigctl: { watchdog: false },
  });
  assert.equal((await rig.sigctl(['start'])).exitCode, 0);
  await until(() => rig.log('limited').includes('HEAP') && rig.log('own').includes('HEAP'));
  const [limited, own] = ['limited', 'own'].map((key) => JSON.parse(rig.log(key).split('HEAP ')[1] ?? ''));
  assert.equal(limited.options, null);
  assert.equal(own.options, '--max-old-space-size=123');
  // V8 adds its young generation to what was asked for.
  assert.ok(limited.limitMb >= 300 && limited.limitMb < 400, `${limited.limitMb}`);
  assert.ok(own.limitMb >= 123 && own.limitMb < 223, `${own.limitMb}`);
  assert.match(readCommandLine(rig.pid('limited')), /--report-on-signal --report-signal=SIGUSR2/);
  assert.equal(statSync(join(rig.home, 'run/reports')).mode & 0o777, 0o700);
});
