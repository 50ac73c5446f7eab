import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { identify, isAlive } from '../../src/process/identity.js';
import { parseLaunchRecord } from '../../src/process/launch-record.js';
import { readBootId } from '../../src/process/proc-stat.js';
import { ended, FLOCK, launcherRig, SHELLS } from './launcher-rig.js';
import { kill, until } from './rig.js';

const sh = (script: string): readonly string[] => ['/bin/sh', '-c', script];
/** flock(1) present, and the weaker way without it. */
const LOCKS = FLOCK === undefined ? [undefined] : [FLOCK, undefined];

for (const shell of SHELLS) {
  test(`behind ${shell} the launcher becomes the service: one process, its PID file, its record`, async (t) => {
    const rig = launcherRig(t, shell);
    const child = rig.launch();
    await until(() => existsSync(join(rig.folder, 'web.pid')) && rig.read('web.pid') !== '');
    assert.equal(rig.read('web.pid'), String(child.pid));
    assert.deepEqual(parseLaunchRecord(rig.read('web.lock')), {
      identity: identify(child.pid),
      bootId: readBootId(),
      startId: 'id-1',
      starts: 1,
    });
    await until(() => spawnSync('cat', [`/proc/${child.pid}/comm`], { encoding: 'utf8' }).stdout === 'sleep\n');
  });

  test(`behind ${shell} a service has its folder, its log and no input, and nothing reaches the pipes of PM2`, async (t) => {
    const rig = launcherRig(t, shell);
    writeFileSync(join(rig.folder, 'web.log'), 'from before\n');
    const command = sh('pwd; echo to stderr >&2; read -r line || echo no input; exit 3');
    assert.deepEqual(await ended(rig.launch({ command })), { code: 3, signal: null, printed: '' });
    assert.equal(rig.read('web.log'), `from before\n${rig.plan.cwd}\nto stderr\nno input\n`);
  });

  test(`behind ${shell} a service gets exactly the environment of its launch file`, async (t) => {
    const rig = launcherRig(t, shell);
    const env = {
      ...{ PATH: '/usr/bin:/bin', HOME: '/h', EMPTY: '', LINES: 'a\nb\n', QUOTE: `it's "$HOME" \\ é` },
      ...{ key: 'k', lock: 'l', log: 'debug', dir: '/nowhere', flock: 'f', starts: 's', boot: 'b', line: 'x' },
      ...{ IFS: 'abc', UID: '1000', PWD: '/elsewhere', 'my.setting': 'odd', OPTIND: 'none' },
    };
    const print = 'console.log(JSON.stringify(process.env))';
    assert.equal((await ended(rig.launch({ env, command: [process.execPath, '-e', print] }))).code, 0);
    // Every bash sets these two for what it runs.
    const { _, SHLVL, ...found } = JSON.parse(rig.read('web.log'));
    assert.deepEqual(found, env);
  });

  test(`behind ${shell} the same start id counts the starts up, and a new one begins again`, async (t) => {
    const rig = launcherRig(t, shell);
    const starts = async (startId: string) => {
      await ended(rig.launch({ startId, command: ['/bin/true'] }));
      return parseLaunchRecord(rig.read('web.lock'))?.starts;
    };
    assert.deepEqual([await starts('a'), await starts('a'), await starts('a'), await starts('b')], [1, 2, 3, 1]);
  });

  test(`behind ${shell} a lock file that holds nonsense does not keep a service from starting`, async (t) => {
    const rig = launcherRig(t, shell);
    for (const text of [
      '',
      '\n',
      '\0\0\0',
      '1 2',
      'x $(touch injected) - id-1 a[$(touch injected)]',
      ...['1 1 - id-1 none', '1 1 - id-1 08', `1 1 - id-1 ${'9'.repeat(40)}`],
    ]) {
      writeFileSync(join(rig.folder, 'web.lock'), text);
      assert.equal((await ended(rig.launch({ command: ['/bin/true'] }))).code, 0, JSON.stringify(text));
      assert.equal(parseLaunchRecord(rig.read('web.lock'))?.starts, 1);
    }
    assert.equal(existsSync(join(rig.plan.cwd, 'injected')), false);
  });

  for (const flock of LOCKS) {
    const how = flock === undefined ? 'without flock(1)' : 'with flock(1)';
    test(`behind ${shell}, ${how}, a second copy is refused with 75 and changes nothing`, async (t) => {
      const rig = launcherRig(t, shell);
      const first = rig.launch({ flock });
      await until(() => existsSync(join(rig.folder, 'web.pid')) && rig.read('web.pid') !== '');
      const files = ['web.lock', 'web.pid', 'web.log'] as const;
      const before = files.map((file) => [rig.read(file), statSync(join(rig.folder, file)).mtimeMs]);
      const second = await ended(rig.launch({ flock, startId: 'id-2', command: sh('echo second') }));
      assert.equal(second.code, 75);
      assert.match(second.printed, /^sigctl: web already runs .*this start is refused\n$/);
      assert.deepEqual(
        files.map((file) => [rig.read(file), statSync(join(rig.folder, file)).mtimeMs]),
        before,
      );
      assert.equal(first.exitCode, null);
    });

    test(`behind ${shell}, ${how}, a service that was killed can start again at once`, async (t) => {
      const rig = launcherRig(t, shell);
      const first = rig.launch({ flock });
      await until(() => existsSync(join(rig.folder, 'web.pid')) && rig.read('web.pid') !== '');
      first.kill('SIGKILL');
      await once(first, 'exit');
      assert.equal((await ended(rig.launch({ flock, command: ['/bin/true'] }))).code, 0);
      assert.equal(parseLaunchRecord(rig.read('web.lock'))?.starts, 2);
    });
  }

  test(`behind ${shell} a record whose pid belongs to a stranger by now does not keep a service from starting`, async (t) => {
    const rig = launcherRig(t, shell);
    writeFileSync(join(rig.folder, 'web.lock'), `${process.pid} 1 - id-0 1\n`);
    assert.equal((await ended(rig.launch({ flock: undefined, command: ['/bin/true'] }))).code, 0);
  });

  test(`behind ${shell} the lock outlives the service in a child of it, and no longer`, {
    skip: FLOCK === undefined,
  }, async (t) => {
    const rig = launcherRig(t, shell);
    const first = rig.launch({ command: sh('sleep 600 >/dev/null 2>&1 & echo $!') });
    assert.equal((await ended(first)).code, 0);
    const identity = identify(Number(rig.read('web.log')));
    assert.ok(identity !== undefined);
    t.after(() => {
      if (isAlive(identity)) kill(identity.pid);
    });
    assert.equal((await ended(rig.launch())).code, 75);
    kill(identity.pid);
    await until(() => !isAlive(identity));
    assert.equal((await ended(rig.launch({ command: ['/bin/true'] }))).code, 0);
  });

  test(`behind ${shell} the launcher names by its exit code what it cannot open, and leaves no record of a start`, async (t) => {
    const rig = launcherRig(t, shell);
    const absent = join(rig.folder, 'absent/file');
    const codeFor = async (over: Parameters<typeof rig.launch>[0]) => (await ended(rig.launch(over))).code;
    assert.equal(await codeFor({ lock: absent }), 73);
    assert.equal(await codeFor({ logFile: absent }), 73);
    assert.equal(await codeFor({ logFile: rig.folder }), 73);
    assert.equal(await codeFor({ cwd: absent }), 72);
    assert.equal(rig.read('web.lock'), '');
    assert.equal(existsSync(join(rig.folder, 'web.pid')), false);
    assert.match(rig.read('web.log'), /absent\/file/);
    assert.equal(await codeFor({ pidFile: absent }), 73);
  });

  test(`behind ${shell} a missing launch file is exit code 78, and a missing program 127 with its name in the log`, async (t) => {
    const rig = launcherRig(t, shell);
    assert.equal((await ended(rig.launchFile(join(rig.folder, 'absent.launch')))).code, 78);
    assert.equal((await ended(rig.launch({ command: ['/no/such/program'] }))).code, 127);
    assert.match(rig.read('web.log'), /\/no\/such\/program/);
  });

  test(`behind ${shell} a successor waits for the lock as long as it is told to`, {
    skip: FLOCK === undefined,
  }, async (t) => {
    const rig = launcherRig(t, shell);
    const first = rig.launch();
    await until(() => existsSync(join(rig.folder, 'web.pid')) && rig.read('web.pid') !== '');
    const second = ended(rig.launch({ lockWaitS: 30, command: ['/bin/true'] }));
    first.kill('SIGKILL');
    assert.equal((await second).code, 0);
  });

  test(`behind ${shell} a service joins its cgroup before it runs, and runs all the same where it cannot`, async (t) => {
    const rig = launcherRig(t, shell);
    writeFileSync(join(rig.folder, 'cgroup.procs'), '');
    const child = rig.launch({ cgroup: rig.folder, command: sh('exit 4') });
    assert.equal((await ended(child)).code, 4);
    assert.equal(rig.read('cgroup.procs'), String(child.pid));
    const without = await ended(rig.launch({ cgroup: join(rig.folder, 'absent'), command: sh('exit 5') }));
    assert.deepEqual([without.code, without.printed, rig.read('web.log')], [5, '', '']);
  });

  test(`behind ${shell} the channel of PM2 is closed, unless the service keeps it`, async (t) => {
    const rig = launcherRig(t, shell);
    const command = sh('[ -e /proc/self/fd/3 ] && echo open || echo closed');
    await ended(rig.launch({ command }, 'pipe'));
    await ended(rig.launch({ command, keepIpc: true }, 'pipe'));
    await ended(rig.launch({ command: sh('echo "$NODE_CHANNEL_FD"'), keepIpc: true }, 'pipe'));
    assert.equal(rig.read('web.log'), 'closed\nopen\n3\n');
  });
}
