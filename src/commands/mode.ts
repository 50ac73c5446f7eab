import { type ModePlan, planMode } from '../core/mode-plan.js';
import type { StartOutcome, StopOutcome } from '../core/outcome.js';
import type { Stack } from '../core/stack.js';
import { EXIT, type SigctlError } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderModePlan, renderModes } from '../render/mode-plan.js';
import { renderOutcomes } from '../render/outcomes.js';
import { type Declaration, declare, flag } from './declaration.js';
import { exitCodeOfStart } from './exit-code.js';
import { misuse } from './misuse.js';
import { unknownMode } from './select-services.js';
import { withProgress } from './service-command.js';
import type { MutatingDeps, ProgressView, StackSession, StackView } from './session.js';
import { membersOf } from './start.js';
import { JSON_FLAG, WAIT_OPTION } from './values.js';

export interface ModeDeps extends MutatingDeps {
  readonly readView: (config: string | undefined) => Promise<StackView>;
}

export interface ModeOptions {
  /** `undefined`: show the modes. */
  readonly mode: string | undefined;
  readonly config: string | undefined;
  readonly waitMs: number;
  readonly dryRun: boolean;
  /** When a service fails: back to what ran before. */
  readonly rollback: boolean;
  readonly json: boolean;
}

/** Declares `sigctl mode`. Tests of parsing pass their own `run`. */
export function modeCommand(deps: ModeDeps, run = runMode): Declaration {
  return declare<ModeFlags>({
    name: 'mode',
    argument: { syntax: '[mode]', what: 'mode of the manifest (without one: show the modes and the one in force)' },
    options: {
      dryRun: flag('--dry-run', 'print the plan and change nothing'),
      rollbackOnFailure: flag('--rollback-on-failure', 'when a service fails, go back to what ran before'),
      wait: WAIT_OPTION,
      json: JSON_FLAG,
    },
    help: EXAMPLES,
    run: async ({ words: [mode], flags, config }) => {
      const { wait: waitMs, dryRun, json, rollbackOnFailure: rollback } = flags;
      deps.out.setExitCode(await run(deps, { mode, config, waitMs, dryRun, rollback, json }));
    },
  });
}

interface ModeFlags {
  readonly wait: number;
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly rollbackOnFailure: boolean;
}

const EXAMPLES = `
Examples:
  sigctl mode                             the modes, and the one in force
  sigctl mode standard --dry-run          what would be stopped and started
  sigctl mode standard                    do it, and wait until all are ready
  sigctl mode full --rollback-on-failure  all or nothing: if one fails, what ran before runs again

Exit codes: 0 done, or already so; 1 a service failed; 2 wrong use; 4 PM2 or the database cannot be reached;
130 interrupted, 143 by SIGTERM.`;

const STOPS_GO_ON = 'what is being stopped is waited for, and nothing more is started; Ctrl-C again leaves at once';

export async function runMode(deps: ModeDeps, options: ModeOptions): Promise<number> {
  if (options.mode === undefined) return showModes(deps, options);
  const mode = options.mode;
  return withProgress(deps, (view) =>
    deps.withSession(
      {
        config: options.config,
        waitMs: options.waitMs,
        command: `mode ${mode}`,
        onProgress: view.report,
        check: ({ stack }) => requireMode(stack, mode),
        interruptNote: STOPS_GO_ON,
      },
      (session) => switchMode(deps, session, mode, options, view),
    ),
  );
}

async function switchMode(
  deps: ModeDeps,
  session: StackSession,
  mode: string,
  options: ModeOptions,
  view: ProgressView,
): Promise<number> {
  const { out } = deps;
  const plan = makePlan(session, mode);
  const before = { mode: session.mode, ...session.presence() };
  const shown = () => renderModePlan(plan, before, out.colour);
  if (options.dryRun) {
    out.print(options.json ? renderJson({ plan }) : shown());
    return EXIT.ok;
  }
  if (!options.json) out.note(shown());
  const { stopped, started } = await applyPlan(session, plan);
  const isStuck = stopped.some((outcome) => outcome.kind === 'failed');
  const exitCode = isStuck ? EXIT.failed : exitCodeOfStart(started, session.interruptedBy());
  const back = exitCode === EXIT.failed && options.rollback ? await rollBack(session, plan, before) : undefined;
  view.done();
  const rolledBack = back === undefined ? {} : { rolledBack: back };
  out.print(
    options.json
      ? renderJson({ plan, stopped, started, ...rolledBack, ok: exitCode === EXIT.ok })
      : renderResult(stopped, started, out.colour),
  );
  const after = exitCode === EXIT.failed ? renderAfterFailure(before, plan, back, out.colour) : '';
  if (!options.json && after !== '') out.note(after);
  return exitCode;
}

