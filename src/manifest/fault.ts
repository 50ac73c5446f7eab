import { EXIT, SigctlError } from '../errors.js';
import { describeFound, shorten } from './describe-found.js';

/** One thing that is wrong with a manifest. */
export interface Fault {
  /** Where: `apps[1].sigctl.ready.within`. */
  readonly path: string;
  /** Name of the app, where it is known. */
  readonly app: string | undefined;
  /** What stands there, in words: shortened, and never the value of a variable (see `describeFound`). */
  readonly found: string;
  readonly expected: string;
}

/** One refusal that lists every fault, one a line, in the given order. Code `MANIFEST_INVALID`. */
export function manifestInvalid(manifestPath: string, faults: readonly Fault[], cause?: unknown): SigctlError {
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return new SigctlError([`Cannot use manifest "${manifestPath}": ${count}`, ...faults.map(formatFault)].join('\n  '), {
    code: 'MANIFEST_INVALID',
    hint: `Nothing was started or stopped. Correct ${manifestPath}; every key is explained by "sigctl help manifest"`,
    exitCode: EXIT.usage,
    cause,
  });
}

/** `apps[1].sigctl.ready.within ("trading"): found "soon", expected a duration`. */
export function formatFault(fault: Fault): string {
  const app = fault.app === undefined ? '' : ` (${describeFound(fault.app)})`;
  return `${fault.path}${app}: found ${fault.found}, expected ${fault.expected}`;
}

/** `['apps', 1, 'env', 'my-key']` as `apps[1].env["my-key"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const key = String(part);
    if (!/^[\w$]+$/.test(key)) return `${text}[${shorten(JSON.stringify(key))}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}
