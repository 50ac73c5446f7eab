import type { SigctlError } from '../errors.js';
import { BadValue } from './bad-value.js';
import { type Declaration, declare, flag, type OptionDeclaration } from './declaration.js';
import { misuse } from './misuse.js';
import { runStatus, type StatusDeps } from './run-status.js';
import { durationOf, JSON_FLAG } from './values.js';

/** Declares `sigctl status`. Tests of parsing pass their own `run`. */
export function statusCommand(deps: StatusDeps, run = runStatus): Declaration {
  return declare<StatusFlags>({
    name: 'status',
    argument: {
      syntax: '[service...]',
      what: 'services to show (default: all); of a single one, everything that is known',
    },
    options: {
      check: flag('--check', 'exit with 3 unless every service that should run is healthy'),
      quiet: flag('-q, --quiet', 'only what needs attention; nothing when all is well'),
      watch: flag('-w, --watch', 'repaint until Ctrl-C', { conflicts: ['check', 'allHosts'] }),
      interval: INTERVAL,
      allHosts: flag('--all-hosts', 'every host of "sigctl host list" in one table'),
      json: JSON_FLAG,
    },
    help: EXAMPLES,
    run: async ({ words: services, flags, config }) => {
      if (flags.allHosts && services[0] !== undefined) throw notOfAllHosts(services[0]);
      if (flags.allHosts) return deps.out.setExitCode(await showHosts(deps, flags));
      const { check, json, quiet, interval } = flags;
      const watchMs = flags.watch ? interval : undefined;
      deps.out.setExitCode(await run(deps, { services, config, check, json, quiet, watchMs }));
    },
  });
}

interface StatusFlags {
  readonly check: boolean;
  readonly quiet: boolean;
  readonly watch: boolean;
  readonly interval: number;
  readonly allHosts: boolean;
  readonly json: boolean;
}

/** A look reads every process of the stack: more often would be work for nobody's eyes. */
const MIN_INTERVAL_MS = 100;

const INTERVAL: OptionDeclaration<number> = {
  flags: '--interval <duration>',
  what: 'how often --watch looks',
  value: 2_000,
  shownValue: '2s',
  implies: { watch: true },
  parse: (text) => {
    const ms = durationOf(text);
    if (ms < MIN_INTERVAL_MS) throw new BadValue('Expected at least 100ms.');
    return ms;
  },
};

/** Loaded only where it is asked for. */
async function showHosts(deps: StatusDeps, flags: StatusFlags): Promise<number> {
  const { runStatusHosts } = await import('./status-hosts.js');
  return runStatusHosts(deps, flags);
}

function notOfAllHosts(service: string): SigctlError {
  const message = `Cannot use ${JSON.stringify(service)} with --all-hosts: it shows whole stacks`;
  return misuse('OPTIONS_CONFLICT', message, 'Without it: sigctl status --all-hosts');
}

const EXAMPLES = `
Examples:
  sigctl status                   all services, those that need attention first
  sigctl status trading           everything known of one (--json: for a script)
  sigctl status --watch           repainted every 2 seconds, until Ctrl-C
  sigctl status --check --quiet   for cron: silent, or what is wrong and exit code 3
  sigctl status --all-hosts       every machine at once

Verdicts: healthy, starting, degraded, unhealthy, stale (alive, its work does
not advance), hung (alive, no heartbeat), down, crash-loop, orphaned (runs, but
not under PM2), duplicate, stopped. Services of the mode come first, then the
others. CPU is the average over the life of the process; memory counts its
children too. --json keeps the order of the manifest; with --watch it prints one
document per line and look.

Exit codes: 0 shown (also after Ctrl-C), 2 wrong use, 3 with --check, 4 the
database cannot be reached; 143 and 129 when a watch ends by SIGTERM or SIGHUP.`;
