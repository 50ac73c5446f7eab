import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect, REPO, until } from '../e2e/rig.js';
import { startLoad } from '../service/steady-load.js';
import { pidOf, startDeployRig } from './deploy-rig.js';
import { WITHOUT_SSHD } from './sshd.js';

test('a steady load is answered through good and bad deploys; a bad one is back at the release before', {
  skip: WITHOUT_SSHD,
}, async (t) => {
  const rig = await startDeployRig(t);
  const first = await rig.deploy();
  assert.equal(first.exitCode, 0, first.stdout + first.stderr);
  const one = rig.current();
  assert.deepEqual(rig.releases(), [one]);
  const pids = { web: await pidOf(rig, 'web'), jobs: await pidOf(rig, 'jobs') };
  const load = startLoad(t, rig.port);
  await until(() => load.answers().has('one'));

  rig.write('two');
  const good = await rig.deploy('--json');
  assert.equal(good.exitCode, 0, good.stdout + good.stderr);
  const { outcome } = JSON.parse(good.stdout);
  assert.deepEqual(
    outcome.services.map((service: { service: string; how: string }) => [service.service, service.how]),
    [
      ['web', 'reloaded'],
      ['jobs', 'restarted'],
    ],
  );
  await until(() => load.answers().has('two'));
  const two = rig.current();
  assert.deepEqual(rig.releases(), [one, two]);
  assert.equal(await pidOf(rig, 'web'), pids.web);
  assert.notEqual(await pidOf(rig, 'jobs'), pids.jobs);

  rig.write('sick');
  const sick = await rig.deploy();
  assert.equal(sick.exitCode, 1, sick.stdout + sick.stderr);
  assert.match(sick.stdout, /✖ \S+ {2}web: the new worker answers \/health with 500/);
  assert.match(sick.stdout, new RegExp(`! ${two} is in force again`));
  assert.match(sick.stdout, /its key is \*{5}/);
  assert.doesNotMatch(sick.stdout + sick.stderr, /hunter2/);
  assert.equal(load.answers().has('sick'), false);

  rig.write('three', { jobs: 'crash' });
  const crash = await rig.deploy();
  assert.equal(crash.exitCode, 1, crash.stdout + crash.stderr);
  assert.match(crash.stdout, /jobs: exited with code 3[^\n]*\n.*no such table: orders/);
  assert.match(crash.stdout, /next: sigctl --host vps:.* logs jobs/);
  // The website had the new release for a moment, and has the old one again.
  assert.ok(load.answers().has('three'));
  const asked = load.answers().get('two') ?? 0;
  await until(() => (load.answers().get('two') ?? 0) > asked + 20);
  assert.equal(rig.current(), two);
  assert.deepEqual(rig.releases(), [one, two]);
  assert.deepEqual(
    [...(await statuses(rig))],
    [
      ['web', 'healthy'],
      ['jobs', 'healthy'],
    ],
  );

  const back = await rig.deploy('--rollback');
  assert.equal(back.exitCode, 0, back.stdout + back.stderr);
  assert.equal(rig.current(), one);
  rig.write('four');
  const pruned = await rig.deploy('--keep', '1', '--json');
  assert.equal(pruned.exitCode, 0, pruned.stdout + pruned.stderr);
  // The first one stays: the website's own process was started from it, and it is the one to go back to.
  assert.deepEqual(JSON.parse(pruned.stdout).removed, [two]);
  assert.deepEqual(rig.releases(), [one, rig.current()]);
  await until(() => load.answers().has('four'));
  await load.stop();
  assert.deepEqual(load.failures, []);
  assert.equal(await pidOf(rig, 'web'), pids.web);

  // State and history are one for all releases, and no entry looks changed.
  const { events } = JSON.parse((await rig.there('history', '--json')).stdout);
  const kinds = events
    .filter((event: { service: string }) => event.service === 'web')
    .map((event: { kind: string }) => event.kind);
  assert.ok(kinds.filter((kind: string) => kind === 'reload').length >= 5, kinds.join(' '));
  assert.equal(kinds.includes('exit'), false);
  const { needsRestart } = JSON.parse((await rig.there('config', '--diff', '--json')).stdout);
  assert.ok(needsRestart === false || needsRestart?.length === 0, JSON.stringify(needsRestart));
});

