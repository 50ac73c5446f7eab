import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Gate, readGate } from '../../src/process/gate.js';
import { identify, isAlive } from '../../src/process/identity.js';
import type { GatePolicy, LaunchPlan } from '../../src/process/launch-file.js';
import { readLockHolders } from '../../src/process/lock-holders.js';
import { readCommandLine, readUptimeMs } from '../../src/process/proc-stat.js';
import { readTree } from '../../src/process/tree.js';
import { ended, type LauncherRig, launcherRig, SHELLS } from './launcher-rig.js';
import { kill, until } from './rig.js';

const CRASH: Partial<LaunchPlan> = { command: ['/bin/sh', '-c', 'exit 3'] };
const ONE_HOUR = 3_600_000;

function gateRig(t: Parameters<typeof launcherRig>[0], shell: string, over: Partial<GatePolicy> = {}) {
  const rig = launcherRig(t, shell);
  const gate: GatePolicy = {
    path: join(rig.folder, 'web.gate'),
    backoffMinMs: 1,
    backoffMaxMs: 10,
    breaker: { exits: 3, withinMs: ONE_HOUR },
    neverCodes: [],
    ...over,
  };
  const crash = (how = 'code:3', plan: Partial<LaunchPlan> = {}) =>
    ended(rig.launch({ ...CRASH, gate, ...plan }, 'ignore', how)).then(({ code }) => code);
  return { rig, gate, crash, state: () => readGate(gate.path) };
}

/** A gate as an earlier launcher of this start left it. */
function writeGate(
  rig: LauncherRig,
  exits: readonly number[],
  rest: { state?: Gate['state']; waitedMs?: number } = {},
) {
  const line = ['id-1', rest.state ?? 'run', 1, '-', 0, 3, ONE_HOUR, rest.waitedMs ?? 0, ...exits].join(' ');
  writeFileSync(join(rig.folder, 'web.gate'), `${line}\n`);
}

