import { readFileSync } from 'node:fs';

/** Ticks per second of the times in `/proc/<pid>/stat`: USER_HZ, 100 on every Linux ABI that Node supports. */
const TICKS_PER_SECOND = 100;
const MS_PER_TICK = 1_000 / TICKS_PER_SECOND;
/** Of `rss` in `/proc/<pid>/stat`. 4 KiB everywhere but on some arm64 kernels, which is why memory is read from `status` there. */
const VM_RSS = /^VmRSS:\s+(\d+) kB$/m;

/** One live process, as the kernel shows it. */
export interface ProcStat {
  readonly pid: number;
  /** `R` running, `S` sleeping, `D` in the kernel, `T` stopped by a signal, `t` by a debugger. */
  readonly state: string;
  readonly ppid: number;
  /** Start time in clock ticks since boot, as text: with the pid it identifies the process for good. */
  readonly startToken: string;
  /** User and system time so far. */
  readonly cpuMs: number;
  readonly threads: number;
  /** Resident pages. */
  readonly rssPages: number;
}

/** Reads `/proc/<pid>/stat` (proc(5)). `undefined`: no such process, or a zombie, which does no work any more. */
export function readProcStat(pid: number): ProcStat | undefined {
  const text = readProcFile(pid, 'stat');
  return text === undefined ? undefined : parseProcStat(pid, text);
}

/** Fields behind the command name that are looked at: up to `rss`. */
const FIELDS = 22;

export function parseProcStat(pid: number, text: string): ProcStat | undefined {
  // The command name stands in brackets and may itself hold brackets and blanks; the last one closes it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ', FIELDS);
  const [state, ppid] = fields;
  const startToken = fields[19];
  if (state === undefined || state === 'Z' || state === 'X' || startToken === undefined) return undefined;
  return {
    pid,
    state,
    ppid: Number(ppid),
    startToken,
    cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK,
    threads: Number(fields[17]),
    rssPages: Number(fields[21]),
  };
}

/** Resident memory of one process in bytes; 0 when it is gone. */
export function readResidentBytes(pid: number): number {
  const match = VM_RSS.exec(readProcFile(pid, 'status') ?? '');
  return match === null ? 0 : Number(match[1]) * 1024;
}

/** The command line, arguments joined by blanks; empty when unknown. */
export function readCommandLine(pid: number): string {
  return (readProcFile(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim();
}

/** When a process with this start token started, in epoch milliseconds, by the clock of now. */
export function startedAtMs(startToken: string, nowMs: number): number {
  return Math.round(bootedAtMs(nowMs) + ticksToMs(startToken));
}

/** When the machine was started, in epoch milliseconds, by the clock of now. Not rounded. */
export function bootedAtMs(nowMs: number): number {
  return nowMs - readUptimeMs();
}

/** A start time in clock ticks since boot, as milliseconds. */
export function ticksToMs(startToken: string): number {
  return Number(startToken) * MS_PER_TICK;
}

/** Milliseconds since boot. Unlike the time of day it never jumps. */
export function readUptimeMs(): number {
  return Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1_000;
}

let bootId: string | undefined;

/** Identifies this boot of the machine: start times of another boot mean nothing. Read once, as no process outlives its boot. */
export function readBootId(): string {
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return bootId;
}

function readProcFile(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // ENOENT or ESRCH: the process ended between two looks. There is nothing to read, which is an answer.
    return undefined;
  }
}
