import { type Random, seededRandom } from './random.js';
import { MODE_NAMES, type ModeName, SERVICES, type ServiceName } from './services.js';

/** One command of an operator. The stack is always addressed by names, so that nothing depends on what ran before. */
export type CliCommand =
  | { readonly verb: 'start' | 'stop' | 'restart'; readonly services: readonly ServiceName[] }
  | { readonly verb: 'mode'; readonly mode: ModeName }
  | { readonly verb: 'backup' };

/** Whom a signal is for: a service by name, or a part of the machinery. */
export type Victim = ServiceName | 'pm2' | 'watchdog';

/** How a running command is disturbed. */
export type CliFate =
  | { readonly kind: 'left-alone' }
  | { readonly kind: 'killed'; readonly afterMs: number }
  | { readonly kind: 'frozen'; readonly afterMs: number; readonly forMs: number };

export type Action =
  | { readonly kind: 'cli'; readonly command: CliCommand; readonly fate: CliFate }
  | { readonly kind: 'kill'; readonly victim: Victim; readonly signal: 'SIGKILL' | 'SIGSEGV' | 'SIGTERM' }
  | { readonly kind: 'freeze'; readonly victim: Victim; readonly forMs: number }
  /** SIGKILL for PM2 and the watchdog at once, then, with nobody left to start anything, a crash perhaps, then `sigctl recover`. */
  | {
      readonly kind: 'both-gone';
      readonly crash:
        | { readonly victim: ServiceName; readonly signal: 'SIGKILL' | 'SIGSEGV'; readonly afterMs: number }
        | undefined;
      /** From the kills, or from the crash. */
      readonly recoverAfterMs: number;
      /** A first `recover` is killed so long after it began, and typed again. */
      readonly killedAfterMs: number | undefined;
    }
  | { readonly kind: 'disk-full'; readonly forMs: number }
  | { readonly kind: 'lock-database'; readonly forMs: number }
  /** Cuts status.db to this share of its size, then brings it back from a backup. */
  | { readonly kind: 'truncate-database'; readonly share: number }
  | { readonly kind: 'wait'; readonly forMs: number };

export type BothGone = Extract<Action, { readonly kind: 'both-gone' }>;

/** Things that happen at offsets from the beginning of the step, side by side. */
export interface Step {
  readonly actions: readonly { readonly atMs: number; readonly action: Action }[];
}

const SOME_SERVICES = SERVICES as readonly ServiceName[] as readonly [ServiceName, ...ServiceName[]];
const VICTIMS: readonly [Victim, ...Victim[]] = [...SOME_SERVICES, 'pm2', 'watchdog'];

/** Decides the next step. It never asks what the world looks like, so that a seed names one list of steps on any machine. */
export function nextStep(random: Random): Step {
  const count = random.pick([1, 1, 1, 2, 2, 3]);
  const actions = Array.from({ length: count }, (_, index) => ({
    atMs: index === 0 ? 0 : random.whole(0, 1_500),
    action: nextAction(random),
  }));
  // A lost database is brought back by commands of its own: together with others, nobody could say what was asked for.
  const lone = actions.find(({ action }) => action.kind === 'truncate-database');
  return { actions: lone === undefined ? actions : [{ ...lone, atMs: 0 }] };
}

function nextAction(random: Random): Action {
  const roll = random.fraction();
  if (roll < 0.4) return { kind: 'cli', command: nextCommand(random), fate: nextFate(random) };
  if (roll < 0.6) {
    return {
      kind: 'kill',
      victim: random.pick(VICTIMS),
      signal: random.pick(['SIGKILL', 'SIGKILL', 'SIGSEGV', 'SIGTERM']),
    };
  }
  if (roll < 0.68) return nextBothGone(random);
  if (roll < 0.83) return { kind: 'freeze', victim: random.pick(VICTIMS), forMs: random.whole(200, 6_000) };
  if (roll < 0.88) return { kind: 'disk-full', forMs: random.whole(500, 4_000) };
  if (roll < 0.94) return { kind: 'lock-database', forMs: random.whole(500, 6_000) };
  if (roll < 0.96) return { kind: 'truncate-database', share: random.pick([0, 0.3, 0.9]) };
  return { kind: 'wait', forMs: random.whole(200, 3_000) };
}

