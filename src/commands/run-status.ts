import type { ServiceDetail } from '../core/service-detail.js';
import type { ServiceReport } from '../core/service-report.js';
import { isFine } from '../core/verdict.js';
import { EXIT } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderStatus, type StatusHeading } from '../render/status-table.js';
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
  /** For sentences, which are broken between words on a terminal; a table is not (default: `out.print`). */
  readonly say?: Output['print'];
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

/** Shows the stack once, or again and again. */
export async function runStatus(deps: StatusDeps, options: StatusOptions): Promise<number> {
  if (options.watchMs !== undefined) return watch(deps, options, options.watchMs);
  const { render, isTroubled } = await look(deps, options);
  const text = render(deps.out.width);
  const { out, say = out.print } = deps;
  if (text !== '') (options.quiet ? say : out.print)(text);
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
  const all = reportsAbout(view, options.services);
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

/** Who asks about one service does not wait for a look at the others. */
function reportsAbout({ stack, reports }: StackView, [name, ...more]: readonly string[]): readonly ServiceReport[] {
  const isListed = more.length === 0 && stack.services.some((spec) => spec.name === name);
  return isListed ? reports(name) : reports();
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
