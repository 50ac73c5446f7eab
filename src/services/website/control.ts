import { type ControlAction, type ControlOutcome, judgeRun } from './control-outcome.js';
import type { SigctlCall, SigctlRun } from './run-sigctl.js';

export interface ControlDeps {
  /** Path of the sigctl executable; absent when the website was not started by sigctl. */
  readonly bin: string | undefined;
  readonly manifestPath: string | undefined;
  /** The whole environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly run: (call: SigctlCall) => Promise<SigctlRun>;
}

export interface Control {
  /** One command per service at a time: a second one is `busy` at once. A failure is an outcome, not an error. */
  act(action: ControlAction, service: string): Promise<ControlOutcome>;
}

/** Longer than any start that succeeds; the command goes on after it. */
const ANSWER_WITHIN_MS = 180_000;

/** Lets the page do what an operator would type: one sigctl command for one service, with its true outcome. */
export function createControl(deps: ControlDeps): Control {
  const busy = new Set<string>();
  return {
    async act(action, service) {
      if (busy.has(service)) return busyOutcome(action, service);
      busy.add(service);
      try {
        return judgeRun(await runAction(deps, action, service), action, service);
      } finally {
        busy.delete(service);
      }
    },
  };
}

/** `--wait 0`: somebody who looks at a page wants to hear at once that another command is at work. */
function runAction(deps: ControlDeps, action: ControlAction, service: string): Promise<SigctlRun> | SigctlRun {
  const { bin, env, cwd, manifestPath } = deps;
  if (bin === undefined) return { kind: 'unstartable', reason: 'this website was not started by it' };
  const config = manifestPath === undefined ? [] : ['--config', manifestPath];
  const args = [action, service, '--json', '--wait', '0', ...config];
  return deps.run({ bin, args, env, cwd, answerWithinMs: ANSWER_WITHIN_MS });
}

function busyOutcome(action: ControlAction, service: string): ControlOutcome {
  return {
    outcome: 'busy',
    action,
    service,
    message: `Another command for ${service}, sent from this site, is at work`,
    hint: 'Wait for it',
    exitCode: null,
    result: null,
  };
}
