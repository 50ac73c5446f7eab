import { createSleepers, hasSupervisor, type Sleepers, type SupervisorName } from './sleepers.js';
import type { BenchCommand } from './stack.js';
import { renderTimes, type Timed, timeInTurn } from './time-in-turn.js';

const SIZES = [5, 50, 200] as const;
/** Held against node once more each, and shown with these words. */
const READS: readonly (readonly string[])[] = [
  ['status'],
  ['status', '--json'],
  ['status', 's0'],
  ['mode'],
  ['why', 's0'],
  ['history'],
  ['config'],
  ['env', 's0'],
  ['alerts'],
  ['logs', '-n', '20'],
  ['host', 'list'],
  ['wait', '--timeout', '0'],
  ['--help'],
  ['--version'],
];

export interface TimesOptions {
  readonly runs: number;
  readonly json: boolean;
}

/** `npm run bench -- sizes`: what it takes to see the states of 5, 50 and 200 services, with each supervisor that is installed. */
export function benchSizes({ runs, json }: TimesOptions): void {
  const times = SIZES.flatMap((count): readonly Timed[] => {
    const measured = withStacks(count, (stacks) => timeInTurn(listCommands(stacks, count), runs));
    return count === SIZES[0] ? measured : measured.slice(1);
  });
  console.log(json ? JSON.stringify(times, undefined, 2) : renderTimes('to see all states', times));
}

/** `npm run bench -- reads`: each command that only looks, with five services. */
export function benchReads({ runs, json }: TimesOptions): void {
  const sigctl = createSleepers('sigctl', 5);
  try {
    sigctl.start();
    const commands = READS.map((args) => [`sigctl ${args.join(' ')}`, sigctl.command(...args)]);
    const times = timeInTurn({ 'node -e 0': bareNode(sigctl), ...Object.fromEntries(commands) }, runs);
    console.log(json ? JSON.stringify(times, undefined, 2) : `${renderTimes('five services', times)}\n`);
  } finally {
    sigctl.tearDown();
  }
}

function withStacks<T>(count: number, use: (stacks: ReadonlyMap<SupervisorName, Sleepers>) => T): T {
  const names: readonly SupervisorName[] = ['sigctl', 'pm2', ...(hasSupervisor() ? (['supervisor'] as const) : [])];
  const stacks = new Map(names.map((name) => [name, createSleepers(name, count)]));
  try {
    for (const stack of stacks.values()) stack.start();
    return use(stacks);
  } finally {
    for (const stack of stacks.values()) stack.tearDown();
  }
}

function listCommands(stacks: ReadonlyMap<SupervisorName, Sleepers>, count: number): Record<string, BenchCommand> {
  const commands: Record<string, BenchCommand> = {};
  const [sigctl, pm2, supervisor] = [stacks.get('sigctl'), stacks.get('pm2'), stacks.get('supervisor')];
  if (sigctl !== undefined) {
    commands['node -e 0'] = bareNode(sigctl);
    commands[`sigctl status, ${count} services`] = sigctl.command('status');
  }
  if (pm2 !== undefined) {
    commands[`pm2 ls, ${count}`] = pm2.command('ls');
    commands[`pm2 jlist, ${count}`] = pm2.command('jlist');
  }
  const config = ['-c', 'supervisord.conf'];
  if (supervisor !== undefined) commands[`supervisorctl status, ${count}`] = supervisor.command(...config, 'status');
  return commands;
}

function bareNode(stack: Sleepers): BenchCommand {
  return { ...stack.command('-e', '0'), program: process.execPath };
}