/**
 * Takes two decisions from the stream, as the kill did that a seed had in its place before: the other steps of that seed are what they
 * were. What it decides itself comes from a stream of its own.
 */
function nextBothGone(random: Random): Action {
  const own = seededRandom(random.whole(0, 0xffff_ffff) ^ random.whole(0, 0xffff_ffff));
  const crash: BothGone['crash'] = own.chance(0.5)
    ? { victim: own.pick(SOME_SERVICES), signal: own.pick(['SIGKILL', 'SIGSEGV']), afterMs: own.whole(0, 1_500) }
    : undefined;
  return {
    kind: 'both-gone',
    crash,
    recoverAfterMs: own.whole(0, 2_500),
    killedAfterMs: own.chance(0.25) ? own.whole(100, 2_000) : undefined,
  };
}

function nextCommand(random: Random): CliCommand {
  const roll = random.fraction();
  if (roll < 0.4) return { verb: 'start', services: random.some(SOME_SERVICES) };
  if (roll < 0.65) return { verb: 'restart', services: random.some(SOME_SERVICES) };
  if (roll < 0.75) return { verb: 'stop', services: random.some(SOME_SERVICES) };
  if (roll < 0.92) return { verb: 'mode', mode: random.pick(MODE_NAMES) };
  return { verb: 'backup' };
}

function nextFate(random: Random): CliFate {
  const roll = random.fraction();
  if (roll < 0.6) return { kind: 'left-alone' };
  // Squared: a command that finds its work done takes 200 ms, one that starts services takes seconds.
  const afterMs = Math.round(2_000 * random.fraction() ** 2);
  return roll < 0.9 ? { kind: 'killed', afterMs } : { kind: 'frozen', afterMs, forMs: random.whole(200, 3_000) };
}

export function commandLine(command: CliCommand): readonly string[] {
  switch (command.verb) {
    case 'mode':
      return ['mode', command.mode];
    case 'backup':
      return ['backup'];
    default:
      return [command.verb, ...command.services];
  }
}

/** One line for the step list of a report. */
export function describeStep(step: Step): string {
  return step.actions
    .map(({ atMs, action }) => `${atMs === 0 ? '' : `+${atMs} ms `}${describeAction(action)}`)
    .join(' | ');
}

function describeAction(action: Action): string {
  switch (action.kind) {
    case 'cli':
      return `sigctl ${commandLine(action.command).join(' ')}${describeFate(action.fate)}`;
    case 'kill':
      return `${action.signal} to ${action.victim}`;
    case 'freeze':
      return `SIGSTOP ${action.victim} for ${action.forMs} ms`;
    case 'both-gone':
      return describeBothGone(action);
    case 'truncate-database':
      return `cut status.db to ${action.share * 100} %, restore`;
    default:
      return `${action.kind} for ${action.forMs} ms`;
  }
}

function describeBothGone({ crash, recoverAfterMs, killedAfterMs }: BothGone): string {
  const between = crash === undefined ? '' : `, ${crash.signal} to ${crash.victim} ${crash.afterMs} ms later`;
  const first = killedAfterMs === undefined ? '' : ` (a first one killed after ${killedAfterMs} ms)`;
  return `SIGKILL to pm2 and watchdog at once${between}, sigctl recover after ${recoverAfterMs} ms${first}`;
}

function describeFate(fate: CliFate): string {
  if (fate.kind === 'left-alone') return '';
  return fate.kind === 'killed'
    ? `, killed after ${fate.afterMs} ms`
    : `, frozen after ${fate.afterMs} ms for ${fate.forMs} ms`;
}
