import type { ServiceSpec } from './stack.js';

const MIB = 1024 ** 2;
/** Of the service's memory limit: the rest is code, stacks, buffers and what V8 needs for itself. */
const HEAP_SHARE = 0.75;
const HEAP_FLAG = /--max[-_]old[-_]space[-_]size(?:[-_]percentage)?\b/;
/** Whoever sets one of these has plans of his own with the inspector, or wants none. */
const INSPECT_FLAG = /--(?:(?:no[-_])?inspect|debug[-_]port|disable[-_]sigusr1)/;

export interface NodeFlagInput {
  readonly spec: Pick<ServiceSpec, 'memoryLimitBytes' | 'interpreter' | 'interpreterArgs'>;
  /** Of the service, as it will have it. */
  readonly nodeOptions: string | undefined;
  /** The node that runs sigctl: what it understands is known. */
  readonly execPath: string;
  /** Where a report is written at SIGUSR2. It holds the environment of the process. */
  readonly reportFolder: string;
  /** Of 127.0.0.1: where its inspector listens if it is opened, by a SIGUSR1. See `inspectPort`. */
  readonly inspectPort: number;
}

/**
 * What sigctl adds to the command line of a service that runs on node: V8's heap limit from the service's memory limit, so that it
 * collects garbage before it is ended for its size, a report on a signal, and where its inspector would listen. Nothing that the service set itself is touched, and
 * its environment stays as it is: programs that it starts are its own affair.
 */
export function nodeFlags(input: NodeFlagInput): readonly string[] {
  const { interpreter, interpreterArgs } = input.spec;
  if (interpreter === undefined || interpreter !== input.execPath) return [];
  const given = [input.nodeOptions ?? '', ...interpreterArgs].join(' ');
  const heapMb = heapLimitMb(input.spec.memoryLimitBytes);
  return [
    ...(heapMb === undefined || HEAP_FLAG.test(given) ? [] : [`--max-old-space-size=${heapMb}`]),
    ...(/--report[-_]/.test(given) ? [] : reportFlags(input.reportFolder)),
    ...(INSPECT_FLAG.test(given) ? [] : inspectFlags(input.inspectPort)),
  ];
}

/** In whole megabytes, as V8 takes it. */
export function heapLimitMb(memoryLimitBytes: number | undefined): number | undefined {
  return memoryLimitBytes === undefined ? undefined : Math.max(1, Math.floor((memoryLimitBytes * HEAP_SHARE) / MIB));
}

function reportFlags(folder: string): readonly string[] {
  // Without its network part: that may look up names, and wait for them.
  return ['--report-on-signal', '--report-signal=SIGUSR2', `--report-directory=${folder}`, '--report-exclude-network'];
}

/**
 * The inspector stays closed until node gets a SIGUSR1. Its address holds a number that nobody can guess; it is told in the
 * service's log only, and not to whoever asks the port by HTTP.
 */
export function inspectFlags(port: number): readonly string[] {
  return [`--inspect-port=127.0.0.1:${port}`, '--inspect-publish-uid=stderr'];
}

const FIRST_PORT = 61_000;
const PORTS = 4_000;

/**
 * A port for a process's inspector, always the same for the same seed, above those that Linux gives to clients. Not 0: a service that
 * uses node:cluster gives its workers this port plus one, plus two, …, and node refuses to run with a port below 1024.
 */
export function inspectPort(seed: string): number {
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (const char of seed) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return FIRST_PORT + ((hash >>> 0) % PORTS);
}
