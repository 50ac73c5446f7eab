import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typeHint } from '../cli/typed-hint.js';
import { SERVICE_HINT_CODES, serviceHints } from './hint-cases.js';
import { startRig } from './rig.js';

test('the command in a hint of a service, typed in, helps; where it mends, what failed works', async (t) => {
  const rig = await startRig(t, { apps: [] });
  const cases = await serviceHints(t, rig);
  assert.deepEqual(
    cases.map(({ code }) => code),
    SERVICE_HINT_CODES,
  );
  for (const given of cases) {
    await t.test(`${given.code}: ${given.line}`, () => typeHint(rig.root, given));
  }
});
