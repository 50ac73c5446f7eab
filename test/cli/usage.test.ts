import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { COMMAND_NAMES, isCommandName } from '../../src/cli/purposes.js';
import { OTHER_WORDS } from '../../src/cli/usage-error.js';
import { collect, REPO } from '../e2e/rig.js';
import { project, sigctl } from './rig.js';

/** A line of a stack trace, or what node prints of an error that nobody caught. */
const TRACE = /^\s+at .+:\d+|node:internal|a bug in sigctl/m;

for (const name of ['start', 'stop', 'restart', 'status', 'mode']) {
  test(`sigctl ${name} --help has examples and exit codes`, async (t) => {
    const run = await sigctl(project(t), [name, '--help']);
    assert.equal(run.exitCode, 0);
    assert.equal(run.stderr, '');
    assert.match(run.stdout, new RegExp(`^Usage: sigctl ${name} \\[options\\]`));
    assert.match(run.stdout, new RegExp(`^Examples:\\n  sigctl ${name}`, 'm'));
    assert.match(run.stdout, /^Exit codes: 0 /m);
  });
}

test('sigctl --help names every command, and --version the version of the package', async (t) => {
  const root = project(t);
  const help = await sigctl(root, ['--help']);
  assert.equal(help.exitCode, 0);
  for (const name of COMMAND_NAMES) assert.match(help.stdout, new RegExp(`^  ${name} `, 'm'));
  const version = await sigctl(root, ['--version']);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
});

test('words of other tools lead to commands, and none of them is a command itself', () => {
  for (const [word, meant] of Object.entries(OTHER_WORDS)) {
    assert.ok(!isCommandName(word), word);
    assert.ok(isCommandName(meant), meant);
  }
});

test('sigctl alone shows the help on stderr and exits 2', async (t) => {
  const run = await sigctl(project(t), []);
  assert.equal(run.exitCode, 2);
  assert.equal(run.stdout, '');
  assert.match(run.stderr, /^Usage: sigctl/);
});

for (const [typed, meant] of [
  ['statsu', 'status'],
  ['satrt', 'start'],
] as const) {
  test(`sigctl ${typed} suggests ${meant} and exits 2`, async (t) => {
    const run = await sigctl(project(t), [typed]);
    assert.equal(run.exitCode, 2);
    assert.equal(run.stdout, '');
    assert.match(run.stderr, new RegExp(`^sigctl: .*"${typed}".*\\nhint: Did you mean: sigctl ${meant}\\n$`));
  });
}

for (const [args, fault, hint] of [
  [['status', '--jsn'], '"--jsn"', 'sigctl status --json'],
  [['--confg', 'x', 'status'], '"--confg"', 'sigctl --config x status'],
  [['start', '--force'], '"--force"', 'sigctl help start'],
  [['--config'], '"--config" without <file>', 'sigctl --help'],
  [['stop', '--wait', 'soon'], '"soon" .*a duration such as 30s, 2m or 0', 'sigctl stop --wait 2m'],
  [['mode', 'full', 'minimal'], '"sigctl mode"|"minimal"|mode', 'sigctl'],
] as const) {
  test(`sigctl ${args.join(' ')} exits 2 with one message and a hint`, async (t) => {
    const run = await sigctl(project(t), args);
    assert.equal(run.exitCode, 2);
    assert.equal(run.stdout, '');
    assert.match(run.stderr, new RegExp(`^sigctl: .*(?:${fault}).*\\nhint: .*${hint}.*\\n$`));
  });
}

test('--config is understood in every spelling, before and after the command', async (t) => {
  const root = project(t);
  const other = join(root, 'other.config.cjs');
  writeFileSync(other, "module.exports = { apps: [{ name: 'only', script: './only.js' }] };\n");
  for (const args of [
    ['--config', other, 'status', '--json'],
    [`--config=${other}`, 'status', '--json'],
    ['-c', other, 'status', '--json'],
    [`-c${other}`, 'status', '--json'],
    ['status', '--json', '-c', other],
  ]) {
    const { services } = JSON.parse((await sigctl(root, args)).stdout);
    assert.equal(services[0].service, 'only', args.join(' '));
  }
  // logs learns of it before its line is parsed.
  assert.match((await sigctl(root, [`-c${other}`, 'logs'])).stderr, /No log yet: only\n/);
});

test('nothing that an operator can meet shows a stack trace', async (t) => {
  const root = project(t);
  const home = (name: string) => ({ SIGCTL_HOME: join(root, name) });
  writeFileSync(join(root, 'file'), 'x');
  mkdirSync(join(root, 'broken'));
  writeFileSync(join(root, 'broken/status.db'), 'this is no database, and long enough to be read as one'.repeat(100));
  mkdirSync(join(root, 'folder/status.db'), { recursive: true });
  writeFileSync(join(root, 'bad.cjs'), 'throw new Error("no luck");\n');
  const cases: readonly (readonly [readonly string[], Record<string, string>, number])[] = [
    [['status', '-c', 'absent.cjs'], {}, 2],
    [['status', '-c', 'bad.cjs'], {}, 2],
    [['status', '-c', '.'], {}, 2],
    [['start', '__proto__'], {}, 2],
    [['mode', 'constructor'], {}, 2],
    [['status'], home('file'), 4],
    [['start'], home('file'), 4],
    [['status'], home('file/below'), 4],
    [['start'], home('file/below'), 4],
    [['status'], home('broken'), 4],
    [['stop'], home('broken'), 4],
    [['status'], home('folder'), 4],
  ];
  for (const [args, env, exitCode] of cases) {
    const run = await sigctl(root, args, env);
    const what = `${args.join(' ')} ${JSON.stringify(env)}: ${run.stderr}`;
    assert.doesNotMatch(run.stdout + run.stderr, TRACE, what);
    assert.equal(run.exitCode, exitCode, what);
    assert.match(run.stderr, /^sigctl: .+\n(.+\n)*hint: .+\n$/, what);
  }
});

test('sigctl in a folder that was removed says so, and exits 2', async (t) => {
  const gone = join(project(t), 'gone');
  mkdirSync(gone);
  const script = 'rmdir "$PWD" && exec "$0" "$1" status';
  const run = await collect(
    spawn('/bin/sh', ['-c', script, process.execPath, join(REPO, 'bin/sigctl')], { cwd: gone }),
  );
  rmSync(dirname(gone), { recursive: true, force: true });
  assert.equal(run.exitCode, 2);
  assert.match(run.stderr, /^sigctl: Cannot read the current folder/);
  assert.doesNotMatch(run.stderr, TRACE);
});
