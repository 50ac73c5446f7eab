import { Command, InvalidArgumentError } from 'commander';
import type { DeployHost, DeploySource, HostFacts, SwitchOutcome, SwitchRequest } from '../core/deploy.js';
import { releaseId } from '../core/release.js';
import { formatSize } from '../core/size.js';
import { EXIT, SigctlError } from '../errors.js';
import { renderDeployed, renderDeployPlan, renderRolledBack } from '../render/deploy.js';
import { renderJson } from '../render/json.js';
import { exitCodeOfInterrupt, type InterruptSignal } from './exit-code.js';
import { durationArgument, jsonOption } from './options.js';
import type { Output } from './session.js';

const DEFAULT_KEEP = 5;
const DEFAULT_GATE_MS = 60_000;
const DEFAULT_SETTLE_MS = 3_000;

/** The only things `deploy` may touch. */
export interface DeployDeps {
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** For whoever finds the host locked: `root@laptop since 12:00`. */
  readonly who: () => string;
  /** @throws {SigctlError} `DEPLOY_SOURCE_INVALID` (exit 2). */
  readonly readSource: (from: string | undefined, git: string | undefined) => Promise<DeploySource>;
  /** As it is typed: `@prod`. @throws {SigctlError} `HOST_UNKNOWN`, `HOST_INVALID`. */
  readonly openHost: (typed: string) => {
    readonly host: DeployHost;
    readonly interruptedBy: () => InterruptSignal | undefined;
  };
  readonly out: Pick<Output, 'print' | 'note' | 'colour' | 'setExitCode'>;
}

export interface DeployOptions {
  readonly host: string;
  readonly git: string | undefined;
  readonly from: string | undefined;
  readonly mode: string | undefined;
  readonly keep: number;
  readonly install: string | undefined;
  readonly build: string | undefined;
  readonly gateMs: number;
  readonly settleMs: number;
  readonly rollback: boolean;
  readonly outcome: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** Declares `sigctl deploy`. Tests of parsing pass their own `run`. */
export function deployCommand(deps: DeployDeps, run = runDeploy): Command {
  return new Command('deploy')
    .argument('<host>', '@prod, or user@vps:/srv/app; the folder holds the releases')
    .option('--from <dir>', 'the project (default: the current folder); in a checkout what git does not ignore')
    .option('--git <ref>', 'a commit, branch or tag instead of the files as they are')
    .option('--mode <mode>', 'the mode to put in force (default: what runs goes on; at first what start starts)')
    .option('--keep <n>', 'how many releases stay', countArgument, DEFAULT_KEEP)
    .option('--install <command>', 'instead of npm ci')
    .option('--build <command>', 'instead of npm run build, where package.json has that')
    .option('--gate <duration>', 'how long all may take to be healthy (default: 60s)', durationArgument)
    .option('--settle <duration>', 'for how long it has to stay so (default: 3s)', durationArgument)
    .option('--rollback', 'switch to the release before', false)
    .option('--outcome', 'how the last switch there ended', false)
    .option('--dry-run', 'look at the host, and change nothing', false)
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (host: string, flags: DeployFlags) => {
      const { gate: gateMs = DEFAULT_GATE_MS, settle: settleMs = DEFAULT_SETTLE_MS, ...rest } = flags;
      const texts = { git: flags.git, from: flags.from, mode: flags.mode, install: flags.install, build: flags.build };
      deps.out.setExitCode(await run(deps, { ...rest, ...texts, host, gateMs, settleMs }));
    });
}

interface DeployFlags extends Pick<DeployOptions, 'keep' | 'rollback' | 'outcome' | 'dryRun' | 'json'> {
  readonly git?: string;
  readonly from?: string;
  readonly mode?: string;
  readonly install?: string;
  readonly build?: string;
  readonly gate?: number;
  readonly settle?: number;
}

function countArgument(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return count;
}

const EXAMPLES = `
Examples:
  sigctl deploy @prod                     the project as it is here
  sigctl deploy @prod --git v1.4.0        a tag; --dry-run shows what it would do
  sigctl deploy @prod --rollback          back to the release before

Over there releases/ holds the last ones, current leads to the one in force, and
shared/ has .sigctl, logs, backups and .env for all of them. New code is
installed and looked at before anything is touched. Then services reload one
after the other, or restart where they cannot. If one fails, or not all is
healthy in time, the former release is back in force. So it is after Ctrl-C. A
lost connection changes nothing: --outcome tells how it went.

Exit codes: 0 in force; 1 not in force, all as before; 2 wrong use; 4 the host
cannot be reached or used; 130 interrupted, all as before; 143 by SIGTERM.`;

