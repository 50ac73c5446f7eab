import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdersOf, type Proc, readProc, readProcs } from './proc.js';
import { PROGRAMS, SERVICES, type ServiceName } from './services.js';

/** How the processes of this world are told from all others: by their environment, which the suite gave them. */
export interface WorldMarks {
  readonly id: string;
  readonly home: string;
}

/** What really runs, from `/proc` alone. */
export interface Reality {
  /** The services' own processes; helpers that they forked are not among them. */
  readonly services: ReadonlyMap<ServiceName, readonly Proc[]>;
  readonly daemons: readonly Proc[];
  readonly watchdogs: readonly Proc[];
}

export function readReality({ id, home }: WorldMarks): Reality {
  const procs = readProcs();
  const has = (proc: Proc, variable: string): boolean => proc.environ.includes(variable);
  const ours = procs.filter((proc) => has(proc, `CHAOS_WORLD=${id}`));
  const runs = (proc: Proc, service: ServiceName): boolean =>
    has(proc, `SIGCTL_SERVICE=${service}`) && proc.command.includes(PROGRAMS[service]);
  return {
    services: new Map(SERVICES.map((service) => [service, roots(ours.filter((proc) => runs(proc, service)))])),
    daemons: roots(procs.filter((proc) => has(proc, `PM2_HOME=${home}/pm2`) && isDaemon(proc))),
    watchdogs: roots(
      procs.filter((proc) => has(proc, `SIGCTL_HOME=${home}`) && proc.command.includes('watchdog/main')),
    ),
  };
}

/** The daemon gives itself a title, cut to the length of its command line; what it spawns begins as `env` or `sh`. */
function isDaemon({ command }: Proc): boolean {
  return /^PM2|Daemon\.js/.test(command);
}

/** Without those whose parent is also among them: a fork on its way to becoming a helper still looks like its parent. */
function roots(procs: readonly Proc[]): readonly Proc[] {
  return procs.filter((proc) => !procs.some((other) => other.pid === proc.ppid));
}

/** Processes that hold a service's lock and are not the service: children that outlived it, or a launcher that waits. */
export function lockHolders({ home }: WorldMarks, service: ServiceName): readonly Proc[] {
  return holdersOf(join(home, 'run', `${service}.lock`)).flatMap((pid) => readProc(pid) ?? []);
}

/** Everything that belongs to this world: by its environment, its locks or its folder in the command line. */
export function readBelongings({ id, home }: WorldMarks, base: string, strangers: readonly number[]): readonly Proc[] {
  const signs = [`CHAOS_WORLD=${id}`, `SIGCTL_HOME=${home}`, `PM2_HOME=${home}/pm2`];
  return readProcs().filter(
    (proc) =>
      proc.pid !== process.pid &&
      !strangers.includes(proc.pid) &&
      (proc.command.includes(base) || signs.some((sign) => proc.environ.includes(sign))),
  );
}

/** The identities that are there in both of two looks a moment apart: what is just ending is not counted. */
export async function lasting<T>(look: () => readonly T[], identity: (item: T) => string): Promise<readonly T[]> {
  const first = new Set(look().map(identity));
  await sleep(100);
  return look().filter((item) => first.has(identity(item)));
}
