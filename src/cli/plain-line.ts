import { createDeps } from './deps.js';
import type { Terminal } from './terminal.js';

/** A line that needs no parser, as it means what it says. */
export type PlainLine =
  | { readonly kind: 'version' }
  | { readonly kind: 'status'; readonly check: boolean; readonly json: boolean; readonly quiet: boolean };

const STATUS_FLAGS = ['--check', '--json', '-q', '--quiet', '--no-color'];

/**
 * Recognises `sigctl status` with flags that take no value, and `sigctl --version`: what people and scripts type most. They are run
 * past commander, which costs a tenth of what node needs to start. `undefined`: anything else, which is commander's.
 */
export function plainLineOf(argv: readonly string[]): PlainLine | undefined {
  const [first, ...flags] = argv;
  if (flags.length === 0 && (first === '--version' || first === '-V')) return { kind: 'version' };
  if (first !== 'status' || !flags.every((flag) => STATUS_FLAGS.includes(flag))) return undefined;
  const quiet = flags.includes('-q') || flags.includes('--quiet');
  return { kind: 'status', check: flags.includes('--check'), json: flags.includes('--json'), quiet };
}

/** Does what commander would have done with the line, and returns its exit code. */
export async function runPlainLine(line: PlainLine, terminal: Terminal): Promise<number> {
  const deps = createDeps(terminal, undefined);
  if (line.kind === 'version') {
    terminal.writeOut(`${deps.version}\n`);
    return terminal.exitCode();
  }
  const [{ runStatus }, { createStatusDeps }] = await Promise.all([
    import('../commands/run-status.js'),
    import('./status-deps.js'),
  ]);
  const { check, json, quiet } = line;
  const options = { services: [], config: undefined, watchMs: undefined, check, json, quiet };
  return runStatus(createStatusDeps(deps), options);
}
