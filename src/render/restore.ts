import { Chalk } from 'chalk';
import { assertNever } from '../core/assert-never.js';
import type { StartOutcome, StopOutcome } from '../core/outcome.js';
import type { RestorePlan } from '../core/restore-plan.js';
import { formatSize } from '../core/size.js';
import { renderStartOutcomes, renderStopOutcomes } from './outcomes.js';

/** What a restore will do, before it does it. */
export function renderRestorePlan(plan: RestorePlan, running: readonly string[], colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const lines = [
    ['replace', plan.replace.map(({ name, bytes }) => `${name} (${formatSize(bytes)})`)],
    ['create', plan.create.map(({ name, bytes }) => `${name} (${formatSize(bytes)})`)],
    ['keep', plan.keep.map((name) => `${name} (not in the backup)`)],
    ['restart', running],
  ] as const;
  return [
    `Restore ${paint.bold(plan.backup)}`,
    `  as of    ${plan.asOf} ${paint.dim(`(sigctl ${plan.sigctlVersion}; every checksum and integrity check passed)`)}`,
    ...lines.filter(([, items]) => items.length > 0).map(([verb, items]) => `  ${verb.padEnd(7)}  ${items.join(', ')}`),
    ...(plan.manifestDiffers
      ? ['  note     the manifest differs from the one in the backup; it is left as it is']
      : []),
  ].join('\n');
}

/** How it went, service by service; then where the old databases are, if they were kept. */
export function renderRestored(
  outcome: {
    readonly stopped: readonly StopOutcome[];
    readonly started: readonly StartOutcome[];
    readonly kept: string | null;
  },
  plan: RestorePlan,
  colour: boolean,
): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const count = plan.replace.length + plan.create.length;
  return [
    `${paint.green('✔')} Restored ${count} ${count === 1 ? 'database' : 'databases'} as of ${plan.asOf}`,
    renderStopOutcomes(outcome.stopped.filter(isForced), colour),
    outcome.started.length === 0 ? '' : renderStartOutcomes(outcome.started, colour),
    outcome.kept === null
      ? ''
      : `  The databases from before are kept in ${outcome.kept}; to bring them back: sigctl restore --undo`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** How the old state came back; `undefined`: there was nothing to bring back. */
export function renderUndone(
  undone: readonly { readonly backup: string; readonly started: readonly StartOutcome[] }[],
  colour: boolean,
): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  if (undone.length === 0) return 'No unfinished restore: nothing to undo';
  return undone
    .flatMap(({ backup, started }) => [
      `${paint.green('✔')} The state from before the restore of ${backup} is back`,
      started.length === 0 ? '' : renderStartOutcomes(started, colour),
    ])
    .filter(Boolean)
    .join('\n');
}

function isForced(outcome: StopOutcome): boolean {
  switch (outcome.kind) {
    case 'stopped':
      return outcome.forced;
    case 'failed':
      return true;
    case 'already':
      return false;
    default:
      return assertNever(outcome, 'outcome of a stop');
  }
}
