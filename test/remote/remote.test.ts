import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { project, sigctl, spawnSigctl } from '../cli/rig.js';
import { app, collect, REPO, type Rig, startRig, until } from '../e2e/rig.js';
import { type SshServer, startSshd, WITHOUT_SSHD } from './sshd.js';

/** A stack "over there", reached through a real sshd, and a folder "here" without one. */
async function startHost(t: TestContext): Promise<{ rig: Rig; ssh: SshServer; here: string; host: string }> {
  const manifest = { apps: [app('counts', 'counts.mjs')], sigctl: { watchdog: false } };
  const rig = await startRig(t, manifest, { folder: 'a project' });
  mkdirSync(join(rig.root, 'bin'));
  symlinkSync(join(REPO, 'bin/sigctl'), join(rig.root, 'bin/sigctl'));
  return { rig, ssh: await startSshd(t), here: project(t), host: `vps:${rig.root}` };
}

test('a command runs on a host as if it ran here: output, exit code, JSON', { skip: WITHOUT_SSHD }, async (t) => {
  const { rig, ssh, here, host } = await startHost(t);
  const there = (...args: readonly string[]) => sigctl(here, args, ssh.env);
  const started = await there('--host', host, 'start');
  assert.equal(started.exitCode, 0, started.stderr);
  assert.match(started.stdout, /^✔ counts {2}ready/);
  assert.equal(existsSync(join(here, '.sigctl')), false);
  const status = await there('status', '--json', `--host=${host}`);
  const [service] = JSON.parse(status.stdout).services;
  assert.deepEqual([service.key, service.verdict, service.pid], ['counts', 'healthy', rig.pid('counts')]);
  const typo = await there('--host', host, 'start', "it's");
  assert.equal(typo.exitCode, 2);
  assert.match(typo.stderr, /Cannot find service "it's"/);
  assert.equal((await there('--host', host, 'stop')).exitCode, 0);
  assert.equal((await there('--host', host, 'status', '--check', 'counts')).exitCode, 0);
});

test('commands to one host share a connection, and a short name finds it', { skip: WITHOUT_SSHD }, async (t) => {
  const { ssh, here, host } = await startHost(t);
  const there = (...args: readonly string[]) => sigctl(here, args, ssh.env);
  assert.equal((await there('host', 'add', 'prod', host)).exitCode, 0);
  assert.match((await there('host')).stdout, /^@prod {2}vps:.*a project$/m);
  const exists = await there('host', 'add', 'prod', 'vps');
  assert.equal(exists.exitCode, 2);
  assert.match(exists.stderr, /sigctl host add --force prod vps/);
  assert.equal((await there('@prod', 'mode')).stdout, '  full  counts\n');
  const sockets = () => readdirSync(join(ssh.env['XDG_RUNTIME_DIR'] ?? '', 'sigctl-ssh'));
  assert.equal(sockets().length, 1);
  await there('@prod', 'status');
  assert.equal(sockets().length, 1);
  const unknown = await there('@prood', 'status');
  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.stderr, /Did you mean "@prod"\?/);
  assert.equal((await there('host', 'remove', 'prod')).stdout, '✔ @prod removed\n');
});

test('Ctrl-C here ends what runs there, and closing the output does too', { skip: WITHOUT_SSHD }, async (t) => {
  const { rig, ssh, here, host } = await startHost(t);
  await sigctl(here, ['--host', host, 'start'], ssh.env);
  // The number of lines tells this follower from those of other tests.
  const follower = () =>
    spawnSync('pgrep', ['-f', `bin/sigctl logs counts -f -n ${process.pid}$`], { encoding: 'utf8' }).stdout;
  const child = spawnSigctl(here, ['--host', host, 'logs', 'counts', '-f', '-n', String(process.pid)], {
    env: ssh.env,
  });
  const run = collect(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  assert.notEqual(follower(), '');
  child.kill('SIGINT');
  const { exitCode, stdout } = await run;
  assert.ok(exitCode === 0 || exitCode === 130, String(exitCode));
  assert.match(stdout, /counts/);
  await until(() => follower() === '');
  assert.equal((await rig.report('counts')).verdict, 'healthy');
});

test('what keeps a host from answering is named, with the command that finds out more', {
  skip: WITHOUT_SSHD,
}, async (t) => {
  const { ssh, here } = await startHost(t);
  const there = (host: string) => sigctl(here, ['--host', host, 'status', '--json'], ssh.env);
  for (const [host, code] of [
    ['dead:/srv', 'HOST_UNREACHABLE'],
    ['vps:/no/such/folder', 'HOST_FOLDER_MISSING'],
    ['vps:/usr/share', 'HOST_WITHOUT_SIGCTL'],
  ] as const) {
    const { exitCode, stdout } = await there(host);
    assert.equal(exitCode, 4, host);
    const { error } = JSON.parse(stdout);
    assert.equal(error.code, code);
    assert.notEqual(error.hint, '');
  }
});

test('status --all-hosts shows every host in one table, and names the one that is unreachable', {
  skip: WITHOUT_SSHD,
}, async (t) => {
  const { ssh, here, host } = await startHost(t);
  const there = (...args: readonly string[]) => sigctl(here, args, ssh.env);
  const none = await there('status', '--all-hosts');
  assert.equal(none.exitCode, 2);
  await there('host', 'add', 'prod', host);
  await there('host', 'add', 'lost', 'dead:/srv');
  await there('@prod', 'start');
  const { stdout, exitCode } = await there('status', '--all-hosts');
  assert.equal(exitCode, 0);
  assert.match(stdout, /^2 hosts · 1 of 1 healthy · 1 unreachable\n/);
  assert.match(stdout, /^@prod +counts +healthy/m);
  assert.match(stdout, /^@lost +- +unreachable.*\n {2}Cannot reach @lost \(dead:\/srv\): [^@]*refused/m);
  assert.equal((await there('status', '--all-hosts', '--check')).exitCode, 3);
  const { hosts } = JSON.parse((await there('status', '--all-hosts', '--json')).stdout);
  assert.deepEqual(
    hosts.map((one: { host: string; kind: string }) => [one.host, one.kind]),
    [
      ['lost', 'failed'],
      ['prod', 'answered'],
    ],
  );
});