async function statuses(rig: Awaited<ReturnType<typeof startDeployRig>>) {
  const { services } = JSON.parse((await rig.there('status', '--json')).stdout);
  return new Map<string, string>(services.map((one: { key: string; verdict: string }) => [one.key, one.verdict]));
}

test('a second deploy is refused while one is under way, and Ctrl-C leaves everything as it was', {
  skip: WITHOUT_SSHD,
}, async (t) => {
  const rig = await startDeployRig(t);
  const going = rig.spawn('--build', 'echo building; while :; do sleep 0.1; done');
  const ended = collect(going);
  await until(
    () =>
      rig.releases().length === 1 && existsSync(join(rig.root, 'releases', rig.releases()[0] ?? '', 'node_modules')),
  );
  const second = await rig.deploy('--json');
  assert.equal(second.exitCode, 1);
  const { error } = JSON.parse(second.stdout);
  assert.equal(error.code, 'DEPLOY_LOCKED');
  assert.match(error.message, /\(since 20.*\) deploys$/);
  going.kill('SIGINT');
  const { exitCode, stderr } = await ended;
  assert.equal(exitCode, 130, stderr);
  assert.match(stderr, /Interrupted before the switch/);
  assert.deepEqual(rig.releases(), []);
  assert.equal(rig.current(), undefined);
  const fault = await rig.deploy('--build', 'echo no compiler here; exit 1');
  assert.equal(fault.exitCode, 1);
  assert.match(fault.stderr, /the command failed[\s\S]*│ no compiler here/);
  assert.deepEqual(rig.releases(), []);
});

test('a connection that is lost during the switch is made anew, and a deploy that was killed ends well without it', {
  skip: WITHOUT_SSHD,
}, async (t) => {
  const rig = await startDeployRig(t);
  const door = (name: string) => join(rig.project, name);
  rig.write('one', { ready: `test -e '${door('open-1')}'` });
  const going = rig.spawn('--json');
  const ended = collect(going);
  let said = '';
  going.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => /switch {3}.*starting jobs/.test(said));
  const { stdout: children } = spawnSync('pgrep', ['-P', String(going.pid)], { encoding: 'utf8' });
  for (const pid of children.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
  writeFileSync(door('open-1'), '');
  const first = await ended;
  assert.equal(first.exitCode, 0, first.stdout + first.stderr);
  assert.equal(JSON.parse(first.stdout).outcome.release, rig.current());

  rig.write('two', { ready: `test -e '${door('open-2')}'` });
  const lost = rig.spawn();
  const killed = collect(lost);
  let seen = '';
  lost.stderr?.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  await until(() => /switch {3}.*starting jobs/.test(seen));
  lost.kill('SIGKILL');
  await killed;
  writeFileSync(door('open-2'), '');
  const told = await rig.deploy('--outcome', '--json');
  assert.equal(told.exitCode, 0, told.stdout + told.stderr);
  assert.equal(JSON.parse(told.stdout).outcome.release, rig.current());
  assert.equal(rig.releases().length, 2);
});

test('Ctrl-C during the switch goes back', { skip: WITHOUT_SSHD }, async (t) => {
  const rig = await startDeployRig(t);
  assert.equal((await rig.deploy('--mode', 'half')).exitCode, 0);
  const one = rig.current();
  rig.write('two', { ready: 'false' });
  const going = rig.spawn('--mode', 'full');
  const ended = collect(going);
  let said = '';
  going.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => /switch {3}.*starting jobs/.test(said));
  going.kill('SIGINT');
  const { exitCode, stdout, stderr } = await ended;
  assert.equal(exitCode, 130, stdout + stderr);
  assert.equal(rig.current(), one);
  assert.equal(await (await fetch(`http://127.0.0.1:${rig.port}/`)).text(), 'one');
  assert.deepEqual(
    [...(await statuses(rig))],
    [
      ['web', 'healthy'],
      ['jobs', 'stopped'],
    ],
  );
  assert.match((await rig.there('mode')).stdout, /half/);
});

