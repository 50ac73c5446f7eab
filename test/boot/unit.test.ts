import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type BootTarget, cronMark, homeOfUnit, renderCronLine, renderUnit } from '../../src/core/boot-unit.js';

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
      // The executable is looked for by systemd-analyze, so that it has to be one.
      writeFileSync(file, renderUnit(target, scope));
      const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
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

test('the crontab line is one line, ends with the mark of its stack, and a shell reads odd paths as they are', () => {
  const line = renderCronLine(ODD);
  assert.equal(line.split('\n').length, 1);
  assert.ok(line.startsWith('@reboot cd /tmp && '));
  assert.ok(line.endsWith(cronMark(ODD)));
  assert.match(line, /\\%h/);
  const command = line
    .replace(/^@reboot /, '')
    .replaceAll('\\%', '%')
    .replace('start --boot', 'start --boot; exit');
  const shown = command.replace(/ .\S*node\S* .*--config/, ' printf "%s\\n"').replace(/ >>.*$/, '');
  const { stdout } = spawnSync('sh', ['-c', shown], { encoding: 'utf8' });
  assert.equal(stdout.split('\n')[0], ODD.manifestPath);
});
