import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, type TestContext } from 'node:test';
import type { StatusRow } from '../../src/core/status-row.js';
import { openStatusDb } from '../../src/store/open.js';
import { readStatuses } from '../../src/store/service-status.js';
import { bundleFixtures, eventually, type Running, run, serviceEnv, tempFolder } from './rig.js';

export interface ServiceRig {
  readonly home: string;
  /** Starts a fixture as the service of that name. stdout is a pipe unless a descriptor is given. */
  readonly start: (fixture: string, more?: NodeJS.ProcessEnv, stdout?: number) => Running;
  readonly row: (service: string) => StatusRow;
  /** Waits until the service has a row, and its progress there has moved three times more. */
  readonly works: (service: string) => Promise<void>;
}

/** Bundles the fixtures once for a test file. @returns What a test calls for a project folder of its own. */
export function serviceRigs(...fixtures: string[]): {
  readonly rig: (t: TestContext) => ServiceRig;
  readonly program: (fixture: string) => string;
} {
  let bundle: Awaited<ReturnType<typeof bundleFixtures>> | undefined;
  before(async () => {
    bundle = await bundleFixtures(...fixtures);
  });
  after(() => bundle?.remove());
  const program = (fixture: string) => join(bundle?.folder ?? '', `${fixture}.mjs`);
  return { program, rig: (t) => startRig(t, program) };
}

function startRig(t: TestContext, program: (fixture: string) => string): ServiceRig {
  const home = tempFolder(t);
  const db = openStatusDb(join(home, 'status.db'));
  t.after(() => db.close());
  const find = (service: string) => readStatuses(db).find((candidate) => candidate.service === service);
  const row = (service: string): StatusRow => {
    const found = find(service);
    assert.ok(found !== undefined, `no row of ${service}`);
    return found;
  };
  return {
    home,
    row,
    start: (fixture, more = {}, stdout) =>
      run(t, [process.execPath, program(fixture)], {
        env: serviceEnv(home, fixture, more),
        ...(stdout === undefined ? {} : { stdout }),
      }),
    async works(service) {
      const from = find(service)?.progressSeq ?? 0;
      await eventually(() => (find(service)?.progressSeq ?? 0) >= from + 3, `progress of ${service}`);
    },
  };
}
