import { compileCommand } from '../../store/driver-missing.js';
import { driverFault } from '../../store/load-driver.js';
import type { CheckDeps } from '../check-deps.js';
import { type CheckFinding, error, ok } from '../report.js';

/** Which node it is that a compiled module has to fit. */
export interface NodeBuild {
  readonly version: string;
  /** `NODE_MODULE_VERSION`: modules compiled for another one are refused. */
  readonly abi: string;
}

/** Whether SQLite's compiled half can be loaded: without it no command that changes something works, and no service on the kit. */
export function checkDatabaseDriver({ versions }: Pick<CheckDeps, 'versions'>): readonly CheckFinding[] {
  const node = { version: versions.node, abi: process.versions.modules };
  return [judgeDatabaseDriver(driverFault(), node, compileCommand())];
}

/** Pure. @param compile The command that compiles it for this node. */
export function judgeDatabaseDriver(fault: Error | undefined, node: NodeBuild, compile: string): CheckFinding {
  if (fault === undefined) return ok(`better-sqlite3 loads in node ${node.version} (ABI ${node.abi})`);
  return error({
    code: 'DATABASE_DRIVER_MISSING',
    subject: 'better-sqlite3',
    evidence: `its compiled half cannot be loaded by node ${node.version} (ABI ${node.abi}), so no database can be opened, and no service started: ${inOneLine(fault.message)}`,
    mend: compile,
  });
}

/** What node says of another ABI takes three lines. */
const LINES = 3;

/** The loader lists the folders in which it searched, or the modules that asked, a line each: the first ones say what is the matter. */
function inOneLine(message: string): string {
  return message.split('\n').slice(0, LINES).join(' ').replace(/\s+/g, ' ').trim();
}
