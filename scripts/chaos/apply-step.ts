import { setTimeout as sleep } from 'node:timers/promises';
import { type CliRun, collectCli, spawnCli } from './cli.js';
import { lockDatabase } from './database-faults.js';
import { openSpan } from './deeds.js';
import { type Proc, uptimeMs } from './proc.js';
import { readReality } from './reality.js';
import { type Action, type BothGone, type CliFate, commandLine, type Step, type Victim } from './step.js';
import { surviveTruncation } from './survive-truncation.js';
import type { World } from './world.js';

/** What came of one action, for the checks and for the report. */
export interface Deed {
  readonly action: Action;
  /** The command's end, where the action was one. */
  readonly run: CliRun | undefined;
  /** What happened, in words; empty when that is plain from the action. */
  readonly note: string;
  readonly faults: readonly string[];
}

/** Carries out one step: every action at its offset, and waits until the last one is over. */
export function applyStep(world: World, step: Step): Promise<readonly Deed[]> {
  return Promise.all(
    step.actions.map(async ({ atMs, action }) => {
      await sleep(atMs);
      return { action, run: undefined, note: '', faults: [], ...(await applyAction(world, action)) };
    }),
  );
}

async function applyAction(world: World, action: Action): Promise<Partial<Omit<Deed, 'action'>>> {
  switch (action.kind) {
    case 'cli':
      return runDisturbed(world, commandLine(action.command), action.fate);
    case 'kill':
      return { note: kill(world, action.victim, action.signal) };
    case 'freeze':
      return { note: await freeze(world, action.victim, action.forMs) };
    case 'both-gone':
      return loseBoth(world, action);
    case 'disk-full':
      return { note: await fillDisk(world, action.forMs) };
    case 'lock-database':
      await lockDatabase(world, action.forMs);
      return {};
    case 'truncate-database':
      return { faults: await surviveTruncation(world, action.share) };
    case 'wait':
      await sleep(action.forMs);
      return {};
  }
}

async function runDisturbed(world: World, args: readonly string[], fate: CliFate): Promise<{ readonly run: CliRun }> {
  const child = spawnCli(world, args);
  const collected = collectCli(child, args);
  if (fate.kind !== 'left-alone') {
    await sleep(fate.afterMs);
    child.kill(fate.kind === 'killed' ? 'SIGKILL' : 'SIGSTOP');
    if (fate.kind === 'killed') world.deeds.commandKilledAtMs = uptimeMs();
  }
  if (fate.kind === 'frozen') {
    await sleep(fate.forMs);
    child.kill('SIGCONT');
  }
  return { run: await collected };
}

function kill(world: World, victim: Victim, signal: NodeJS.Signals): string {
  const proc = findVictim(world, victim);
  if (proc === undefined) return `no ${victim} to signal`;
  if (victim === 'pm2') openSpan(world.deeds.daemonLapses);
  send(world, proc, signal);
  return `pid ${proc.pid}`;
}

async function freeze(world: World, victim: Victim, forMs: number): Promise<string> {
  const proc = findVictim(world, victim);
  if (proc === undefined) return `no ${victim} to stop`;
  const lapse = victim === 'pm2' ? openSpan(world.deeds.daemonLapses) : undefined;
  send(world, proc, 'SIGSTOP');
  await sleep(forMs);
  send(world, proc, 'SIGCONT');
  lapse?.close();
  return `pid ${proc.pid}`;
}

async function loseBoth(
  world: World,
  { crash, recoverAfterMs, killedAfterMs }: BothGone,
): Promise<{ readonly run: CliRun; readonly note: string }> {
  const both = (['pm2', 'watchdog'] as const).map((victim) => [victim, findVictim(world, victim)] as const);
  openSpan(world.deeds.daemonLapses);
  // Found first, and then killed within microseconds: neither starts the other again.
  for (const [, proc] of both) if (proc !== undefined) send(world, proc, 'SIGKILL');
  const notes = both.map(([victim, proc]) => (proc === undefined ? `no ${victim} to signal` : `pid ${proc.pid}`));
  if (crash !== undefined) {
    await sleep(crash.afterMs);
    notes.push(kill(world, crash.victim, crash.signal));
  }
  await sleep(recoverAfterMs);
  if (killedAfterMs !== undefined) await runDisturbed(world, ['recover'], { kind: 'killed', afterMs: killedAfterMs });
  const { run } = await runDisturbed(world, ['recover'], { kind: 'left-alone' });
  return { run, note: notes.join(', ') };
}

async function fillDisk(world: World, forMs: number): Promise<string> {
  if (world.disk === undefined) return 'skipped: a tmpfs cannot be mounted here';
  const span = openSpan(world.deeds.fullDisks);
  world.disk.fill();
  await sleep(forMs);
  world.disk.empty();
  span.close();
  return world.diskPlace;
}

/** By `/proc` alone. Several of them would be a fault, and the checks find it. */
function findVictim(world: World, victim: Victim): Proc | undefined {
  const reality = readReality(world);
  if (victim === 'pm2') return reality.daemons[0];
  return victim === 'watchdog' ? reality.watchdogs[0] : reality.services.get(victim)?.[0];
}

function send({ deeds }: World, { pid, token }: Proc, signal: NodeJS.Signals): void {
  deeds.signals.push({ pid, token, signal });
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it ended by itself a moment ago.
  }
}
