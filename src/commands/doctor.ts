import { Command } from 'commander';
import { countSeverities, type Finding, type FixOutcome } from '../core/finding.js';
import { EXIT } from '../errors.js';
import { renderDiagnosis } from '../render/doctor.js';
import { renderJson } from '../render/json.js';
import { type GlobalFlags, jsonOption, waitOption } from './options.js';
import type { Output } from './session.js';

/** The only things `doctor` may touch. */
export interface DoctorDeps {
  /** Looks at everything and changes nothing; a check that breaks is a finding. */
  readonly diagnose: (config: string | undefined) => Promise<readonly Finding[]>;
  /** Does what is safe, and says what became of each finding that has a remedy. */
  readonly mend: (
    findings: readonly Finding[],
    request: { readonly config: string | undefined; readonly waitMs: number },
  ) => Promise<readonly FixOutcome[]>;
  readonly nowMs: () => number;
  readonly out: Pick<Output, 'print' | 'width' | 'colour' | 'setExitCode'>;
}

export interface DoctorOptions {
  readonly config: string | undefined;
  readonly fix: boolean;
  readonly strict: boolean;
  readonly waitMs: number;
  readonly json: boolean;
}

/** Declares `sigctl doctor`. Tests of parsing pass their own `run`. */
export function doctorCommand(deps: DoctorDeps, run = runDoctor): Command {
  return new Command('doctor')
    .option('--fix', 'do what is safe, and say what is left; ends no process', false)
    .option('--strict', 'exit with 1 for warnings too', false)
    .addOption(waitOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (flags: { fix: boolean; strict: boolean; wait: number; json: boolean }, command: Command) => {
      const { config } = command.optsWithGlobals<GlobalFlags>();
      const { fix, strict, wait, json } = flags;
      deps.out.setExitCode(await run(deps, { config, fix, strict, waitMs: wait, json }));
    });
}

const EXAMPLES = `
Examples:
  sigctl doctor                    what is wrong, the evidence, and the command that mends it
  sigctl doctor --fix              remove stale PID files and sockets, close open permissions, shrink large write-ahead logs
  sigctl doctor --json --strict    for cron: exit code 1 when anything needs a look

Works with a broken manifest, a broken database and a silent PM2 too: they are findings. It sends no signal to any process.

Exit codes: 0 no error (warnings are said), 1 an error was found (with --strict a warning too), 2 wrong use.`;

export async function runDoctor(deps: DoctorDeps, options: DoctorOptions): Promise<number> {
  const { config, waitMs } = options;
  const before = await deps.diagnose(config);
  const fixes = options.fix ? await deps.mend(before, { config, waitMs }) : undefined;
  // What was mended is looked at again, so that the report tells what holds now.
  const findings = fixes?.some(({ kind }) => kind === 'fixed') === true ? await deps.diagnose(config) : before;
  const exitCode = exitCodeOf(findings, options.strict);
  deps.out.print(
    options.json
      ? renderJson({ ok: exitCode === EXIT.ok, ...toJson(findings, fixes ?? [], deps.nowMs()) })
      : renderDiagnosis({ findings, fixes }, { width: deps.out.width, colour: deps.out.colour }),
  );
  return exitCode;
}

/** Pure. */
export function exitCodeOf(findings: readonly Finding[], strict: boolean): number {
  const counts = countSeverities(findings);
  return counts.error > 0 || (strict && counts.warning > 0) ? EXIT.failed : EXIT.ok;
}

function toJson(findings: readonly Finding[], fixes: readonly FixOutcome[], nowMs: number) {
  return {
    asOf: new Date(nowMs).toISOString(),
    counts: countSeverities(findings),
    findings: findings.map(({ check, severity, code, subject, evidence, mend, remedy }) => ({
      check,
      severity,
      code,
      subject,
      evidence,
      mend,
      fixable: remedy !== null,
    })),
    fixes,
  };
}
