import type { AlertEntry, AlertsView, TestResult } from '../core/alert-view.js';
import { EXIT } from '../errors.js';
import { renderAlerts, renderTests } from '../render/alerts.js';
import { renderJson } from '../render/json.js';
import { type Declaration, declare } from './declaration.js';
import type { Output } from './session.js';
import { JSON_FLAG } from './values.js';

/** The only things `alerts` may touch. */
export interface AlertsDeps {
  readonly readAlerts: (config: string | undefined) => Promise<AlertsView>;
  /** One message through each channel of the manifest, at once and past the outbox. @throws {SigctlError} `NO_ALERT_CHANNEL`. */
  readonly sendTests: (config: string | undefined) => Promise<readonly TestResult[]>;
  /** Makes what was given up wait again. @returns How many. */
  readonly retry: (config: string | undefined) => Promise<number>;
  /** Forgets what was given up. @returns How many. */
  readonly clear: (config: string | undefined) => Promise<number>;
  readonly nowMs: () => number;
  readonly out: Pick<Output, 'print' | 'width' | 'colour' | 'setExitCode'>;
}

const ACTIONS = ['list', 'test', 'retry', 'clear'] as const;

export interface AlertsOptions {
  readonly action: (typeof ACTIONS)[number];
  readonly config: string | undefined;
  readonly json: boolean;
}

/** Declares `sigctl alerts`. Tests of parsing pass their own `run`. */
export function alertsCommand(deps: AlertsDeps, run = runAlerts): Declaration {
  return declare<{ readonly json: boolean }>({
    name: 'alerts',
    argument: { syntax: '[action]', what: 'what to do', choices: ACTIONS, value: 'list' },
    options: { json: JSON_FLAG },
    help: EXAMPLES,
    run: async ({ words, flags: { json }, config }) => {
      const action = ACTIONS.find((name) => name === words[0]) ?? 'list';
      deps.out.setExitCode(await run(deps, { action, config, json }));
    },
  });
}

const EXAMPLES = `
Examples:
  sigctl alerts                    what waits, what was given up, what was delivered lately
  sigctl alerts test               one test message through each channel; how each ended
  sigctl alerts retry              what was given up goes again (after a token was corrected, say)
  sigctl alerts clear              what was given up is forgotten

Channels, verdicts and quiet hours stand in the manifest ("sigctl help manifest"); the watchdog delivers. A message arrives at
least once: where an answer got lost it is sent again under the same id, and says that it may be a repeat.

Exit codes: 0 done; 1 a test message did not arrive; 2 wrong use, or no channel to test; 4 the database cannot be reached.`;

export async function runAlerts(deps: AlertsDeps, { action, config, json }: AlertsOptions): Promise<number> {
  if (action === 'test') return test(deps, config, json);
  const changed = action === 'list' ? undefined : await deps[action](config);
  const view = await deps.readAlerts(config);
  if (!json) {
    deps.out.print(renderAlerts(view, { ...deps.out, nowMs: deps.nowMs(), changed, action }));
    return EXIT.ok;
  }
  deps.out.print(
    renderJson({
      ok: true,
      asOf: new Date(deps.nowMs()).toISOString(),
      ...(changed === undefined ? {} : { changed }),
      channels: view.channels,
      quietUntilMs: view.quietUntilMs ?? null,
      alerts: view.entries.map((entry) => ({ ...entry, ageMs: ageOf(entry, deps.nowMs()) })),
    }),
  );
  return EXIT.ok;
}

async function test({ sendTests, out }: AlertsDeps, config: string | undefined, json: boolean): Promise<number> {
  const results = await sendTests(config);
  const isFine = results.every(({ ok }) => ok);
  out.print(json ? renderJson({ ok: isFine, tests: results }) : renderTests(results, out.colour));
  return isFine ? EXIT.ok : EXIT.failed;
}

function ageOf({ createdAtMs }: AlertEntry, nowMs: number): number {
  return Math.max(0, nowMs - createdAtMs);
}
