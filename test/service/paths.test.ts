import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dataPath } from '../../src/service/paths.js';
import { tempFolder } from './rig.js';

test('dataPath() is a file under SIGCTL_HOME/data, whose folder it makes for the owner alone', (t) => {
  const home = join(tempFolder(t), '.sigctl');
  assert.equal(dataPath({ SIGCTL_HOME: home }, 'market.db'), join(home, 'data', 'market.db'));
  assert.equal(statSync(join(home, 'data')).mode & 0o777, 0o700);
  assert.equal(existsSync(join(home, 'data', 'market.db')), false);
});
