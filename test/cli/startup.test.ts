import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { recoverUnitPaths } from '../../src/core/recover-unit.js';
import { project, sigctl } from './rig.js';

const NAMED =
  "module.exports = { apps: [{ name: 'a', script: '/bin/true', interpreter: 'none' }], sigctl: { name: 'shop' } };\n";

/** A `crontab` and a `systemctl` of our own in front of the PATH: they keep what they are given in the project's folder. */
function fakeTools(t: TestContext): { readonly root: string; readonly env: Record<string, string> } {
  const root = project(t);
  const bin = join(root, 'fake-bin');
  mkdirSync(bin);
  const tools = {
    crontab: `if [ "$1" = -l ]; then cat "${root}/tab" 2>/dev/null || { echo "no crontab for you" >&2; exit 1; }; else cat >"${root}/tab"; fi`,
    systemctl: `echo "$*" >>"${root}/calls"; [ ! -e "${root}/broken" ] || { echo "Failed to connect to bus" >&2; exit 1; }`,
    loginctl: 'exit 0',
  };
  for (const [name, body] of Object.entries(tools)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return { root, env: { PATH: `${bin}:${process.env['PATH']}`, XDG_CONFIG_HOME: join(root, 'config') } };
}

test('startup --cron adds two lines for this stack, however often it is called, and unstartup takes it away again', async (t) => {
  const { root, env } = fakeTools(t);
  writeFileSync(join(root, 'tab'), '0 3 * * * backup\n');
  for (let call = 0; call < 2; call++) assert.equal((await sigctl(root, ['startup', '--cron'], env)).exitCode, 0);
  const lines = readFileSync(join(root, 'tab'), 'utf8').trimEnd().split('\n');
  assert.equal(lines.length, 3);
  assert.equal(lines[0], '0 3 * * * backup');
  assert.match(lines[1] ?? '', /^@reboot cd .* start --boot .*# sigctl .*\.sigctl$/);
  assert.match(lines[2] ?? '', /^\* \* \* \* \* cd .* recover --quiet .*# sigctl .*\.sigctl$/);
  assert.equal((await sigctl(root, ['unstartup', '--cron'], env)).exitCode, 0);
  assert.equal(readFileSync(join(root, 'tab'), 'utf8'), '0 3 * * * backup\n');
  const again = await sigctl(root, ['unstartup', '--cron', '--json'], env);
  assert.equal(JSON.parse(again.stdout).removed, false);
});

test('unstartup --cron has nothing to take away where there is no crontab(1), and startup --cron says what is missing', async (t) => {
  const root = project(t);
  const env = { PATH: join(root, 'nothing-here') };
  const taken = await sigctl(root, ['unstartup', '--cron', '--json'], env);
  assert.equal(taken.exitCode, 0, taken.stderr);
  assert.equal(JSON.parse(taken.stdout).removed, false);
  const put = await sigctl(root, ['startup', '--cron'], env);
  assert.equal(put.exitCode, 1);
  assert.match(put.stderr, /there is no crontab\(1\) here\nhint: Install cron/);
});

test('startup --user writes and enables a unit, and leaves nothing behind where that fails', async (t) => {
  const { root, env } = fakeTools(t);
  const unit = join(root, 'config/systemd/user', `sigctl-${root.split('/').at(-1)}.service`);
  const done = await sigctl(root, ['startup', '--user'], env);
  assert.equal(done.exitCode, 0, done.stderr);
  assert.match(readFileSync(unit, 'utf8'), /ExecStart=.*start --boot/);
  const { service, timer } = recoverUnitPaths(unit);
  const calls = readFileSync(join(root, 'calls'), 'utf8');
  assert.match(
    calls,
    /--user daemon-reload\n--user enable sigctl-\S+\.service\n--user enable --now sigctl_recover-\S+\.timer\n/,
  );
  assert.match(done.stderr, /each minute its timer .* systemctl --user start sigctl-/);
  assert.match(readFileSync(service, 'utf8'), /ExecStart=systemctl --user reload sigctl-/);
  assert.match(readFileSync(timer, 'utf8'), /^OnCalendar=minutely$/m);
  assert.equal((await sigctl(root, ['unstartup', '--user'], env)).exitCode, 0);
  assert.match(
    readFileSync(join(root, 'calls'), 'utf8').slice(calls.length),
    /--user disable --now sigctl_recover-\S+\.timer\n/,
  );
  assert.deepEqual(readdirSync(dirname(unit)), []);
  writeFileSync(join(root, 'broken'), '');
  const failed = await sigctl(root, ['startup', '--user'], env);
  assert.equal(failed.exitCode, 1);
  assert.match(failed.stderr, /Failed to connect to bus\nhint: sigctl startup --print/);
  assert.deepEqual(readdirSync(dirname(unit)), []);
});

test('two stacks of one name have a unit each, and unstartup takes away its own', async (t) => {
  const { root, env } = fakeTools(t);
  const other = join(root, 'elsewhere');
  mkdirSync(other);
  writeFileSync(join(root, 'ecosystem.config.cjs'), NAMED);
  writeFileSync(join(other, 'ecosystem.config.cjs'), NAMED);
  const units = () =>
    readdirSync(join(root, 'config/systemd/user')).filter(
      (file) => file.endsWith('.service') && file.startsWith('sigctl-'),
    );
  const workingFolders = () =>
    units().map(
      (file) => /^WorkingDirectory=(.*)$/m.exec(readFileSync(join(root, 'config/systemd/user', file), 'utf8'))?.[1],
    );
  assert.equal((await sigctl(root, ['startup', '--user'], env)).exitCode, 0);
  // Whoever calls it again renews its own.
  for (let call = 0; call < 2; call++) {
    const second = await sigctl(other, ['startup', '--user'], env);
    assert.equal(second.exitCode, 0, second.stderr);
    assert.match(second.stdout, /sigctl-shop-[0-9a-f]{6}\.service/);
    assert.match(second.stderr, new RegExp(`sigctl-shop.service is of another stack "shop", in ${root}/.sigctl`));
  }
  assert.deepEqual(workingFolders().sort(), [root, other].sort());
  const [, enabled] = /enable (sigctl-shop-\S+)$/m.exec(readFileSync(join(root, 'calls'), 'utf8')) ?? [];
  assert.ok(units().includes(enabled ?? ''));

  assert.equal((await sigctl(root, ['unstartup', '--user'], env)).exitCode, 0);
  assert.deepEqual(workingFolders(), [other]);
  assert.equal(JSON.parse((await sigctl(root, ['unstartup', '--user', '--json'], env)).stdout).removed, false);
  // The plain name is free now, and the other one's unit is still found.
  assert.equal((await sigctl(other, ['unstartup', '--user'], env)).exitCode, 0);
  assert.deepEqual(units(), []);
});

test('a unit of this name that sigctl did not write stays as it is', async (t) => {
  const { root, env } = fakeTools(t);
  writeFileSync(join(root, 'ecosystem.config.cjs'), NAMED);
  const foreign = join(root, 'config/systemd/user/sigctl-shop.service');
  mkdirSync(dirname(foreign), { recursive: true });
  writeFileSync(foreign, '[Service]\nExecStart=/bin/true\n');
  for (const command of ['startup', 'unstartup'])
    assert.equal((await sigctl(root, [command, '--user'], env)).exitCode, 0);
  assert.equal(readFileSync(foreign, 'utf8'), '[Service]\nExecStart=/bin/true\n');
});

test('unstartup that systemd refuses exits with 1 and says why', async (t) => {
  const { root, env } = fakeTools(t);
  assert.equal((await sigctl(root, ['startup', '--user'], env)).exitCode, 0);
  writeFileSync(join(root, 'broken'), '');
  const refused = await sigctl(root, ['unstartup', '--user'], env);
  assert.equal(refused.exitCode, 1, refused.stdout + refused.stderr);
  assert.match(refused.stderr, /Failed to connect to bus\nhint: .*sigctl/);
});

test('startup --print changes nothing, and --user with --cron is refused', async (t) => {
  const { root, env } = fakeTools(t);
  const printed = await sigctl(root, ['startup', '--print', '--system', '--json'], env);
  const { installed, kind, text, also } = JSON.parse(printed.stdout);
  assert.deepEqual([installed, kind, also.length], [false, 'system', 2]);
  assert.match(text, /^\[Unit\]$/m);
  assert.equal(existsSync(join(root, '.sigctl')) || existsSync(join(root, 'calls')), false);
  const both = await sigctl(root, ['startup', '--user', '--cron'], env);
  assert.equal(both.exitCode, 2);
  assert.match(both.stderr, /--user/);
});
