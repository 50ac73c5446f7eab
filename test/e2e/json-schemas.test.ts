import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Ajv, type ValidateFunction } from 'ajv';
import { hasDocuments, schemaOf } from '../../scripts/docs/shapes/documents.js';
import { app, REPO, startRig } from './rig.js';

const MANIFEST = {
  apps: [
    app('web', 'idle.mjs', { instances: 2 }),
    app('counts', 'counts.mjs', { sigctl: { after: ['web'] } }),
    app('broken', 'crashes-at-once.mjs'),
  ],
  sigctl: { watchdog: false, modes: { small: ['web'] } },
};

/** What is published, and the same with no field beside those that it names. */
const schemas = new Map<string, Readonly<Record<'published' | 'closed', ValidateFunction>>>();

function schemasOf(command: string) {
  const known = schemas.get(command);
  if (known !== undefined) return known;
  assert.ok(hasDocuments(command), command);
  const ajv = new Ajv({ strict: true, allowUnionTypes: true, discriminator: false });
  const published = JSON.parse(readFileSync(join(REPO, 'docs/schemas', `${command}.schema.json`), 'utf8'));
  const both = { published: ajv.compile(published), closed: ajv.compile(schemaOf(command, 'closed')) };
  schemas.set(command, both);
  return both;
}

function check(command: string, document: unknown): void {
  const { published, closed } = schemasOf(command);
  for (const [name, validate] of Object.entries({ published, closed })) {
    const faults = () => JSON.stringify({ faults: validate.errors, document }, null, 1);
    assert.ok(validate(document), `${command}, ${name}: ${faults()}`);
  }
}

async function rigOf(t: TestContext) {
  const rig = await startRig(t, MANIFEST);
  /** Runs it with `--json`, and holds what it printed against its schema. */
  const json = async (...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> => {
    const run = await rig.sigctl([...args, '--json']);
    const document: Readonly<Record<string, unknown>> = JSON.parse(run.stdout);
    check(args[0] ?? '', document);
    return document;
  };
  return { ...rig, json };
}

test('what the commands print with --json of a stack that runs is as docs/schemas says', {
  timeout: 300_000,
}, async (t) => {
  const { json, sigctl } = await rigOf(t);
  const failed = await json('start');
  assert.equal(failed['ok'], false);
  for (const line of [
    ['start', 'web'],
    ['start', 'counts'],
    ['status'],
    ['status', 'counts'],
    ['status', 'broken'],
    ['restart', 'counts'],
    ['reload', 'web'],
    ['recover'],
    ['recover', '--check'],
    ['wait', 'web', 'counts', '--timeout', '60s'],
    ['wait', 'web', '--for', 'stopped', '--timeout', '10ms'],
    ['mode'],
    ['why', 'broken'],
    ['why', 'web'],
    ['history'],
    ['doctor'],
    ['config'],
    ['config', '--diff'],
    ['env', 'web'],
    ['alerts'],
    ['host', 'add', 'prod', 'user@vps.example:/srv/app'],
    ['completion', 'bash'],
    ['startup', '--print', '--cron'],
    ['init'],
    ['mode', 'small', '--dry-run'],
    ['mode', 'small'],
  ]) {
    await t.test(`sigctl ${line.join(' ')} --json`, async () => {
      const document = await json(...line);
      assert.equal(document['error'], undefined, JSON.stringify(document));
    });
  }

  await t.test('each line of sigctl logs --json', async () => {
    const { stdout } = await sigctl(['logs', '-n', '5', '--json']);
    const lines = stdout.trimEnd().split('\n');
    assert.ok(lines.length > 1, stdout);
    for (const line of lines) check('logs', JSON.parse(line));
  });

  await t.test('sigctl backup --json, and what restore would do with it', async () => {
    const { backup } = await json('backup');
    const plan = await json('restore', String(backup), '--dry-run');
    assert.equal(plan['ok'], true);
    assert.equal((await json('restore', String(backup), '--yes'))['ok'], true);
  });

  await t.test('sigctl stop --json, twice', async () => {
    assert.equal((await json('stop'))['ok'], true);
    assert.equal((await json('stop'))['ok'], true);
  });
});

test('what is refused is an error document, whatever the command', async (t) => {
  const { json, writeManifest } = await rigOf(t);
  const codes = async (lines: readonly (readonly string[])[]) => {
    for (const line of lines) {
      const { error } = await json(...line);
      assert.ok(error !== undefined, line.join(' '));
    }
  };
  await codes([
    ['start', 'nothing'],
    ['status', 'nothing'],
    ['status', '--all-hosts'],
    ['mode', 'nothing'],
    ['logs', 'nothing'],
    ['logs', '--since', 'never'],
    ['why', 'nothing'],
    ['restore'],
    ['alerts', 'test'],
    ['host', 'add', 'prod'],
    ['wait', '--timeout', 'long'],
    ['completion', 'bash', '--shell', 'zsh'],
  ]);
  writeManifest('module.exports = {');
  await codes([['start'], ['config']]);
});

test('a document of another shape is none', () => {
  const { published } = schemasOf('stop');
  assert.equal(published({ schemaVersion: 1, outcomes: [{ kind: 'vanished' }], ok: true }), false);
  assert.equal(published({ schemaVersion: 2, outcomes: [], ok: true }), false);
  assert.equal(published({ schemaVersion: 1, outcomes: [], ok: true, more: 1 }), true);
});