test('--git takes a commit, a checkout what git does not ignore; npm installs and builds where nothing else was said', {
  skip: WITHOUT_SSHD,
}, async (t) => {
  const rig = await startDeployRig(t);
  const { project } = rig;
  const git = (...args: readonly string[]) =>
    spawnSync('git', ['-C', project, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
      encoding: 'utf8',
    });
  const lock = {
    name: 'app',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'app', version: '1.0.0' } },
  };
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'app', version: '1.0.0', scripts: { build: 'cp release built' } }),
  );
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock));
  writeFileSync(join(project, '.gitignore'), 'secret\n');
  writeFileSync(join(project, 'web.mjs'), 'setInterval(() => undefined, 1000);\n');
  const manifest = { apps: [{ name: 'web', script: './web.mjs' }], sigctl: { watchdog: false } };
  writeFileSync(join(project, 'ecosystem.config.cjs'), `module.exports = ${JSON.stringify(manifest)};\n`);
  mkdirSync(join(project, 'bin'));
  symlinkSync(join(REPO, 'bin/sigctl'), join(project, 'bin/sigctl'));
  git('init', '-q');
  git('add', '-A');
  assert.equal(git('commit', '-qm', 'one').status, 0);
  for (const file of ['secret', 'fresh']) writeFileSync(join(project, file), file);
  const place = `vps:${rig.root}`;
  const { sigctl } = await import('../cli/rig.js');
  const deploy = (...args: readonly string[]) => sigctl(project, ['deploy', place, ...args], rig.ssh.env);
  const plan = await deploy('--git', 'HEAD', '--dry-run', '--json');
  assert.equal(plan.exitCode, 0, plan.stdout + plan.stderr);
  assert.equal(existsSync(rig.root), false);
  const commit = await deploy('--git', 'HEAD');
  assert.equal(commit.exitCode, 0, commit.stdout + commit.stderr);
  const file = (name: string) => join(rig.root, 'current', name);
  assert.deepEqual(
    ['web.mjs', 'fresh', 'secret', '.git'].map((name) => existsSync(file(name))),
    [true, false, false, false],
  );
  assert.equal(readFileSync(file('built'), 'utf8'), 'one');
  assert.ok(rig.current()?.endsWith(git('rev-parse', '--short', 'HEAD').stdout.trim()));
  const files = await deploy();
  assert.equal(files.exitCode, 0, files.stdout + files.stderr);
  assert.deepEqual(
    ['web.mjs', 'fresh', 'secret', '.git'].map((name) => existsSync(file(name))),
    [true, true, false, false],
  );
  assert.equal(lstatSync(file('logs')).isSymbolicLink(), true);
  // Without rsync on this side: tar.
  const tools = join(rig.root, '../tools');
  mkdirSync(tools);
  for (const tool of ['ssh', 'tar', 'git', 'sh']) {
    symlinkSync(spawnSync('which', [tool], { encoding: 'utf8' }).stdout.trim(), join(tools, tool));
  }
  writeFileSync(join(project, 'a name with blanks'), 'later');
  const byTar = await sigctl(project, ['deploy', place], { ...rig.ssh.env, PATH: tools });
  assert.equal(byTar.exitCode, 0, byTar.stdout + byTar.stderr);
  assert.deepEqual(
    ['web.mjs', 'a name with blanks', 'secret', '.git'].map((name) => existsSync(file(name))),
    [true, true, false, false],
  );
  for (const [args, code] of [
    [['--git', 'nothing'], 'DEPLOY_SOURCE_INVALID'],
    [['--from', rig.root], 'DEPLOY_SOURCE_INVALID'],
    [['--rollback', '--git', 'HEAD'], 'DEPLOY_CONTRADICTION'],
  ] as const) {
    const wrong = await deploy(...args, '--json');
    assert.equal(wrong.exitCode, 2, wrong.stdout + wrong.stderr);
    assert.equal(JSON.parse(wrong.stdout).error.code, code);
  }
});
