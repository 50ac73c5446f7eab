import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../src/process/identity.js';
import { readLaunchRecord } from '../../src/process/launch-record.js';
import { assertKept, assertSound, assertWhole, readCommitted, startWriting } from './kill-rig.js';
import { collect, kill, type Rig, until } from './rig.js';

/** `SIGCTL_LONG=1` kills 200 times, which takes four minutes on a machine of two cores. */
const KILLS = process.env['SIGCTL_LONG'] === '1' ? 200 : 20;

/** Whoever writes to a database of the stack. */
const PROCESSES = ['market-data', 'trading', 'writer', 'watchdog', 'pm2'] as const;
const COMMANDS = [
  ['restart', 'trading'],
  ['stop', 'market-data'],
  ['start'],
  ['mode', 'half'],
  ['mode', 'full'],
  ['backup', '--keep', '2'],
] as const;
/**
 * Longest time from a command's start to its death. It follows the machine, or a fast one would end most commands before their death:
 * a command that was done by then halves it, one that was cut short makes it longer again.
 */
const FIRST_COMMAND_MS = 600;
const LONGER = 1.4;
const PAUSE_MS = 150;
/** On a slow machine. */
const SECONDS_PER_KILL = 20;

test('SIGKILL of any process at a random moment while it writes: every database stays sound, and no committed row is gone', {
  timeout: 80 * 60_000,
}, async (t) => {
  const rig = await startWriting(t, KILLS * SECONDS_PER_KILL);
  assert.equal((await rig.sigctl(['mode', 'full'])).exitCode, 0);
  const first = readCommitted(rig);
  let cutShort = 0;
  let commandMs = FIRST_COMMAND_MS;
  for (let round = 0; round < KILLS; round++) {
    await everybodyWrites(rig);
    const command = round % 2 === 0 ? COMMANDS[(round / 2) % COMMANDS.length] : undefined;
    const victim = PROCESSES[((round - 1) / 2) % PROCESSES.length];
    const context = `after kill ${round + 1}, of ${command?.join(' ') ?? victim}`;
    let before = readCommitted(rig);
    if (command !== undefined) {
      const child = rig.spawn(command);
      const ended = collect(child);
      await sleep(Math.random() * commandMs);
      before = readCommitted(rig);
      kill(child.pid ?? 0);
      const wasCutShort = (await ended).signal === 'SIGKILL';
      commandMs *= wasCutShort ? LONGER : 0.5;
      if (wasCutShort) cutShort += 1;
    } else if (victim !== undefined) {
      await sleep(Math.random() * PAUSE_MS);
      before = readCommitted(rig);
      killProcess(rig, victim);
    }
    assertSound(rig, context);
    assertWhole(rig, context);
    assertKept(rig, before, context);
  }
  assert.ok(cutShort >= KILLS / 10, `only ${cutShort} commands were cut short`);
  await everybodyWrites(rig);
  assert.equal((await rig.sigctl(['stop'])).exitCode, 0);
  assertSound(rig, 'at the end');
  assertKept(rig, first, 'at the end');
});

/** By its launch record: a PID file may name a process that an earlier round has killed. */
function killProcess(rig: Rig, key: string): void {
  const identity = readLaunchRecord(join(rig.home, 'run', `${key}.lock`))?.identity;
  if (identity !== undefined && isAlive(identity)) kill(identity.pid);
}

/** All services are up again and have committed something new: a kill of one that rests would show nothing. */
async function everybodyWrites(rig: Rig): Promise<void> {
  const before = new Map(readCommitted(rig).map(({ where, last }) => [where.table, last]));
  const started = await rig.sigctl(['mode', 'full']);
  assert.equal(started.exitCode, 0, started.stdout + started.stderr);
  const grown = (table: string) =>
    readCommitted(rig).some(({ where, last }) => where.table === table && last > (before.get(table) ?? 0));
  await until(() => ['candles', 'evaluations', 'a'].every(grown));
}
