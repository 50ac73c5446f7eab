import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type BootTarget, cronMark, homeOfUnit, renderCronLines, renderUnit } from '../../src/core/boot-unit.js';
import { recoverUnitPaths, renderRecoverService, renderRecoverTimer } from '../../src/core/recover-unit.js';

const TARGET: BootTarget = {
  stack: 'shop',
  manifestPath: '/srv/shop/ecosystem.config.cjs',
  root: '/srv/shop',
  home: '/srv/shop/.sigctl',
  node: process.execPath,
  sigctl: '/usr/local/bin/sigctl',
  path: '/usr/bin:/bin',
  user: 'root',
};
const ODD: BootTarget = { ...TARGET, root: '/tmp', manifestPath: '/srv/100% "my" $shop/e.cjs', home: '/srv/a b/%h' };

const hasVerify = spawnSync('systemd-analyze', ['--version']).status === 0;

for (const scope of ['system', 'user'] as const) {
  test(`the unit of a ${scope} passes systemd-analyze verify, also with odd paths`, {
    skip: hasVerify ? false : 'no systemd-analyze on this machine',
  }, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'sigctl-unit-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    for (const target of [{ ...TARGET, root: '/tmp' }, ODD]) {
      const file = join(folder, 'sigctl-shop.service');
      const { service, timer } = recoverUnitPaths(file);
      // The executable is looked for by systemd-analyze, so that it has to be one.
      writeFileSync(file, renderUnit(target, scope));
      writeFileSync(service, renderRecoverService(target, scope, 'sigctl-shop.service'));
      writeFileSync(timer, renderRecoverTimer(target));
      const files = [file, service, timer];
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8' });
      assert.equal(`${status}${stdout}${stderr}`, '0');
    }
  });
}

test('the unit starts what was wanted and stops it in order; one process out of memory does not end the stack', () => {
  const unit = renderUnit(TARGET, 'system');
  assert.match(
    unit,
    /^ExecStart=\S+ \/usr\/local\/bin\/sigctl --config \/srv\/shop\/ecosystem.config.cjs start --boot$/m,
  );
  assert.match(unit, /^ExecStop=.* stop --shutdown$/m);
  assert.match(unit, /^OOMPolicy=continue$/m);
  assert.match(unit, /^After=network-online.target/m);
  assert.match(unit, /^User=root$/m);
  assert.doesNotMatch(renderUnit(TARGET, 'user'), /^(User|Protect\w+)=/m);
});

test('percent signs, quotes and dollars of a path are themselves in a unit', () => {
  const unit = renderUnit(ODD, 'system');
  assert.match(unit, /--config "\/srv\/100%% \\"my\\" \$\$shop\/e.cjs" start --boot/);
  assert.match(unit, /^Environment="SIGCTL_HOME=\/srv\/a b\/%%h"$/m);
});

test('a unit tells whose it is, whatever stands in the path of its home', () => {
  for (const home of [TARGET.home, ODD.home, '/srv/"my" back\\slash\\\\"/%%']) {
    assert.equal(homeOfUnit(renderUnit({ ...TARGET, home }, 'user')), home);
  }
  assert.equal(homeOfUnit('[Service]\nExecStart=/usr/bin/shop\n'), undefined);
});

test('the timer’s unit runs the check as the owner of the stack, and reloads its boot unit, which recovers', () => {
  const unit = renderRecoverService(TARGET, 'system', 'sigctl-shop.service');
  assert.match(unit, /^User=root$/m);
  assert.match(unit, /^ExecCondition=systemctl --quiet is-active sigctl-shop\.service$/m);
  assert.match(unit, /^ExecCondition=\/bin\/sh -c "! \\"\$\$@\\"" sh \S+ \S+ --config \S+ recover --check --quiet$/m);
  assert.match(unit, /^ExecStart=\+systemctl reload sigctl-shop\.service$/m);
  assert.match(renderUnit(TARGET, 'system'), /^ExecReload=.* recover --quiet$/m);
  const own = renderRecoverService(TARGET, 'user', 'sigctl-shop.service');
  assert.match(own, /^ExecStart=systemctl --user reload sigctl-shop\.service$/m);
  assert.doesNotMatch(own, /^User=/m);
  assert.equal(homeOfUnit(renderRecoverService(ODD, 'user', 'x.service')), ODD.home);
});

test('the lines of the crontab start at boot and recover each minute, each ends with the mark of its stack, and a shell reads odd paths as they are', () => {
  const lines = renderCronLines(ODD).split('\n');
  assert.equal(lines.length, 2);
  const shown = lines.map((line) => {
    assert.ok(line.endsWith(cronMark(ODD)));
    assert.match(line, /\\%h/);
    const command = line.replace(/^(@reboot|\* \* \* \* \*) /, '').replaceAll('\\%', '%');
    const said = command.replace(/ \S*node\S* \S+ --config/, ' printf "%s\\n"').replace(/ >>.*$/, '');
    return spawnSync('sh', ['-c', said], { encoding: 'utf8' }).stdout.trimEnd().split('\n');
  });
  assert.ok(lines[0]?.startsWith('@reboot cd /tmp && '));
  assert.ok(lines[1]?.startsWith('* * * * * cd /tmp && '));
  assert.deepEqual(shown, [
    [ODD.manifestPath, 'start', '--boot'],
    [ODD.manifestPath, 'recover', '--quiet'],
  ]);
});
