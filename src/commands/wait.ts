import type { ServiceReport } from '../core/service-report.js';
import { judgeWait, WAIT_GOALS, type WaitGoal, type WaitState } from '../core/wait-goal.js';
import { EXIT } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderWait } from '../render/wait.js';
import { choice, type Declaration, declare } from './declaration.js';
import { exitCodeOfInterrupt, type InterruptSignal } from './exit-code.js';
import { selectNames } from './select-services.js';
import type { Output, StackView } from './session.js';
import { durationOf, JSON_FLAG } from './values.js';

const DEFAULT_TIMEOUT_MS = 60_000;
/** A look costs some ten milliseconds, and a person does not notice a wait that is shorter than this. */
const POLL_MS = 200;

/** The only things `wait` may touch. */
export interface WaitDeps {
  readonly readView: (config: string | undefined) => Promise<StackView>;
  readonly elapsedMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Says on stderr what is waited for, once that takes a while. */
  readonly steps: () => { readonly step: (text: string) => void; readonly done: () => void };
  /** Ctrl-C, or SIGTERM. */
  readonly interruptedBy: () => InterruptSignal | undefined;
  readonly out: Pick<Output, 'print' | 'colour' | 'setExitCode'>;
}

export interface WaitOptions {
  readonly services: readonly string[];
  readonly config: string | undefined;
  readonly goal: WaitGoal;
  readonly timeoutMs: number;
  readonly json: boolean;
}

/** Declares `sigctl wait`. Tests of parsing pass their own `run`. */
export function waitCommand(deps: WaitDeps, run = runWait): Declaration {
  return declare<WaitFlags>({
    name: 'wait',
    argument: {
      syntax: '[service...]',
      what: 'services to wait for (default: all that should run; with --for stopped: all)',
    },
    options: {
      for: choice('--for <state>', 'what to wait for', { choices: WAIT_GOALS, value: 'healthy' }),
      timeout: {
        flags: '--timeout <duration>',
        what: 'how long at most (default: 60s); 0 only looks',
        value: undefined,
        parse: durationOf,
      },
      json: JSON_FLAG,
    },
    help: EXAMPLES,
    run: async ({ words: services, flags, config }) => {
      const { for: goal, timeout: timeoutMs = DEFAULT_TIMEOUT_MS, json } = flags;
      deps.out.setExitCode(await run(deps, { services, config, goal, timeoutMs, json }));
    },
  });
}

interface WaitFlags {
  readonly for: WaitGoal;
  readonly timeout: number | undefined;
  readonly json: boolean;
}

const EXAMPLES = `
Examples:
  sigctl wait                                  until every service that should run is healthy
  sigctl wait website --timeout 10s            one service, ten seconds at most
  sigctl wait trading --for stopped && cp …    only when its process is gone

It changes nothing. A crash loop ends the wait at once, as only "sigctl start" ends a crash loop.

Exit codes: 0 there; 2 wrong use; 3 not there in time, or never by itself; 4 the database cannot be reached; 130 interrupted,
143 by SIGTERM.`;

/** Looks again and again until the goal is reached, is out of reach, or time is up. */
export async function runWait(deps: WaitDeps, options: WaitOptions): Promise<number> {
  const startedAt = deps.elapsedMs();
  const steps = deps.steps();
  try {
    for (;;) {
      const reports = await look(deps, options);
      const state = judgeWait(reports, options.goal, options.services.length > 0);
      const waitedMs = deps.elapsedMs() - startedAt;
      const isOver =
        state.reached || state.hopeless || waitedMs >= options.timeoutMs || deps.interruptedBy() !== undefined;
      if (isOver) {
        steps.done();
        return conclude(deps, options, state, waitedMs);
      }
      steps.step(describe(options.goal, state));
      await deps.sleep(Math.min(POLL_MS, options.timeoutMs - waitedMs));
    }
  } finally {
    steps.done();
  }
}

async function look(deps: WaitDeps, { config, services }: WaitOptions): Promise<readonly ServiceReport[]> {
  const all = (await deps.readView(config)).reports();
  const names = selectNames([...new Set(all.map((report) => report.service))], services);
  return all.filter((report) => names.length === 0 || names.includes(report.service));
}

function conclude(deps: WaitDeps, { goal, json }: WaitOptions, state: WaitState, waitedMs: number): number {
  const { reached, missing } = state;
  deps.out.print(
    json
      ? renderJson({ ok: reached, for: goal, waitedMs: Math.round(waitedMs), missing })
      : renderWait(goal, state, waitedMs, deps.out.colour),
  );
  if (reached) return EXIT.ok;
  const by = deps.interruptedBy();
  return by === undefined ? EXIT.notInState : exitCodeOfInterrupt(by);
}

function describe(goal: WaitGoal, { missing }: WaitState): string {
  if (missing.length === 0) return 'waiting for a service that should run';
  return `waiting until ${missing.map(({ key }) => key).join(', ')} ${missing.length === 1 ? 'is' : 'are'} ${goal}`;
}
