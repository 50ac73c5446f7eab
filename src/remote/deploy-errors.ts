import { formatHostAddress } from '../core/host-address.js';
import { isRecord } from '../core/is-record.js';
import { EXIT, type ExitCode, SigctlError } from '../errors.js';
import { DEPLOY_EXIT } from './deploy-scripts.js';
import type { Host } from './find-host.js';
import { remoteFailure } from './remote-errors.js';
import type { ScriptRun } from './run-script.js';

const SHOWN_LINES = 15;

export function withoutFolder(host: Host): SigctlError {
  return refuse(`Cannot deploy to ${named(host)}: its address names no folder`, 'DEPLOY_WITHOUT_FOLDER', {
    hint:
      host.name === formatHostAddress(host.address)
        ? `sigctl deploy ${host.address.target}:/srv/app`
        : `sigctl host add --force ${host.name} ${host.address.target}:/srv/app`,
    exitCode: EXIT.usage,
  });
}

export function withoutTool(host: Host, tool: string): SigctlError {
  return refuse(`Cannot deploy to ${named(host)}: it has no "${tool}"`, 'DEPLOY_WITHOUT_TOOL', {
    hint: `Install it there; flock and setsid come with util-linux`,
    exitCode: EXIT.environment,
  });
}

export function folderInUse(host: Host): SigctlError {
  const what = 'the folder is a project itself, which releases beside it would leave behind';
  return refuse(`Cannot deploy to ${named(host)}: ${what}`, 'DEPLOY_FOLDER_IN_USE', {
    hint: 'Name an empty folder; for the state of the old one: sigctl backup there, and sigctl restore in the new one',
    exitCode: EXIT.failed,
  });
}

export function lockFailed(host: Host, result: ScriptRun): SigctlError {
  if (result.exitCode !== DEPLOY_EXIT.locked) return scriptFailed(host, result, 'lock the folder');
  const holder = result.stderr.trim();
  const who = holder === '' ? 'another deploy is under way' : `${holder} deploys`;
  return refuse(`Cannot deploy to ${named(host)}: ${who}`, 'DEPLOY_LOCKED', {
    hint: `Wait for its end; how the last switch went: sigctl deploy ${typed(host)} --outcome`,
    exitCode: EXIT.failed,
  });
}

/** Something that the shell there was to do. */
export function scriptFailed(host: Host, result: ScriptRun, what: string): SigctlError {
  const known = remoteFailure(host, result.exitCode, result.stderr);
  if (known !== undefined) return known;
  const why = result.stderr.trim().split('\n').at(-1) || `exit code ${result.exitCode}`;
  return refuse(`Cannot ${what} on ${named(host)}: ${why}`, 'DEPLOY_FAILED', {
    hint: `Nothing was changed in what runs there. ssh ${host.address.target}, and look at the folder`,
    exitCode: result.exitCode === DEPLOY_EXIT.folder ? EXIT.environment : EXIT.failed,
  });
}

export function installFailed(host: Host, result: ScriptRun): SigctlError {
  const known = remoteFailure(host, result.exitCode, result.stderr);
  if (known !== undefined) return known;
  const lines = result.stdout.trim().split('\n').slice(-SHOWN_LINES);
  const said = lines.map((line) => `\n    │ ${line}`).join('');
  return refuse(`Cannot install the release on ${named(host)}: the command failed${said}`, 'DEPLOY_INSTALL_FAILED', {
    hint: `Nothing was changed in what runs there. Other commands: sigctl deploy ${typed(host)} --install <command> --build <command>`,
    exitCode: EXIT.failed,
  });
}

/** The new sigctl there found something wrong with the new release. */
export function inspectFailed(host: Host, result: ScriptRun): SigctlError {
  const known = remoteFailure(host, result.exitCode, result.stderr);
  if (known !== undefined) return known;
  const findings = readFindings(result.stdout);
  const why = findings.length === 0 ? result.stderr.trim().split('\n').at(-1) || 'no answer' : findings.join('; ');
  return refuse(`Cannot put the release in force on ${named(host)}: ${why}`, 'DEPLOY_INSPECTION_FAILED', {
    hint: 'Nothing was changed in what runs there. Correct the project (sigctl doctor), and deploy again',
    exitCode: EXIT.failed,
  });
}

function readFindings(text: string): readonly string[] {
  try {
    const answer: unknown = JSON.parse(text);
    const findings = isRecord(answer) && Array.isArray(answer['findings']) ? answer['findings'].filter(isRecord) : [];
    return findings.map(({ subject, evidence }) => [subject, evidence].filter(Boolean).join(': '));
  } catch {
    // An older or broken sigctl said something else, which is on stderr.
    return [];
  }
}

/** The process of the switch is gone, and left no outcome: the machine went down, or it was killed. */
export function switchLost(host: Host): SigctlError {
  return refuse(`Cannot tell how the switch on ${named(host)} ended: it left no outcome`, 'DEPLOY_OUTCOME_UNKNOWN', {
    hint: `sigctl ${typed(host)} status; to the release before: sigctl deploy ${typed(host)} --rollback`,
    exitCode: EXIT.failed,
  });
}

export function connectionLost(host: Host, result: ScriptRun): SigctlError {
  const why = result.stderr.trim().split('\n').at(-1) || 'no connection';
  return refuse(`Cannot reach ${named(host)} any more, where the switch goes on: ${why}`, 'DEPLOY_OUTCOME_UNKNOWN', {
    hint: `It ends well or goes back by itself. To learn how: sigctl deploy ${typed(host)} --outcome`,
    exitCode: EXIT.environment,
  });
}

/** As it is typed on a line. */
export function typed({ name, address }: Host): string {
  const text = formatHostAddress(address);
  return name === text ? text : `@${name}`;
}

function named(host: Host): string {
  const text = formatHostAddress(host.address);
  return host.name === text ? `"${text}"` : `@${host.name} (${text})`;
}

function refuse(
  message: string,
  code: string,
  { hint, exitCode }: { readonly hint: string; readonly exitCode: ExitCode },
): SigctlError {
  return new SigctlError(message, { code, hint, exitCode });
}
