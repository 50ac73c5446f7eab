import { basename } from 'node:path';
import type { ServiceSpec } from '../core/stack.js';
import { describeFound } from './describe-found.js';
import type { ShapeFault } from './parse-shape.js';
import type { ResolvedCommand } from './resolve-command.js';
import type { AppEntry } from './schema.js';

/** PM2's number where it depends on the machine. At least one, whatever is typed: `checkInstances` tells of the rest. */
export function instancesOf(app: AppEntry, cpuCount: () => number): number {
  const typed = app.instances === 'max' ? 0 : (app.instances ?? 1);
  return Math.max(1, typed < 1 && app.exec_mode === 'cluster' ? cpuCount() + typed : typed);
}

/** What `instances`, `exec_mode`, the command and `singleton` say against each other. */
export function checkInstances(app: AppEntry, command: ResolvedCommand, instances: number): ShapeFault[] {
  const faults: ShapeFault[] = [];
  const byMachine = app.instances === 'max' || (app.instances ?? 1) < 1;
  if (byMachine && app.exec_mode !== 'cluster') {
    const expected = 'a whole number of at least 1 ("max", 0 and less need exec_mode "cluster")';
    faults.push({ path: ['instances'], found: describeFound(app.instances), expected });
  }
  if (app.exec_mode === 'cluster' && command.script !== '' && basename(command.interpreter ?? '') !== 'node') {
    faults.push({
      path: ['exec_mode'],
      found: '"cluster"',
      expected: '"fork": only scripts that node runs can cluster',
    });
  }
  if (app.sigctl?.singleton === true && instances > 1) {
    faults.push({
      path: ['sigctl', 'singleton'],
      found: 'true',
      expected: `false, or one instance instead of ${instances}`,
    });
  }
  return faults;
}

/** Plain PM2 would cluster such an app; behind the launcher its processes share no port. */
export function notesOnInstances(app: AppEntry, spec: Omit<ServiceSpec, 'hash'>, execPath: string): string[] {
  if (spec.instances === 1 || app.exec_mode !== undefined || spec.interpreter !== execPath) return [];
  const alone = `"instances" starts ${spec.instances} separate processes`;
  return [`${alone}; with exec_mode "cluster", PM2's choice here, they would share one port`];
}
