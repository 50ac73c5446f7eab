import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './installed.js';

/** All that may be in it. */
const WANTED =
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|ecosystem\.config\.cjs|bin\/(sigctl|package\.json)|docs\/(commands\.md|man\/sigctl\.1|schemas\/[a-z-]+\.schema\.json)|scripts\/(start-server-decoupled|stop-server)\.sh|scripts\/services\/[a-z-]+\.(sh|cjs)|dist\/(packs\/[a-z]+\.js|cli\/[\w-]+\.cjs|service\.js|migrations\/\d{3}-[a-z-]+\.sql|services\/[a-z-]+\/main\.js|types\/.+\.d\.ts))$/;

/** What does not work without. */
const NEEDED = [
  'LICENSE',
  'README.md',
  'bin/package.json',
  'bin/sigctl',
  'dist/packs/cli.js',
  'dist/packs/help.js',
  'dist/packs/status.js',
  'dist/migrations/001-status.sql',
  'dist/service.js',
  'dist/services/market-data/main.js',
  'dist/services/trading/main.js',
  'dist/services/website/main.js',
  'dist/types/service/public.d.ts',
  'docs/commands.md',
  'docs/man/sigctl.1',
  'ecosystem.config.cjs',
  'package.json',
  'scripts/services/exit-journal.cjs',
  'scripts/services/launch.sh',
  'scripts/services/status.sh',
  'scripts/start-server-decoupled.sh',
  'scripts/stop-server.sh',
];

const packed: [{ files: { path: string; mode: number }[] }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], { cwd: ROOT, encoding: 'utf8' }),
);
const files = packed[0].files;

test('the tarball holds what is needed and nothing else: no sources, tests, source maps or caches', () => {
  const paths = files.map((file) => file.path);
  assert.deepEqual(
    paths.filter((path) => !WANTED.test(path)),
    [],
  );
  assert.deepEqual(
    NEEDED.filter((path) => !paths.includes(path)),
    [],
  );
});

test('every migration of the sources is in the tarball', () => {
  const paths = files.map((file) => file.path);
  const missing = readdirSync(join(ROOT, 'src/store/migrations')).filter(
    (name) => !paths.includes(`dist/migrations/${name}`),
  );
  assert.deepEqual(missing, []);
});

test('the command and the scripts are executable in the tarball', () => {
  const programs = files.filter(({ path }) => path === 'bin/sigctl' || path.endsWith('.sh'));
  assert.deepEqual(
    programs.filter(({ mode }) => (mode & 0o111) === 0),
    [],
  );
});
