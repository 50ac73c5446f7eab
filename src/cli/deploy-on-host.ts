import { spawn } from 'node:child_process';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SwitchOutcome, SwitchRequest } from '../core/deploy.js';
import { isRecord } from '../core/is-record.js';
import { maskSecrets, secretValues } from '../core/mask.js';
import { pruneReleases, readLink, writeLink } from '../deploy/releases-on-disk.js';
import { type SigctlRun, SwitchFailure } from '../deploy/sigctl-run.js';
import type { SwitchDeps } from '../deploy/switch-deps.js';
import { switchRelease } from '../deploy/switch-release.js';
import { CHECKS } from '../doctor/registry.js';
import { runChecks } from '../doctor/run-checks.js';
import { EXIT } from '../errors.js';
import { renderJson } from '../render/json.js';
import { currentFolder } from './current-folder.js';
import type { Deps } from './deps.js';
import { createCheckDeps } from './doctor-deps.js';
import { openProject } from './project.js';
import type { Terminal } from './terminal.js';

/** What the new release itself can be wrong about. What runs may be the very reason for the deploy. */
const INSPECTED = ['node', 'database driver', 'pm2', 'manifest', 'scripts', 'ports', 'permissions', 'disk', 'flock'];

/** The half of `sigctl deploy` that runs on the host, by the sigctl of the release. No command for people: it is in no list. */
export async function deployOnHost(argv: readonly string[], deps: Deps, terminal: Terminal): Promise<number> {
  const [verb, first = '', second = ''] = argv;
  if (verb === 'inspect') return inspect(deps, terminal);
  if (verb === 'prune') {
    terminal.writeOut(`${renderJson({ ok: true, removed: pruneReleases(first, Number(second)) })}\n`);
    return EXIT.ok;
  }
  if (verb === 'switch') return runSwitch(readRequest(first), second, { deps, terminal });
  return EXIT.usage;
}

/** `doctor` for a release that is not in force, without leaving a trace in the state that it shares with the one that is. */
async function inspect(deps: Deps, terminal: Terminal): Promise<number> {
  const draft: Deps = { ...deps, openProject: (config) => openDraft(deps, config) };
  const checks = CHECKS.filter(({ name }) => INSPECTED.includes(name));
  const findings = (await runChecks(checks, await createCheckDeps(draft, undefined))).filter(
    ({ severity }) => severity === 'error',
  );
  terminal.writeOut(`${renderJson({ ok: findings.length === 0, findings })}\n`);
  return findings.length === 0 ? EXIT.ok : EXIT.failed;
}

function openDraft({ pkg }: Deps, config?: string): ReturnType<typeof openProject> {
  return openProject({ cwd: currentFolder(), config, env: process.env, pkg, write: false, isDraft: true });
}

/** Its steps go to stdout, its outcome into a file at one instant: whoever started it may be gone by then. */
async function runSwitch(
  request: SwitchRequest,
  outcomeFile: string,
  { deps, terminal }: { readonly deps: Deps; readonly terminal: Terminal },
): Promise<number> {
  const outcome = withoutSecrets(await switchOrTell(request, terminal), await readSecrets(deps));
  const draft = `${outcomeFile}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ id: request.id, outcome }));
  renameSync(draft, outcomeFile);
  return outcome.kind === 'done' ? EXIT.ok : EXIT.failed;
}

/** What failed tells its last lines, and what a deploy prints is kept by CI jobs and by others. */
function withoutSecrets(outcome: SwitchOutcome, secrets: readonly string[]): SwitchOutcome {
  if (outcome.kind === 'done') return outcome;
  const mask = (text: string): string => maskSecrets(text, secrets);
  return { ...outcome, reason: mask(outcome.reason), logTail: outcome.logTail.map(mask) };
}

async function readSecrets(deps: Deps): Promise<readonly string[]> {
  try {
    const { stack, shellEnv } = await openDraft(deps);
    return secretValues(...stack.services.map(({ env }) => env), shellEnv);
  } catch {
    // A manifest that cannot be read has started nothing; passwords in addresses are masked all the same.
    return [];
  }
}

async function switchOrTell(request: SwitchRequest, terminal: Terminal): Promise<SwitchOutcome> {
  const deps = createSwitchDeps(request, terminal);
  try {
    return await switchRelease(deps, request);
  } catch (error) {
    const { release } = request;
    const to = deps.readCurrent() ?? null;
    const untouched = {
      kind: 'rolled-back',
      release,
      to,
      isInterrupted: false,
      rollbackFault: null,
      tookMs: 0,
    } as const;
    if (error instanceof SwitchFailure) return { ...untouched, ...error.fault };
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...untouched, reason, hint: 'sigctl status', logTail: [] };
  }
}

function createSwitchDeps({ root, release }: SwitchRequest, terminal: Terminal): SwitchDeps {
  const step = (text: string): void => terminal.writeOut(`${text}\n`);
  let isInterrupted = false;
  let child: ReturnType<typeof spawn> | undefined;
  const interrupt = (): void => {
    // Only the first: going back is not to be interrupted.
    if (!isInterrupted) child?.kill('SIGINT');
    isInterrupted = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  process.on('SIGHUP', () => undefined);
  const run = async (argv: readonly string[]): Promise<SigctlRun> => {
    child = spawn(findSigctl(root), argv, {
      cwd: join(root, 'current'),
      env: { ...process.env, SIGCTL_ACTOR: `deploy ${release}`, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return collect(child, step);
  };
  return {
    monotonicMs: () => Math.floor(performance.now()),
    sleep: (ms) => sleep(ms),
    run,
    readCurrent: () => readLink(root, 'current'),
    swap: (id) => writeLink(root, 'current', id),
    writePrevious: (id) => writeLink(root, 'previous', id),
    step,
    interrupted: () => isInterrupted,
  };
}

/** The sigctl of the release in force, else the one that runs this: it is installed for the whole machine. */
function findSigctl(root: string): string {
  const own = ['node_modules/.bin/sigctl', 'bin/sigctl'].map((path) => join(root, 'current', path));
  return own.find((path) => existsSync(path)) ?? resolve(process.argv[1] ?? 'sigctl');
}

/** Its progress ("reloading website") is ours. */
function collect(child: ReturnType<typeof spawn>, step: (text: string) => void): Promise<SigctlRun> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const line of text.split('\n')) if (/^(reloading|starting|stopping) /.test(line)) step(`  ${line}`);
  });
  return new Promise((done) => {
    child.once('error', (error) => done({ exitCode: EXIT.bug, answer: undefined, stdout, stderr: error.message }));
    child.once('close', (code) => done({ exitCode: code ?? EXIT.failed, answer: parseAnswer(stdout), stdout, stderr }));
  });
}

function parseAnswer(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    // It printed something for people, or nothing.
    return undefined;
  }
}

function readRequest(text: string): SwitchRequest {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw new Error('The request of a switch is no object');
  const { id, root, release, mode, gateMs, settleMs } = value;
  return {
    id: String(id),
    root: String(root),
    release: String(release),
    mode: typeof mode === 'string' ? mode : undefined,
    gateMs: Number(gateMs),
    settleMs: Number(settleMs),
  };
}
