import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { readTerminal } from '../../src/cli/terminal.js';
import { REPO } from '../e2e/rig.js';
import { project, sigctl } from './rig.js';

const ESCAPE = '\u001b[';

test('a pipe gets no colour, FORCE_COLOR gives it, and NO_COLOR and --no-color take it away again', async (t) => {
  const root = project(t);
  const plain = await sigctl(root, ['status']);
  assert.equal(plain.stdout.includes(ESCAPE), false);
  const forced = await sigctl(root, ['status'], { FORCE_COLOR: '1' });
  assert.equal(forced.stdout.includes(ESCAPE), true);
  assert.equal(stripVTControlCharacters(forced.stdout), plain.stdout);
  const refused = await sigctl(root, ['status'], { FORCE_COLOR: '1', NO_COLOR: '1' });
  assert.equal(refused.stdout, plain.stdout);
  assert.equal((await sigctl(root, ['--no-color', 'status'], { FORCE_COLOR: '1' })).stdout, plain.stdout);
  assert.equal((await sigctl(root, ['status', '--no-color'], { FORCE_COLOR: '1' })).stdout, plain.stdout);
});

test('a terminal gets colour on its own, but for NO_COLOR and a dumb one', (t) => {
  if (spawnSync('script', ['--version']).error) return t.skip('script(1) absent');
  const root = project(t);
  const command = `'${process.execPath}' '${join(REPO, 'bin/sigctl')}' status`;
  const onTerminal = (env: Record<string, string>): boolean => {
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', HOME: root, ...env },
      encoding: 'utf8',
      timeout: 60_000,
    });
    assert.match(stdout, /website/);
    return stdout.includes(ESCAPE);
  };
  assert.equal(onTerminal({ TERM: 'xterm' }), true);
  assert.equal(onTerminal({ TERM: 'xterm', NO_COLOR: '1' }), false);
  assert.equal(onTerminal({ TERM: 'dumb' }), false);
});

test('an empty NO_COLOR or FORCE_COLOR counts as none', () => {
  const colour = (env: NodeJS.ProcessEnv) => readTerminal([], env).outColour;
  assert.equal(colour({ FORCE_COLOR: '1', NO_COLOR: '' }), true);
  assert.equal(colour({ FORCE_COLOR: '' }), process.stdout.isTTY === true);
  assert.equal(colour({ FORCE_COLOR: '0' }), false);
  assert.equal(colour({ FORCE_COLOR: 'false' }), false);
});