export async function runDeploy(deps: DeployDeps, options: DeployOptions): Promise<number> {
  if (options.rollback && (options.git ?? options.from) !== undefined) throw contradiction();
  const isNew = !options.rollback && !options.outcome;
  const source = isNew ? await deps.readSource(options.from, options.git) : undefined;
  const { host, interruptedBy } = deps.openHost(options.host);
  const show = createSteps(deps);
  try {
    const seen = await show('check', () => host.check(isNew && !options.dryRun), describeFacts);
    if (options.outcome) {
      const outcome = await host.lastOutcome(seen, show.line);
      return conclude(deps, options, { outcome, removed: [], by: undefined });
    }
    const planned = source === undefined ? previousOf(seen, options.host) : releaseId(deps.nowMs(), source.shortId);
    if (options.dryRun) return printPlan(deps, options, { facts: seen, release: planned, source });
    await host.lock(seen.root, deps.who());
    // Another deploy may have ended between that look and the lock: which release was before is known only now.
    const facts = await host.check(false);
    const release = source === undefined ? previousOf(facts, options.host) : planned;
    if (source !== undefined) await prepare(host, { facts, release, source, options, show });
    const by = interruptedBy();
    if (by !== undefined) {
      if (source !== undefined) await host.discard(facts, release);
      return tellInterrupted(deps, options, by);
    }
    const outcome = await host.switchTo(switchRequest(deps, options, facts, release), show.line);
    // Where the way back failed, something may still run from it.
    const isUnused = outcome.kind === 'rolled-back' && outcome.rollbackFault === null;
    if (isUnused && source !== undefined) await host.discard(facts, release);
    const removed = outcome.kind === 'done' ? await host.prune(facts, options.keep) : [];
    return conclude(deps, options, { outcome, removed, by: interruptedBy() });
  } catch (error) {
    // A connection that Ctrl-C ended is no fault of the host.
    const by = interruptedBy();
    if (by === undefined) throw error;
    return tellInterrupted(deps, options, by);
  } finally {
    host.close();
  }
}

interface Preparation {
  readonly facts: HostFacts;
  readonly release: string;
  readonly source: DeploySource;
  readonly options: DeployOptions;
  readonly show: ReturnType<typeof createSteps>;
}

/** All that may fail without a trace. */
async function prepare(host: DeployHost, { facts, release, source, options, show }: Preparation): Promise<void> {
  const { install, build } = options;
  try {
    await show(
      'upload',
      () => host.upload(facts, source, release),
      () => source.shown,
    );
    await show(
      'install',
      () => host.install(facts, release, { install, build }),
      () => '',
    );
    await show(
      'doctor',
      () => host.inspect(facts, release),
      () => '',
    );
  } catch (error) {
    await host.discard(facts, release);
    throw error;
  }
}

/** Tells each step on stderr once it is over, with how long it took. */
function createSteps({ out, nowMs }: Pick<DeployDeps, 'out' | 'nowMs'>) {
  const show = async <T>(name: string, work: () => Promise<T>, describe: (value: T) => string): Promise<T> => {
    const startedAtMs = nowMs();
    const value = await work();
    const took = ((nowMs() - startedAtMs) / 1_000).toFixed(1);
    out.note([`${name.padEnd(8)} ${took}s`, describe(value)].filter(Boolean).join('  '));
    return value;
  };
  return Object.assign(show, { line: (text: string) => out.note(`switch   ${text}`) });
}

function describeFacts({ node, root, freeBytes }: HostFacts): string {
  return `${root}, node ${node}, ${formatSize(freeBytes)} free`;
}

function switchRequest(
  deps: DeployDeps,
  { mode, gateMs, settleMs }: DeployOptions,
  { root }: HostFacts,
  release: string,
): SwitchRequest {
  return { id: deps.newId(), root, release, mode, gateMs, settleMs };
}

function printPlan(
  { out }: DeployDeps,
  { host, mode, install, build, keep, json }: DeployOptions,
  {
    facts,
    release,
    source,
  }: { readonly facts: HostFacts; readonly release: string; readonly source: DeploySource | undefined },
): number {
  const files = source?.kind === 'folder' ? source.files?.length : undefined;
  const shown = source?.shown ?? 'the release before';
  const plan = { host, facts, release, source: shown, files, install, build, mode, keep };
  out.print(json ? renderJson({ ok: true, plan }) : renderDeployPlan(plan, out.colour));
  return EXIT.ok;
}

interface Conclusion {
  readonly outcome: SwitchOutcome;
  readonly removed: readonly string[];
  readonly by: InterruptSignal | undefined;
}

function conclude({ out }: DeployDeps, { host, json }: DeployOptions, { outcome, removed, by }: Conclusion): number {
  const ok = outcome.kind === 'done';
  if (json) out.print(renderJson({ ok, outcome, removed }));
  else out.print(ok ? renderDeployed(outcome, removed, out.colour) : renderRolledBack(outcome, host, out.colour));
  if (ok) return EXIT.ok;
  return outcome.isInterrupted ? exitCodeOfInterrupt(by) : EXIT.failed;
}

function previousOf({ previous, releases }: HostFacts, host: string): string {
  if (previous !== undefined && releases.includes(previous)) return previous;
  throw new SigctlError(`Cannot go back on "${host}": there is no release before this one`, {
    code: 'DEPLOY_NO_PREVIOUS',
    hint: `sigctl deploy ${host} --git <ref>, with a commit that was good`,
    exitCode: EXIT.failed,
  });
}

function tellInterrupted({ out }: DeployDeps, { json }: DeployOptions, by: InterruptSignal): number {
  const message = 'Interrupted before the switch: nothing changed there';
  const error = { code: 'INTERRUPTED', message, hint: 'Type the command again to begin anew' };
  if (json) out.print(renderJson({ ok: false, error }));
  else out.note(message);
  return exitCodeOfInterrupt(by);
}

function contradiction(): SigctlError {
  return new SigctlError('Cannot go back and deploy something at once', {
    code: 'DEPLOY_CONTRADICTION',
    hint: 'sigctl deploy @prod --rollback, without --git and --from',
    exitCode: EXIT.usage,
  });
}