for (const shell of SHELLS) {
  test(`behind ${shell} a service that exits too often is given up with 79, until it is started anew`, async (t) => {
    const { crash, state, rig } = gateRig(t, shell);
    assert.equal(await crash(''), 3);
    assert.equal(state(), undefined);
    assert.deepEqual([await crash(), state()?.state, state()?.exits], [3, 'run', 1]);
    assert.deepEqual([await crash(), state()?.state, state()?.exits], [3, 'run', 2]);
    assert.deepEqual([await crash(), state()?.state, state()?.exits], [79, 'open', 3]);
    const openedAt = state()?.atUptimeMs ?? 0;
    assert.ok(Math.abs(readUptimeMs() - openedAt) < 60_000);
    // Its schedule does not close the breaker either.
    assert.equal(await crash('code:79'), 79);
    assert.equal(state()?.atUptimeMs, openedAt);
    assert.equal(await crash('', { startId: 'id-2' }), 3);
    assert.deepEqual([await crash('code:3', { startId: 'id-2' }), state()?.startId, state()?.exits], [3, 'id-2', 1]);
    assert.equal(rig.read('web.log'), '');
  });

  test(`behind ${shell} exits grow old, and time spent waiting makes them no older`, async (t) => {
    const { crash, state, rig } = gateRig(t, shell, { breaker: { exits: 3, withinMs: 5_000 } });
    const now = Math.round(readUptimeMs());
    await crash('');
    writeGate(rig, [now - 60_000, now - 50_000]);
    assert.deepEqual([await crash(), state()?.exits], [3, 1]);
    const later = Math.round(readUptimeMs());
    writeGate(rig, [later - 60_000, later - 59_000], { waitedMs: 59_000 });
    assert.deepEqual([await crash(), state()?.state], [79, 'open']);
  });

  test(`behind ${shell} a restart waits its turn, says until when, and its time of waiting is on record`, async (t) => {
    const { rig, gate, state } = gateRig(t, shell, { backoffMinMs: 2_000, backoffMaxMs: 2_000 });
    await ended(rig.launch({ ...CRASH, gate }));
    const child = rig.launch({ gate }, 'ignore', 'code:3');
    await until(() => state()?.state === 'wait');
    const seen = state();
    assert.equal(seen?.launcher.pid, child.pid);
    assert.equal(seen?.exits, 1);
    assert.ok((seen?.atUptimeMs ?? 0) - readUptimeMs() <= 2_000);
    assert.notEqual(rig.read('web.pid'), String(child.pid));
    await until(() => rig.read('web.pid') === String(child.pid));
    assert.equal(state()?.state, 'run');
    const waitedMs = Number(rig.read('web.gate').split(' ')[7]);
    assert.ok(waitedMs >= 1_990, String(waitedMs));
  });

  test(`behind ${shell} a launcher that is killed while it waits frees the lock, and is no exit of the service`, async (t) => {
    const { rig, gate, state, crash } = gateRig(t, shell, { backoffMinMs: 60_000, backoffMaxMs: 60_000 });
    await crash('');
    const child = rig.launch({ gate }, 'ignore', 'code:3');
    await until(() => state()?.state === 'wait' && readTree(child.pid).length === 2);
    const members = readTree(child.pid).map(identify);
    t.after(() => {
      for (const member of members) if (member !== undefined && isAlive(member)) kill(member.pid);
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.deepEqual(readLockHolders([rig.plan.lock]).get(rig.plan.lock), []);
    const again = rig.launch({ gate }, 'ignore', 'signal:SIGKILL');
    await until(() => state()?.launcher.pid === again.pid);
    assert.equal(state()?.exits, 1);
  });

  test(`behind ${shell} a long wait is slept in short pieces, and lasts as long as it should`, async (t) => {
    const { rig, gate, state, crash } = gateRig(t, shell, { backoffMinMs: 5_400, backoffMaxMs: 5_400 });
    await crash('');
    const child = rig.launch({ gate }, 'ignore', 'code:3');
    await until(() => state()?.state === 'wait' && readTree(child.pid).length === 2);
    const [sleeper] = readTree(child.pid).filter((pid) => pid !== child.pid);
    assert.match(readCommandLine(sleeper ?? 0), /sleep 5\.000$/);
    const dueMs = state()?.atUptimeMs ?? 0;
    await until(() => state()?.state === 'run');
    const lateMs = (state()?.atUptimeMs ?? 0) - dueMs;
    assert.ok(lateMs >= 0, String(lateMs));
  });

  test(`behind ${shell} a service that was stopped while its launcher waited does not start any more`, async (t) => {
    const { rig, gate, state, crash } = gateRig(t, shell, { backoffMinMs: 2_000, backoffMaxMs: 2_000 });
    await crash('');
    const child = rig.launch({ gate }, 'ignore', 'code:3');
    const end = ended(child);
    await until(() => state()?.state === 'wait');
    rmSync(join(rig.folder, 'web.launch'));
    assert.equal((await end).code, 78);
    assert.notEqual(rig.read('web.pid'), String(child.pid));
  });

  test(`behind ${shell} what PM2 ended for a restart is no exit, and does not wait`, async (t) => {
    const { crash, state } = gateRig(t, shell, { backoffMinMs: 60_000, backoffMaxMs: 60_000 });
    await crash('');
    for (let times = 0; times < 5; times++) assert.equal(await crash('asked'), 3);
    assert.equal(state(), undefined);
  });

  test(`behind ${shell} a code that is not restarted ends it for good, 0 too; a signal is none of them`, async (t) => {
    for (const code of [0, 2]) {
      const { crash, state } = gateRig(t, shell, { neverCodes: [2, 0] });
      await crash('');
      assert.equal(await crash('signal:SIGKILL'), 3);
      assert.equal(await crash('code:20'), 3);
      assert.deepEqual([await crash(`code:${code}`), state()?.state], [79, 'never']);
      assert.equal(await crash('code:79'), 79);
    }
  });

  test(`behind ${shell} a damaged gate counts as none, and never as code`, async (t) => {
    const now = Math.round(readUptimeMs());
    const damaged = [
      ...[
        '',
        '\n',
        '\0\0\0',
        'id-1',
        'id-1 run',
        `id-1 run 1 - 0 3 9 08 ${now}`,
        'id-1 run 1 - 0 3 9 0 08 0x1 1e3 -5 *',
      ],
      ...[`id-1 run 1 - 0 3 9 ${'9'.repeat(30)}`, `id-1 run 1 - 0 3 9 0 ${'9'.repeat(30)} ${now + ONE_HOUR}`],
      'id-1 run 1 - 0 3 9 a[$(>injected)] b[`>injected`]',
    ];
    const { rig, crash, state } = gateRig(t, shell);
    await crash('');
    for (const text of damaged) {
      writeFileSync(join(rig.folder, 'web.gate'), text);
      assert.deepEqual([await crash(), state()?.exits], [3, 1], JSON.stringify(text));
    }
    assert.equal(existsSync(join(rig.plan.cwd, 'injected')), false);
  });

  test(`behind ${shell} a gate that cannot be written slows the restart down, and nothing else`, async (t) => {
    const { crash } = gateRig(t, shell, { path: '/nowhere/web.gate' });
    await crash('');
    assert.equal(await crash(), 3);
  });

  test(`behind ${shell} the longest backoff and a long window stay within the shell's numbers`, async (t) => {
    const { crash, state, rig } = gateRig(t, shell, {
      backoffMinMs: 1,
      backoffMaxMs: 30 * 86_400_000,
      breaker: { exits: 1_000, withinMs: 365 * 86_400_000 },
    });
    await crash('');
    const now = Math.round(readUptimeMs());
    writeGate(
      rig,
      Array.from({ length: 900 }, () => now - 1),
    );
    const child = rig.launch(
      { ...CRASH, gate: { ...gateOf(rig), backoffMinMs: 1, backoffMaxMs: 30 * 86_400_000 } },
      'ignore',
      'code:3',
    );
    await until(() => state()?.state === 'wait' && state()?.launcher.pid === child.pid);
    assert.equal(state()?.exits, 901);
    const waitMs = (state()?.atUptimeMs ?? 0) - now;
    assert.ok(waitMs > 0 && waitMs <= 30 * 86_400_000 + 60_000, String(waitMs));
  });
}

function gateOf(rig: LauncherRig): GatePolicy {
  return {
    path: join(rig.folder, 'web.gate'),
    backoffMinMs: 1,
    backoffMaxMs: 10,
    breaker: { exits: 1_000, withinMs: 365 * 86_400_000 },
    neverCodes: [],
  };
}
