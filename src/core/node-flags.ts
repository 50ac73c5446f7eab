import type { ServiceSpec } from './stack.js';

const MIB = 1024 ** 2;
/** Of the service's memory limit: the rest is code, stacks, buffers and what V8 needs for itself. */
const HEAP_SHARE = 0.75;
const HEAP_FLAG = /--max[-_]old[-_]space[-_]size(?:[-_]percentage)?\b/;

export interface NodeFlagInput {
  readonly spec: Pick<ServiceSpec, 'memoryLimitBytes' | 'interpreter' | 'interpreterArgs'>;
  /** Of the service, as it will have it. */
  readonly nodeOptions: string | undefined;
  /** The node that runs sigctl: what it understands is known. */
  readonly execPath: string;
  /** Where a report is written at SIGUSR2. It holds the environment of the process. */
  readonly reportFolder: string;
}

/**
 * What sigctl adds to the command line of a service that runs on node: V8's heap limit from the service's memory limit, so that it
 * collects garbage before it is ended for its size, and a report on a signal. Nothing that the service set itself is touched, and
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
