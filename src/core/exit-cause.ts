import { formatLimit } from './duration.js';
import type { ProcessExit } from './observed-process.js';
import { formatSize } from './size.js';

/** Why a process started or ended, one word each. */
export const CAUSES = [
  'operator',
  'mode',
  'boot',
  'crash',
  'signal',
  'memory-limit',
  'heap-limit',
  'hung',
  'stale',
  'unhealthy',
  'port-taken',
  'dependency',
  'pm2-death',
  'reboot',
  'refused',
  'completed',
  'taken-back',
  'cron',
] as const;

/** What was announced before the end of a process. `detail.reason` holds its words, `detail.command` what was typed. */
export interface AnnouncedExit {
  readonly cause: string;
  readonly actor: string;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

/** All that is known of one ended process. */
export interface ExitFacts {
  /** Whose exit is told by PM2, as its parent; PM2's daemon itself has none. */
  readonly parent: 'pm2' | 'none';
  /** `undefined`: nobody was there to see it. */
  readonly exit: Pick<ProcessExit, 'code' | 'signal'> | undefined;
  readonly announced: AnnouncedExit | undefined;
  /** PM2 ended it, and sigctl did not tell it to. */
  readonly pm2Order: Pm2Order | undefined;
  /** The kernel killed it for want of memory; `null` otherwise, and where no cgroup tells. */
  readonly kernelKill: KernelKill | null;
  readonly memoryLimitBytes: number | undefined;
  /** What this very process printed last, oldest first. */
  readonly lines: readonly string[];
  /** The machine has been started anew since. */
  readonly rebooted: boolean;
  /** The service's own last word on why it ends, from its row in the status table. */
  readonly ownReason: string | null;
  readonly successCodes: readonly number[];
  readonly oneshot: boolean;
  readonly hasCron: boolean;
  readonly killTimeoutMs: number;
  /** Largest seen. */
  readonly memoryBytes: number | null;
  /** `--max-old-space-size`, where one is set. */
  readonly heapLimitBytes: number | undefined;
  readonly port: number | undefined;
  /** Asked only when a port turns out to be taken: `pid 812 (node web.js)`. */
  readonly describeHolder: (port: number) => string | undefined;
}

export interface KernelKill {
  /** How often it has killed in this cgroup, and how often because the cgroup was at its limit. */
  readonly kills: number;
  readonly hits: number;
  /** Of the cgroup, or of the whole machine, which had none left. */
  readonly wanting: 'limit' | 'machine';
  /** Tells this cgroup from those that the process had before, whose counts are their own. */
  readonly cgroup: string;
  /** Its own limit, which lies above the service's; `null` where that cannot be read any more. */
  readonly limitBytes: number | null;
}

export type Pm2Order =
  /** Its own worker saw it above the limit. */
  | { readonly kind: 'memory'; readonly memoryBytes: number; readonly limitBytes: number }
  /** The daemon itself was told to end by a signal, and ended everybody. */
  | { readonly kind: 'end'; readonly signal: string }
  /** By its cron schedule, or because somebody typed a pm2 command. */
  | { readonly kind: 'stop' };

export interface ExitStory {
  readonly cause: string;
  /** `operator root`, `watchdog`, `pm2`, `machine`, `service` (by itself), `unknown` (a signal from outside). */
  readonly actor: string;
  /** In words and numbers. */
  readonly reason: string;
}

/**
 * Why a process ended. Pure and total. What was announced counts first; then what only the circumstances can tell (a reboot, PM2's
 * death, an order of PM2's own), then what it printed, and last its code or signal.
 */
export function explainExit(facts: ExitFacts): ExitStory {
  return (
    announced(facts) ??
    unseen(facts) ??
    orderedByPm2(facts) ??
    killedByKernel(facts) ??
    heapLimit(facts) ??
    portTaken(facts) ??
    bySignal(facts) ??
    byCode(facts)
  );
}

function announced(facts: ExitFacts): ExitStory | undefined {
  const { announced: told, parent } = facts;
  if (told === undefined) return undefined;
  const { cause, actor, detail } = told;
  const words = textOf(detail, 'reason') ?? intentWords(told);
  return { cause, actor, reason: `${words}${parent === 'none' ? '' : howItEnded(facts)}` };
}

function intentWords({ cause, actor, detail }: AnnouncedExit): string {
  const command = textOf(detail, 'command');
  const typed = command === undefined ? '' : ` ("sigctl ${command}")`;
  switch (cause) {
    case 'mode':
      return `stopped by ${actor} with a change of mode${typed}`;
    case 'boot':
      return `ended in order with its boot unit: a shutdown or a reboot, or "systemctl stop"`;
    case 'operator':
      return `${command?.startsWith('restart') === true ? 'restarted' : 'stopped'} by ${actor}${typed}`;
    case 'taken-back':
      return `ended by the ${actor} to be started again under a new PM2 daemon, as the old one had died`;
    default:
      return `ended by the ${actor}: ${cause}`;
  }
}

function howItEnded({ exit, killTimeoutMs, kernelKill }: ExitFacts): string {
  if (kernelKill !== null) return `; before it could end in order, the kernel killed it${atLimit(kernelKill)}`;
  if (exit === undefined) return '; nobody saw its exit code, as PM2 was not its parent';
  if (exit.signal === 'SIGKILL') {
    return `; it did not end within ${formatLimit(killTimeoutMs)} of the first signal and was killed`;
  }
  return '';
}

function unseen({ exit, parent, rebooted }: ExitFacts): ExitStory | undefined {
  if (rebooted && exit === undefined) {
    return {
      cause: 'reboot',
      actor: 'machine',
      reason: 'the machine was started anew: what ran before is gone, and nobody saw how it ended',
    };
  }
  if (exit !== undefined) return undefined;
  if (parent === 'none') {
    return { cause: 'pm2-death', actor: 'unknown', reason: "PM2's daemon ended, and sigctl did not end it" };
  }
  return {
    cause: 'pm2-death',
    actor: 'pm2',
    reason: "it ended while PM2's daemon, its parent, was dead: nobody saw its exit code, and nobody restarted it",
  };
}

function orderedByPm2({ pm2Order, hasCron, rebooted }: ExitFacts): ExitStory | undefined {
  if (pm2Order === undefined) return undefined;
  if (pm2Order.kind === 'end') return endedWithDaemon(pm2Order.signal, rebooted);
  if (pm2Order.kind === 'memory') {
    const numbers = `${formatSize(pm2Order.memoryBytes)} of ${formatSize(pm2Order.limitBytes)}`;
    const reason = `above its memory limit: ${numbers} (seen by PM2's own worker)`;
    return { cause: 'memory-limit', actor: 'pm2', reason };
  }
  if (hasCron) return { cause: 'cron', actor: 'pm2', reason: 'restarted on the schedule of its cron_restart' };
  return { cause: 'operator', actor: 'pm2', reason: 'PM2 was told to end it, and not by sigctl (a pm2 command?)' };
}

function endedWithDaemon(signal: string, rebooted: boolean): ExitStory {
  if (rebooted) {
    const reason = `PM2's daemon got ${signal} as the machine went down, and ended it`;
    return { cause: 'reboot', actor: 'machine', reason };
  }
  const reason = `PM2's daemon was told to end by ${signal} (the machine was going down, or a kill by hand), and ended it`;
  return { cause: 'pm2-death', actor: 'pm2', reason };
}

function killedByKernel({ kernelKill, memoryBytes, memoryLimitBytes }: ExitFacts): ExitStory | undefined {
  if (kernelKill === null) return undefined;
  if (kernelKill.wanting === 'machine') return killedForMachine(memoryBytes, memoryLimitBytes);
  const limit = memoryLimitBytes === undefined ? '' : ` of ${formatSize(memoryLimitBytes)}`;
  const seen = memoryBytes === null ? '' : `; ${formatSize(memoryBytes)} were seen before`;
  const reason = `it grew past its memory limit${limit} faster than anybody could end it in order: the kernel killed it${atLimit(kernelKill)}${seen}`;
  return { cause: 'memory-limit', actor: 'kernel', reason };
}

function killedForMachine(memoryBytes: number | null, limitBytes: number | undefined): ExitStory {
  const limit = limitBytes === undefined ? '' : ` of ${formatSize(limitBytes)}`;
  const seen = memoryBytes === null ? '' : `; ${formatSize(memoryBytes)}${limit} were seen before`;
  const reason = `the machine ran out of memory, and the kernel chose this process to kill (journalctl -k | grep -i oom)${seen}`;
  return { cause: 'signal', actor: 'kernel', reason };
}

function atLimit({ limitBytes, wanting }: KernelKill): string {
  if (wanting === 'machine') return ', as the machine ran out of memory';
  return limitBytes === null ? '' : ` at ${formatSize(limitBytes)}`;
}

/** V8 aborts; a shell around it gives 128 + the signal's number. */
const ABORTS = { signals: ['SIGABRT', 'SIGTRAP', 'SIGILL'], codes: [132, 133, 134] };

function heapLimit({ exit, lines, memoryBytes, heapLimitBytes }: ExitFacts): ExitStory | undefined {
  const aborted = ABORTS.signals.includes(exit?.signal ?? '') || ABORTS.codes.includes(exit?.code ?? 0);
  if (!aborted || !lines.some((line) => line.includes('JavaScript heap out of memory'))) return undefined;
  const limit = heapLimitBytes === undefined ? '' : ` of ${formatSize(heapLimitBytes)} (--max-old-space-size)`;
  const seen = memoryBytes === null ? '' : `; memory ${formatSize(memoryBytes)} at most`;
  return { cause: 'heap-limit', actor: 'service', reason: `V8 reached its heap limit${limit} and aborted${seen}` };
}

const TAKEN = /EADDRINUSE|address already in use/i;
const TAKEN_PORT = /(?:address already in use|EADDRINUSE)\b.*?:(\d{1,5})\b/i;

function portTaken({ exit, lines, port, describeHolder }: ExitFacts): ExitStory | undefined {
  if (exit?.signal != null || exit?.code === 0) return undefined;
  const telling = lines.filter((text) => TAKEN.test(text));
  if (telling.length === 0) return undefined;
  // node prints it twice: `Error: listen EADDRINUSE: … 127.0.0.1:3001`, then `code: 'EADDRINUSE'` among the properties.
  const named = telling.map((text) => TAKEN_PORT.exec(text)?.[1]).findLast((found) => found !== undefined);
  const taken = named === undefined ? port : Number(named);
  const holder = taken === undefined ? undefined : describeHolder(taken);
  const which = taken === undefined ? 'its port' : `port ${taken}`;
  return {
    cause: 'port-taken',
    actor: 'service',
    reason: `${which} is taken${holder === undefined ? '' : ` by ${holder}`}: ${withCode(exit)}`,
  };
}

function withCode(exit: ExitFacts['exit']): string {
  return `it exited with code ${exit?.code ?? 0}`;
}

/** Signals that a process brings upon itself. */
const FAULTS: Readonly<Record<string, string>> = {
  SIGSEGV: 'it touched memory that is not its own: a fault in machine code (a native module, the runtime)',
  SIGBUS: 'it touched memory that cannot be read: a fault in machine code, or a mapped file that was cut',
  SIGILL: 'an instruction that this processor does not have, or a trap of the runtime',
  SIGFPE: 'a fault of arithmetic in machine code',
  SIGABRT: 'it gave up on itself (abort)',
  SIGTRAP: 'a trap of the runtime',
  SIGSYS: 'a system call that it may not make',
  SIGXCPU: 'above its limit of processor time',
  SIGXFSZ: 'above its limit of file size',
  SIGPIPE: 'it wrote into a pipe that nobody reads',
};

function bySignal({ exit, ownReason }: ExitFacts): ExitStory | undefined {
  const signal = exit?.signal ?? undefined;
  if (signal === undefined) {
    if (ownReason === null || !/^SIG[A-Z]+$/.test(ownReason)) return undefined;
    const reason = `it ended in order on ${ownReason}, which came from outside sigctl: ${withCode(exit)}`;
    return { cause: 'signal', actor: 'unknown', reason };
  }
  const fault = FAULTS[signal];
  if (fault !== undefined) return { cause: 'signal', actor: 'service', reason: `it died of ${signal}: ${fault}` };
  if (signal === 'SIGKILL') {
    const reason =
      "killed by SIGKILL, and nobody of sigctl did it: by hand, or by the kernel's OOM killer (journalctl -k | grep -i oom)";
    return { cause: 'signal', actor: 'unknown', reason };
  }
  return {
    cause: 'signal',
    actor: 'unknown',
    reason: `ended by ${signal} from outside sigctl (a kill by hand, or the machine was going down)`,
  };
}

/** What a shell's exit code above this tells: a death by signal of the command that it waited for. */
const SHELL_SIGNAL_BASE = 128;
const SHELL_SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  6: 'SIGABRT',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};

function byCode({ exit, successCodes, oneshot, ownReason }: ExitFacts): ExitStory {
  const code = exit?.code ?? 0;
  const own = ownReason === null ? '' : `; its own word: ${ownReason}`;
  if (successCodes.includes(code)) {
    const what = oneshot ? 'it has done its work and' : 'it';
    return { cause: 'completed', actor: 'service', reason: `${what} ended by itself with code ${code}${own}` };
  }
  const inner = SHELL_SIGNALS[code - SHELL_SIGNAL_BASE];
  const hint = inner === undefined ? '' : `, which a shell gives when its command dies of ${inner}`;
  return { cause: 'crash', actor: 'service', reason: `it ended by itself with code ${code}${hint}${own}` };
}

function textOf(detail: AnnouncedExit['detail'], name: string): string | undefined {
  const value = detail?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
