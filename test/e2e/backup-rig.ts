import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { dump, writeValues } from '../backup/rig.js';
import { app, REPO, type Rig, startRig } from './rig.js';

const WRITER = join(REPO, 'test/fixtures/backup/two-tables.mjs');

function writerApp(name: string, database: string): Record<string, unknown> {
  return app(name, '', {
    script: WRITER,
    cwd: REPO,
    args: [database, name],
    sigctl: { ready: { log: '^[0-9]+$', within: '60s' } },
  });
}

/** A project whose two services write one database each without a pause; a third service has none. */
export async function startWriters(t: TestContext): Promise<Rig> {
  const rig = await startRig(t, { apps: [app('website', 'idle.mjs')] });
  mkdirSync(join(rig.home, 'data'), { recursive: true, mode: 0o700 });
  const data = (file: string) => join(rig.home, 'data', file);
  rig.writeManifest({
    apps: [writerApp('one', data('one.db')), writerApp('two', data('two.db')), app('website', 'idle.mjs')],
    sigctl: { name: 'demo', modes: { half: ['one', 'website'] } },
  });
  return rig;
}

/** A project without services that ran, with a status table and two databases. */
export async function startStill(t: TestContext): Promise<Rig> {
  const rig = await startRig(t, { apps: [app('website', 'idle.mjs')], sigctl: { name: 'demo' } });
  assert.equal((await rig.sigctl(['mode', 'full'])).exitCode, 0);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  for (const name of ['one', 'two']) writeValues(dataPath(rig, name), [`${name} of the backup`]);
  return rig;
}

/** A database in `data/`, by its name without `.db`. */
export const dataPath = (rig: Rig, name: string): string => join(rig.home, 'data', `${name}.db`);

/** Makes a backup, and returns its folder. */
export async function backUp(rig: Rig): Promise<string> {
  const run = await rig.sigctl(['backup', '--json']);
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  return JSON.parse(run.stdout).backup;
}

/** What `--json` printed of a refusal. */
export function errorOf(run: { readonly stdout: string }): {
  readonly code: string;
  readonly hint: string;
  readonly message: string;
} {
  return JSON.parse(run.stdout).error;
}

/** What was committed before now, as far as the writer has told in its log. */
export function acknowledged(rig: Rig, service: string): number {
  return Number(rig.log(service).trimEnd().split('\n').at(-2));
}

/** Every database as it is, without the status table, which each command writes. */
export function dumps(folder: string): readonly string[] {
  return ['one', 'two'].map((name) => {
    const path = join(folder, 'data', `${name}.db`);
    return existsSync(path) ? dump(path) : 'absent';
  });
}
