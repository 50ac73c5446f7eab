import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A checkout whose `bin/sigctl` prints its arguments, one a line, and exits 3. */
function checkout(t: TestContext): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sigctl wrappers-')));
  t.after(() => rmSync(root, { recursive: true }));
  cpSync(join(ROOT, 'scripts'), join(root, 'scripts'), { recursive: true });
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'bin/sigctl'), `#!/bin/sh\nprintf '%s\\n' "$@"\nexit 3\n`, { mode: 0o755 });
  return root;
}

function run(script: string, ...args: readonly string[]) {
  const { stdout, status } = spawnSync(script, args, { cwd: '/', encoding: 'utf8' });
  return { args: stdout.trimEnd().split('\n'), status };
}

for (const [script, expected] of [
  ['services/start-website.sh', ['start', 'website']],
  ['services/stop-website.sh', ['stop', 'website']],
  ['services/start-trading.sh', ['start', 'trading']],
  ['services/stop-trading.sh', ['stop', 'trading']],
  ['services/start-market-data.sh', ['start', 'market-data']],
  ['services/stop-market-data.sh', ['stop', 'market-data']],
  ['services/status.sh', ['status']],
  ['stop-server.sh', ['stop']],
  ['start-server-decoupled.sh', ['mode', 'standard']],
] as const) {
  test(`${script} is "sigctl ${expected.join(' ')}" for its own checkout, with the same exit code`, (t) => {
    const root = checkout(t);
    assert.deepEqual(run(join(root, 'scripts', script)), {
      args: ['--config', join(root, 'ecosystem.config.cjs'), ...expected],
      status: 3,
    });
  });
}

test('start-server-decoupled.sh takes the mode and passes further arguments on, blanks and all', (t) => {
  const { args } = run(join(checkout(t), 'scripts/start-server-decoupled.sh'), 'full', '--only', 'a b');
  assert.deepEqual(args.slice(2), ['mode', 'full', '--only', 'a b']);
});

test('a wrapper called through a symlink finds its own checkout', (t) => {
  const root = checkout(t);
  const link = join(root, 'elsewhere');
  symlinkSync(join(root, 'scripts/services/status.sh'), link);
  assert.deepEqual(run(link, '--json').args, ['--config', join(root, 'ecosystem.config.cjs'), 'status', '--json']);
});

test('every shell script of the repository passes shellcheck', (t) => {
  if (spawnSync('shellcheck', ['--version']).error) return t.skip('shellcheck absent');
  const { stdout, status } = spawnSync('sh', [join(ROOT, 'scripts/check-shell.sh')], { encoding: 'utf8' });
  assert.equal(stdout, '');
  assert.equal(status, 0);
});
