import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { ServiceSpec } from '../../core/stack.js';
import { type CheckDeps, NO_STACK } from '../check-deps.js';
import { type CheckFinding, error, notChecked, orOk, warning } from '../report.js';
import { count } from '../words.js';

/** Whether each service has something to run, and something to run it with. */
export function checkScripts({ stack, facts, searchPath, show }: CheckDeps): readonly CheckFinding[] {
  if (stack === undefined) return [notChecked(NO_STACK)];
  const findings = stack.services.flatMap((spec) => {
    const fault = findFault(spec, spec.env['PATH'] ?? searchPath, show);
    if (fault === undefined) return [];
    const report = { code: 'SCRIPT_MISSING', subject: spec.name, ...fault } as const;
    return [facts.wanted().has(spec.name) ? error(report) : warning(report)];
  });
  return orOk(findings, `${count(stack.services.length, 'script')} found, with what runs them`);
}

function findFault(spec: ServiceSpec, path: string, show: CheckDeps['show']) {
  if (!isFile(spec.script)) {
    return {
      evidence: `its script ${show(spec.script)} does not exist: it cannot start`,
      mend: 'correct "script" in the manifest, or build it',
    };
  }
  if (spec.interpreter === undefined) {
    if (isExecutable(spec.script)) return undefined;
    return {
      evidence: `${show(spec.script)} is not executable: it cannot start`,
      mend: `chmod +x ${show(spec.script)}`,
    };
  }
  if (isInPath(spec.interpreter, path)) return undefined;
  return {
    evidence: `its interpreter "${spec.interpreter}" is not in PATH: it cannot start`,
    mend: `install "${spec.interpreter}", or correct "interpreter" in the manifest`,
  };
}

function isInPath(program: string, path: string): boolean {
  if (isAbsolute(program)) return isExecutable(program);
  return path.split(delimiter).some((folder) => folder !== '' && isExecutable(join(folder, program)));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    // Missing or not permitted: either way it cannot be run.
    return false;
  }
}
