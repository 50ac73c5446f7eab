import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** One live process (no zombie) as `/proc` shows it. Read on its own, not through sigctl's code: this is the judge. */
export interface Proc {
  readonly pid: number;
  readonly ppid: number;
  readonly token: string;
  /** One letter of proc(5): `T` is stopped. */
  readonly state: string;
  readonly command: string;
  readonly environ: readonly string[];
}

export function readProc(pid: number): Proc | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = 'Z', ppid] = fields;
    if (state === 'Z' || state === 'X') return undefined;
    return {
      pid,
      ppid: Number(ppid),
      token: fields[19] ?? '',
      state,
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
      environ: readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0'),
    };
  } catch {
    // It ended between two reads.
    return undefined;
  }
}

export function readProcs(): readonly Proc[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProc(Number(name)) ?? []);
}

/** The pids that have this file open. */
export function holdersOf(file: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && openFiles(name).includes(file))
    .map(Number);
}

function openFiles(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => linkTarget(`/proc/${pid}/fd/${fd}`));
  } catch {
    // It ended.
    return [];
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

export function uptimeMs(): number {
  return Math.round(Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1_000);
}
