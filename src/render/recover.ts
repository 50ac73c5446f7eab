import { Chalk } from 'chalk';
import type { Recovered, RecoverStep } from '../core/recover-plan.js';

type Report = Recovered & { readonly daemonPid: number | null; readonly watchdogPid: number | null };

/** What was brought back, a line each, and what happens next by itself; or in one line that there was nothing to do. */
export function renderRecovered(report: Report, colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const { did, seen, failed, daemonPid, watchdogPid } = report;
  const done = did.filter((step) => step !== 'take-back').map((step) => `${paint.green('✔')} ${DONE[step](report)}`);
  const back = seen.charges.filter((name) => !failed.includes(name));
  const next = [
    ...failed.map((name) => `${paint.red('✖')} ${name}  did not get ready ${paint.dim(`→ sigctl why ${name}`)}`),
    ...(did.includes('take-back') && back.length > 0
      ? [`${paint.green('✔')} under PM2 again: ${back.join(', ')}`]
      : []),
    ...(seen.watchdog === 'stopped' && seen.charges.length > 0
      ? [`${paint.red('✖')} the watchdog (pid ${watchdogPid}) is stopped: kill -CONT ${watchdogPid}`]
      : []),
    ...(seen.daemon === 'silent' && seen.watchdog === 'lives'
      ? [
          `${paint.yellow('!')} PM2's daemon (pid ${daemonPid}) does not answer; the watchdog (pid ${watchdogPid}) replaces it`,
        ]
      : []),
    ...(seen.watchdog === 'lives' && waiting(report).length > 0
      ? [`the watchdog takes back under PM2: ${waiting(report).join(', ')} ${paint.dim('→ sigctl status')}`]
      : []),
  ];
  const lines = [...done, ...next];
  return lines.length > 0 ? lines.join('\n') : renderNothing(report);
}

const DONE: Readonly<Record<Exclude<RecoverStep, 'take-back'>, (report: Report) => string>> = {
  'replace-daemon': () => "PM2's daemon was silent, and was ended",
  'start-daemon': ({ daemonPid }) => `PM2's daemon started (pid ${daemonPid})`,
  'start-watchdog': ({ watchdogPid }) => `the watchdog started (pid ${watchdogPid})`,
};

/** What has no process for a moment is what every restart looks like: it is told only where PM2 or the watchdog was away. */
function waiting({ did, seen: { orphans, lost } }: Report): readonly string[] {
  return did.length > 0 ? [...orphans, ...lost] : orphans;
}

function renderNothing({ seen, daemonPid, watchdogPid }: Report): string {
  if (seen.charges.length === 0) return '- nothing to recover: no service that should run was started since the boot';
  const watchdog = seen.watchdog === 'off' ? '' : ` and the watchdog (pid ${watchdogPid})`;
  return `- nothing to recover: PM2 (pid ${daemonPid})${watchdog} look after ${seen.charges.join(', ')}`;
}

const TODO: Readonly<Record<RecoverStep, string>> = {
  'replace-daemon': "PM2's daemon is silent, and no watchdog is at work that would replace it",
  'start-daemon': "PM2's daemon does not run",
  'start-watchdog': 'the watchdog does not run',
  'take-back': 'services are not under PM2, and the manifest does without a watchdog',
};

/** What `recover` would mend. */
export function renderTodo(todo: readonly RecoverStep[], colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const told = todo.includes('replace-daemon') ? todo.filter((step) => step !== 'start-daemon') : todo;
  return [...told.map((step) => `${paint.red('✖')} ${TODO[step]}`), paint.cyan('→ sigctl recover')].join('\n');
}
