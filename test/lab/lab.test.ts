import { test } from 'node:test';
import { Lab } from '../../scripts/lab/lab.js';
import { findMissing } from '../../scripts/lab/missing.js';
import { SCENARIOS } from '../../scripts/lab/scenarios.js';

/** Each takes up to two minutes, as every system call of such a machine costs some of the host's. */
const isLong = process.env['SIGCTL_LONG'] === '1';

for (const { name, init, shows, run } of SCENARIOS) {
  const missing = findMissing(init);
  const reason = isLong ? missing.join('; ') : 'takes minutes: SIGCTL_LONG=1';
  test(`lab, ${name}: ${shows}`, { skip: reason === '' ? false : reason }, async (t) => {
    await Lab.with(init, (line) => t.diagnostic(line), run);
  });
}
