import { Command, InvalidArgumentError, Option } from 'commander';
import type { ServiceDetail } from '../core/service-detail.js';
import type { ServiceReport } from '../core/service-report.js';
import { isFine } from '../core/verdict.js';
import { EXIT, type SigctlError } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderStatus, type StatusHeading } from '../render/status-table.js';
import { misuse } from './misuse.js';
import { durationArgument, type GlobalFlags, jsonOption } from './options.js';
import { selectNames } from './select-services.js';
import type { Output, StackView } from './session.js';
import type { StatusHostsDeps } from './status-hosts.js';
import type { Screen } from './status-watch.js';

/** The only things `status` may touch. */
export interface StatusDeps {
  /** `note` takes what is odd about what was read; left out, it goes to stderr. */
  readonly readView: (config: string | undefined, note?: (text: string) => void) => Promise<StackView>;
  readonly readDetail: (view: StackView, reports: readonly ServiceReport[]) => Promise<ServiceDetail>;
  readonly readAllHosts: StatusHostsDeps['readAllHosts'];
  readonly openScreen: () => Promise<Screen>;
  readonly nowMs: () => number;
  readonly out: Pick<Output, 'print' | 'width' | 'colour' | 'setExitCode'>;
}

export interface StatusOptions {
  readonly services: readonly string[];
  readonly config: string | undefined;
  readonly check: boolean;
  readonly json: boolean;
  /** Only what wants somebody. */
  readonly quiet: boolean;
  /** How often to look, until somebody ends it; `undefined`: once. */
  readonly watchMs: number | undefined;
}

/** Declares `sigctl status`. Tests of parsing pass their own `run`. */
export function statusCommand(deps: StatusDeps, run = runStatus): Command {
  return new Command('status')
    .description('Show of each service whether it does its work, and why not')
    .argument('[service...]', 'services to show (default: all); of a single one, everything that is known')
    .option('--check', 'exit with 3 unless every service that should run is healthy', false)
    .option('-q, --quiet', 'only what needs attention; nothing when all is well', false)
    .addOption(new Option('-w, --watch', 'repaint until Ctrl-C').default(false).conflicts(['check', 'allHosts']))
    .addOption(intervalOption())
    .option('--all-hosts', 'every host of "sigctl host list" in one table', false)
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (services: string[], flags: StatusFlags, command: Command) => {
      const { config } = command.optsWithGlobals<GlobalFlags>();
      if (flags.allHosts && services[0] !== undefined) throw notOfAllHosts(services[0]);
      if (flags.allHosts) return deps.out.setExitCode(await showHosts(deps, flags));
      const { check, json, quiet, interval } = flags;
      const watchMs = flags.watch ? interval : undefined;
      deps.out.setExitCode(await run(deps, { services, config, check, json, quiet, watchMs }));
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

function intervalOption(): Option {
  return new Option('--interval <duration>', 'how often --watch looks')
    .default(2_000, '2s')
    .argParser((text) => {
      const ms = durationArgument(text);
      if (ms < MIN_INTERVAL_MS) throw new InvalidArgumentError('Expected at least 100ms.');
      return ms;
    })
    .implies({ watch: true });
}

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

export async function runStatus(deps: StatusDeps, options: StatusOptions): Promise<number> {
  if (options.watchMs !== undefined) return watch(deps, options, options.watchMs);
  const { render, isTroubled } = await look(deps, options);
  const text = render(deps.out.width);
  if (text !== '') deps.out.print(text);
  return options.check && isTroubled ? EXIT.notInState : EXIT.ok;
}

async function watch(deps: StatusDeps, options: StatusOptions, intervalMs: number): Promise<number> {
  const { runWatch } = await import('./status-watch.js');
  return runWatch(deps, {
    intervalMs,
    json: options.json,
    look: async () => {
      const notes: string[] = [];
      const { render } = await look(deps, options, (text) => notes.push(text));
      if (options.json) return (width) => JSON.stringify(JSON.parse(render(width)));
      return (width) => [render(width), ...notes].join('\n');
    },
  });
}

interface Look {
  /** For a width in columns. */
  readonly render: (width: number) => string;
  readonly isTroubled: boolean;
}

/** Reads once what is to be shown. */
async function look(deps: StatusDeps, options: StatusOptions, note?: (text: string) => void): Promise<Look> {
  const view = await deps.readView(options.config, note);
  const all = view.reports();
  const names = selectNames([...new Set(all.map((report) => report.service))], options.services);
  const named = all.filter((report) => names.length === 0 || names.includes(report.service));
  const reports = options.quiet ? named.filter(needsAttention) : named;
  const isDaemonStopped = view.isDaemonStopped ?? false;
  const heading = headingOf(view);
  const detail = names.length === 1 && !options.quiet ? await deps.readDetail(view, named) : undefined;
  const isTroubled = isDaemonStopped || named.some(needsAttention);
  const { colour } = deps.out;
  if (options.json) {
    const text = renderJson({ ...jsonHead(view, deps.nowMs()), services: reports, ...jsonDetail(detail) });
    return { render: () => text, isTroubled };
  }
  if (options.quiet) {
    const { renderQuiet } = await import('../render/status-quiet.js');
    return { render: () => renderQuiet(reports, heading, colour), isTroubled };
  }
  if (detail !== undefined) {
    const { renderDetail } = await import('../render/service-detail.js');
    const style = { colour, nowMs: deps.nowMs(), root: view.stack.root, mode: heading.mode };
    return { render: (width) => renderDetail(detail, { ...style, width }), isTroubled };
  }
  return { render: (width) => renderStatus(reports, heading, { width, colour }), isTroubled };
}

function headingOf(view: StackView): StatusHeading {
  const mode = view.mode ?? null;
  return {
    name: view.stack.name,
    mode,
    members: mode === null ? undefined : view.stack.modes[mode],
    known: view.stack.services.map(({ name }) => name),
    daemonPid: view.daemonPid ?? null,
    isDaemonStopped: view.isDaemonStopped ?? false,
    watchdog: view.watchdog ?? null,
    isWatched: view.stack.watch.enabled,
    undelivered: view.undelivered ?? null,
  };
}

function jsonHead({ stack, home, mode, daemonPid, isDaemonStopped, watchdog, undelivered }: StackView, nowMs: number) {
  return {
    stack: { name: stack.name, root: stack.root, manifest: stack.manifestPath, home },
    mode: mode ?? null,
    asOf: new Date(nowMs).toISOString(),
    daemon: { pid: daemonPid ?? null, stopped: isDaemonStopped ?? false },
    watchdog: {
      enabled: stack.watch.enabled,
      pid: watchdog?.pid ?? null,
      memoryBytes: watchdog?.memoryBytes ?? null,
      stopped: watchdog?.isStopped ?? false,
    },
    alerts: { undelivered: undelivered?.count ?? 0, givenUp: undelivered?.dead ?? 0 },
  };
}

/** What the reports do not say already. */
function jsonDetail(detail: ServiceDetail | undefined) {
  if (detail === undefined) return {};
  const processes = detail.processes.map(({ report, ...rest }) => ({ key: report.key, ...rest }));
  return { detail: { service: detail.service, manifest: detail.spec, processes } };
}

/** `starting` is not there yet: a script that checks waits for healthy. */
function needsAttention(report: ServiceReport): boolean {
  return !isFine(report.verdict) || report.verdict === 'starting';
}
