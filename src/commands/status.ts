import { Command } from 'commander';
import type { ServiceReport } from '../core/service-report.js';
import { isFine } from '../core/verdict.js';
import { EXIT } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderStatus } from '../render/status-table.js';
import { type GlobalFlags, jsonOption } from './options.js';
import { selectNames } from './select-services.js';
import type { Output, StackView } from './session.js';
import type { StatusHostsDeps } from './status-hosts.js';

/** The only things `status` may touch. */
export interface StatusDeps {
  readonly readView: (config: string | undefined) => Promise<StackView>;
  readonly readAllHosts: StatusHostsDeps['readAllHosts'];
  readonly nowMs: () => number;
  readonly out: Pick<Output, 'print' | 'width' | 'colour' | 'setExitCode'>;
}

export interface StatusOptions {
  readonly services: readonly string[];
  readonly config: string | undefined;
  readonly check: boolean;
  readonly json: boolean;
}

/** Declares `sigctl status`. Tests of parsing pass their own `run`. */
export function statusCommand(deps: StatusDeps, run = runStatus): Command {
  return new Command('status')
    .description('Show of each service whether it does its work, and why not')
    .argument('[service...]', 'services to show (default: all)')
    .option('--check', 'exit with 3 unless every service that should run is healthy', false)
    .option('--all-hosts', 'every host of "sigctl host list" in one table', false)
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (services: string[], flags: StatusFlags, command: Command) => {
      const { config } = command.optsWithGlobals<GlobalFlags>();
      if (flags.allHosts) return deps.out.setExitCode(await showHosts(deps, flags));
      deps.out.setExitCode(await run(deps, { services, config, check: flags.check, json: flags.json }));
    });
}

interface StatusFlags {
  readonly check: boolean;
  readonly allHosts: boolean;
  readonly json: boolean;
}

/** Loaded only where it is asked for. */
async function showHosts(deps: StatusDeps, flags: StatusFlags): Promise<number> {
  const { runStatusHosts } = await import('./status-hosts.js');
  return runStatusHosts(deps, flags);
}

const EXAMPLES = `
Examples:
  sigctl status                    all services
  sigctl status trading --json     everything known of one, for a script
  sigctl status --check            for cron: exit code 3 when something is wrong
  sigctl status --all-hosts        every machine at once; one that cannot be reached is named with the reason

Verdicts: healthy, starting, degraded, unhealthy, stale (alive, its work does not advance), hung (alive, no heartbeat),
down, crash-loop, orphaned (runs, but not under PM2), duplicate, stopped.
CPU is the average over the life of the process; memory counts its children too.
Exit codes: 0 shown, 2 wrong use, 3 with --check, 4 the database cannot be reached.`;

export async function runStatus(deps: StatusDeps, options: StatusOptions): Promise<number> {
  const view = await deps.readView(options.config);
  const all = view.reports();
  const names = selectNames([...new Set(all.map((report) => report.service))], options.services);
  const reports = all.filter((report) => names.length === 0 || names.includes(report.service));
  const isDaemonStopped = view.isDaemonStopped ?? false;
  const heading = {
    name: view.stack.name,
    mode: view.mode ?? null,
    daemonPid: view.daemonPid ?? null,
    isDaemonStopped,
    watchdog: view.watchdog ?? null,
    isWatched: view.stack.watch.enabled,
    undelivered: view.undelivered ?? null,
  };
  deps.out.print(
    options.json
      ? renderJson({
          stack: { name: view.stack.name, root: view.stack.root, manifest: view.stack.manifestPath, home: view.home },
          mode: heading.mode,
          asOf: new Date(deps.nowMs()).toISOString(),
          daemon: { pid: heading.daemonPid, stopped: isDaemonStopped },
          watchdog: {
            enabled: heading.isWatched,
            pid: heading.watchdog?.pid ?? null,
            memoryBytes: heading.watchdog?.memoryBytes ?? null,
            stopped: heading.watchdog?.isStopped ?? false,
          },
          alerts: { undelivered: view.undelivered?.count ?? 0, givenUp: view.undelivered?.dead ?? 0 },
          services: reports,
        })
      : renderStatus(reports, heading, deps.out),
  );
  return options.check && (isDaemonStopped || reports.some(needsAttention)) ? EXIT.notInState : EXIT.ok;
}

/** `starting` is not there yet: a script that checks waits for healthy. */
function needsAttention(report: ServiceReport): boolean {
  return !isFine(report.verdict) || report.verdict === 'starting';
}
