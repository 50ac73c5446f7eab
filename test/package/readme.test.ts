import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Rig, startRig, until } from '../e2e/rig.js';
import { ROOT } from './installed.js';

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The code block in this language that contains `part`. */
function block(language: string, part: string): string {
  const blocks = README.split(`\`\`\`${language}\n`)
    .slice(1)
    .map((text) => text.split('```')[0] ?? '');
  const found = blocks.filter((text) => text.includes(part));
  assert.equal(found.length, 1, `one ${language} block with "${part}"`);
  return found[0] ?? '';
}

async function assertHealthy(rig: Rig, service: string, progress: string): Promise<void> {
  const start = await rig.sigctl(['start', service]);
  assert.equal(start.exitCode, 0, start.stderr);
  await until(async () => (await rig.report(service)).progressName === progress);
  const { verdict, reason } = await rig.report(service);
  assert.equal(verdict, 'healthy', reason);
}

test("the README's service in Node, run by the README's manifest, is healthy", async (t) => {
  const rig = await startRig(t, { apps: [] });
  writeFileSync(join(rig.root, 'ecosystem.config.cjs'), block('js', 'module.exports'));
  writeFileSync(join(rig.root, 'prices.mjs'), block('js', "startService({ name: 'prices'"));
  mkdirSync(join(rig.root, 'node_modules'));
  symlinkSync(ROOT, join(rig.root, 'node_modules/sigctl'));
  await assertHealthy(rig, 'prices', 'price');
});

test("the README's service in Python is healthy", async (t) => {
  const sigctl = { ready: { heartbeat: true, within: '60s' }, health: { heartbeat: '15s' } };
  const rig = await startRig(t, {
    apps: [{ name: 'round', script: 'round.py', interpreter: 'python3', sigctl }],
  });
  writeFileSync(join(rig.root, 'round.py'), block('python', 'service_status'));
  await assertHealthy(rig, 'round', 'round');
});
