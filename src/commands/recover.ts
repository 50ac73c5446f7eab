import { Command } from 'commander';
import { planRecover, type Recovered } from '../core/recover-plan.js';
import { EXIT } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderRecovered, renderTodo } from '../render/recover.js';
import { type GlobalFlags, jsonOption, waitOption } from './options.js';
import type { Output } from './session.js';

export interface RecoverOptions {
  readonly config: string | undefined;
  readonly waitMs: number;
  /** Only looks. */
  readonly check: boolean;
  readonly json: boolean;
}

export interface RecoverReport extends Recovered {
  readonly daemonPid: number | null;
  readonly watchdogPid: number | null;
}

/** The only things `recover` may touch. */
export interface RecoverDeps {
  /** Changes nothing and takes no lock. `undefined`: nothing was ever started here. */
  readonly look: (config: string | undefined) => Promise<RecoverReport | undefined>;
  /** Looks again under the stack's lock, and does what is to be done then. */
  readonly recover: (options: Pick<RecoverOptions, 'config' | 'waitMs'>) => Promise<RecoverReport>;
  readonly out: Pick<Output, 'print' | 'colour' | 'setExitCode'>;
}

/** Declares `sigctl recover`. Tests of parsing pass their own `run`. */
export function recoverCommand(deps: RecoverDeps, run = runRecover): Command {
  return new Command('recover')
    .option('--check', 'change nothing, and exit with 3 where there is something to bring back', false)
    .addOption(waitOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (flags: { check: boolean; wait: number; json: boolean }, command: Command) => {
      const { config } = command.optsWithGlobals<GlobalFlags>();
      deps.out.setExitCode(await run(deps, { config, waitMs: flags.wait, check: flags.check, json: flags.json }));
    });
}

const EXAMPLES = `
Examples:
  sigctl recover                   after somebody killed PM2 and the watchdog
  sigctl recover --check           is there something to bring back
  sigctl recover --quiet           silent, unless it fails: for cron and timers
  * * * * *  cd /srv/app && sigctl recover --quiet     in a crontab; "sigctl startup" puts the like in place

PM2 brings the watchdog back, and the watchdog PM2: this is for the moment in which both are gone. The services went on. The watchdog
then takes them back under PM2, one at a time, those with takeBack: 'last' at the end and between their cycles. Where the manifest does without a watchdog, this
command does. A PM2 that is silent is replaced after ten seconds, if no watchdog does it.
Starts no service that is not wanted, none that was never started since the machine came up, and does nothing where all is well.

Exit codes: 0 all is well, or is again; 1 the watchdog, or a service that was taken back, did not start, or the watchdog is stopped;
2 wrong use; 3 --check: there is something to bring back; 4 PM2 or the database cannot be reached; 130, 143 Ctrl-C or SIGTERM while it waited for another command.`;

export async function runRecover(deps: RecoverDeps, { json, check, ...options }: RecoverOptions): Promise<number> {
  const seen = await deps.look(options.config);
  const todo = seen === undefined ? [] : planRecover(seen.seen);
  const { colour } = deps.out;
  if (check && todo.length > 0) {
    const report = seen ?? NOTHING;
    deps.out.print(json ? renderJson({ ...toJson(report, false), todo }) : renderTodo(todo, colour));
    return EXIT.notInState;
  }
  const result = todo.length > 0 ? await deps.recover(options) : (seen ?? NOTHING);
  const isUnwatched = result.seen.watchdog === 'stopped' && result.seen.charges.length > 0;
  const ok = result.failed.length === 0 && !isUnwatched;
  deps.out.print(json ? renderJson({ ...toJson(result, ok), todo: [] }) : renderRecovered(result, colour));
  return ok ? EXIT.ok : EXIT.failed;
}

const NOTHING: RecoverReport = {
  did: [],
  failed: [],
  daemonPid: null,
  watchdogPid: null,
  seen: { daemon: 'gone', watchdog: 'gone', charges: [], orphans: [], lost: [] },
};

function toJson({ did, seen, failed, daemonPid, watchdogPid }: RecoverReport, ok: boolean) {
  return {
    ok,
    did,
    daemon: { life: seen.daemon, pid: daemonPid },
    watchdog: { life: seen.watchdog, pid: watchdogPid },
    services: seen.charges,
    orphans: seen.orphans,
    failed,
  };
}
