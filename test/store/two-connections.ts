import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openStatusDb, type StatusDb } from '../../src/store/open.js';
import { tempFolder } from '../service/rig.js';

/** Two connections to one new database, as two processes have them. */
export function twoConnections(t: TestContext): { readonly a: StatusDb; readonly b: StatusDb; readonly path: string } {
  const path = join(tempFolder(t), 'status.db');
  const a = openStatusDb(path);
  const b = openStatusDb(path);
  t.after(() => {
    a.close();
    b.close();
  });
  return { a, b, path };
}
