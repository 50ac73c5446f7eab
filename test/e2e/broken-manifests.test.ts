import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { REPO, startRig } from './rig.js';

const BROKEN = join(REPO, 'test/fixtures/manifests/broken');

test('every broken manifest gives exit code 2 and a list of its faults, and starts nothing', async (t) => {
  const rig = await startRig(t, {});
  cpSync(BROKEN, rig.root, { recursive: true });
  // Whether TypeScript has a runner depends on the node at hand; test/manifest shows that one with an old node.
  const files = readdirSync(BROKEN).filter((file) => /^\d/.test(file) && !file.includes('typescript-without-a-runner'));
  assert.ok(files.length >= 30, `${files.length} broken manifests`);
  for (const file of files) {
    const run = await rig.sigctl(['start', '--config', file, '--json']);
    assert.equal(run.exitCode, 2, `${file}: ${run.stdout}${run.stderr}`);
    const { error } = JSON.parse(run.stdout);
    assert.ok(error.message.length > 20 && error.hint.length > 0, file);
    assert.equal(existsSync(rig.home), false, `${file} left state behind`);
  }
});