interface Before {
  readonly mode: string | undefined;
  readonly running: ReadonlySet<string>;
  readonly completed: ReadonlySet<string>;
  readonly present: ReadonlySet<string>;
}

/** Ends what this change started, starts what it stopped, and the mode from before is in force again. */
async function rollBack(session: StackSession, plan: ModePlan, before: Before) {
  if (before.mode !== undefined) session.writeMode(before.mode);
  const stopped = await session.applyStop(session.planStop(plan.start.filter((name) => !before.present.has(name))));
  const known = session.stack.services.map(({ name }) => name);
  const lost = plan.stop.filter((name) => before.running.has(name) && known.includes(name));
  const started = lost.length === 0 ? [] : await session.applyStart(session.planStart(lost));
  return { stopped, started };
}

function renderAfterFailure(
  before: Before,
  plan: ModePlan,
  back: { readonly stopped: readonly StopOutcome[]; readonly started: readonly StartOutcome[] } | undefined,
  colour: boolean,
): string {
  const previous = before.mode === undefined ? 'what ran before' : `mode ${before.mode}`;
  if (back !== undefined) {
    const result =
      back.stopped.length + back.started.length === 0 ? '' : renderResult(back.stopped, back.started, colour);
    return [`Rolled back to ${previous}:`, result].filter(Boolean).join('\n');
  }
  const isOther = before.mode !== undefined && before.mode !== plan.mode;
  return isOther ? `To go back: sigctl mode ${before.mode} (or next time --rollback-on-failure)` : '';
}

async function showModes(deps: ModeDeps, options: ModeOptions): Promise<number> {
  const view = await deps.readView(options.config);
  const idle = options.dryRun ? '--dry-run' : options.rollback ? '--rollback-on-failure' : undefined;
  if (idle !== undefined) throw withoutMode(idle, view.stack);
  deps.out.print(
    options.json
      ? renderJson({ mode: view.mode ?? null, modes: view.stack.modes })
      : renderModes(view.stack.modes, view.mode, deps.out.colour),
  );
  return EXIT.ok;
}

function withoutMode(option: string, { modes }: Stack): SigctlError {
  const example = `For example: sigctl mode ${Object.keys(modes)[0] ?? 'full'} ${option}`;
  return misuse('ARGUMENT_MISSING', `Cannot use ${option} without the name of a mode`, example);
}

function requireMode({ modes }: Stack, mode: string): void {
  if (!Object.hasOwn(modes, mode)) throw unknownMode(mode, Object.keys(modes));
}

function makePlan(session: StackSession, mode: string): ModePlan {
  requireMode(session.stack, mode);
  const { running, present } = session.presence();
  return planMode({
    mode,
    members: membersOf(session.stack, mode),
    services: [...session.stack.services.map((spec) => spec.name), ...session.unlisted],
    running,
    present,
  });
}

/** The mode counts as the one in force as soon as the change begins: what was asked for, also when a service fails. */
async function applyPlan(session: StackSession, plan: ModePlan) {
  session.writeMode(plan.mode);
  const stopped = await session.applyStop(session.planStop(plan.stop));
  const started =
    session.interruptedBy() !== undefined
      ? session
          .planStart(plan.start)
          .map(({ service, key }) => ({ kind: 'interrupted' as const, service, key, launched: false }))
      : await session.applyStart(session.planStart([...plan.keep, ...plan.start]));
  return { stopped, started };
}

function renderResult(stopped: readonly StopOutcome[], started: readonly StartOutcome[], colour: boolean): string {
  return renderOutcomes(stopped, started, colour);
}
