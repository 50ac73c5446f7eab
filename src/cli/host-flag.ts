import { EXIT, SigctlError } from '../errors.js';

/** A line that is meant for another machine. */
export interface RemoteLine {
  /** `@prod`, `prod` or `user@vps:/srv/app`, as typed. */
  readonly host: string;
  /** What sigctl over there is to run. */
  readonly argv: readonly string[];
}

const EXAMPLE = 'For example: sigctl --host user@vps:/srv/app status';

/**
 * Takes the host out of a line: `sigctl @prod status`, `sigctl --host user@vps status`. Pure.
 *
 * @returns `undefined`: the line is for this machine.
 * @throws {SigctlError} `HOST_MISSING` (exit 2): `--host` without a value, or nothing to run.
 */
export function splitHost(argv: readonly string[]): RemoteLine | undefined {
  const [first = '', ...others] = argv;
  if (first.startsWith('@')) return complete(first, others);
  const end = argv.indexOf('--');
  const index = argv.findIndex(
    (word, at) => (end < 0 || at < end) && (word === '--host' || word.startsWith('--host=')),
  );
  if (index < 0) return undefined;
  const isAttached = argv[index] !== '--host';
  const host = isAttached ? argv[index]?.slice('--host='.length) : argv[index + 1];
  if (host?.startsWith('-') && !isAttached) {
    throw missing(`Cannot use ${JSON.stringify(host)} as --host: no address begins with a dash`, EXAMPLE);
  }
  if (host === undefined || host === '') {
    throw missing('Cannot read the line: --host has no value', EXAMPLE);
  }
  return complete(host, [...argv.slice(0, index), ...argv.slice(index + (isAttached ? 1 : 2))]);
}

function complete(host: string, argv: readonly string[]): RemoteLine {
  if (argv.length > 0) return { host, argv };
  const typed = host.startsWith('@') ? host : `--host ${host}`;
  throw missing(`Cannot run nothing on "${host}"`, `sigctl ${typed} status`);
}

function missing(message: string, hint: string): SigctlError {
  return new SigctlError(message, { code: 'HOST_MISSING', hint, exitCode: EXIT.usage });
}
