import { explainExit, type KernelKill } from '../core/exit-cause.js';
import { maskDetail, maskSecrets, secretValues } from '../core/mask.js';
import type { ServiceSpec, Stack } from '../core/stack.js';
import type { ExitRecord } from '../process/exit-journal.js';
import { readGate } from '../process/gate.js';
import { DAEMON_KEY, gatePath } from '../process/home.js';
import { LAUNCHER_EXIT } from '../process/launcher-exit.js';
import { startedAtMs } from '../process/proc-stat.js';
import { readRemembered } from '../process/shell-env.js';
import { readDesired } from '../store/desired.js';
import type { NewServiceEvent } from '../store/events.js';
import { latestEvent } from '../store/history.js';
import type { StatusDb } from '../store/open.js';
import type { RecordedProcess } from '../store/processes.js';
import { type FactSources, gatherFacts, startIntent } from './exit-facts.js';
import type { KeySteps, RecordStep } from './record-steps.js';
import { explainRefusal } from './refusal.js';
import type { RecordedKey } from './seen-launches.js';

export interface ComposeContext extends FactSources {
  readonly stack: Stack;
  readonly nowMs: number;
  readonly version: string;
}

/** The events of all steps, oldest first, each with its cause; no secret of the stack in any of them. */
export function composeEvents(
  plans: readonly (KeySteps & { readonly key: RecordedKey })[],
  context: ComposeContext,
): readonly NewServiceEvent[] {
  const busy = plans.filter(({ steps }) => steps.length > 0);
  if (busy.length === 0) return [];
  const secrets = secretValues(...context.stack.services.map(({ env }) => env), readRemembered(context.paths.home));
  return busy
    .flatMap((plan) => composeKey(plan, context))
    .map((event) => masked(event, secrets))
    .sort((left, right) => left.atMs - right.atMs);
}

/** What is carried from one step of a key to the next. */
interface Trail {
  readonly cause: string | null;
  readonly logBytes: number | undefined;
  readonly refusal: number | undefined;
}

function composeKey({ key, steps }: KeySteps & { readonly key: RecordedKey }, context: ComposeContext) {
  const events: NewServiceEvent[] = [];
  let trail = readTrail(key, context.db);
  for (const [index, step] of steps.entries()) {
    const composed = composeStep(step, key, trail, context);
    const event = composed && step.kind === 'exit' ? beforeNextStart(composed, steps.slice(index + 1)) : composed;
    if (event !== undefined) events.push(event);
    trail = {
      cause: event?.cause ?? trail.cause,
      logBytes: step.kind === 'start' ? trail.logBytes : (step.exit?.logBytes ?? trail.logBytes),
      refusal: step.kind === 'refused' ? (step.exit.code ?? undefined) : undefined,
    };
  }
  return events;
}

/** An end that nobody saw was noticed when the next process ran already. */
function beforeNextStart(exit: NewServiceEvent, later: readonly RecordStep[]): NewServiceEvent {
  const next = later.find((step) => step.kind === 'start');
  return next === undefined ? exit : { ...exit, atMs: Math.min(exit.atMs, next.process.startedAtMs) };
}

/** As the last event of this process on record leaves it. */
function readTrail({ service, instance }: RecordedKey, db: StatusDb): Trail {
  const kinds = ['start', 'exit', 'refused', 'crash-loop'];
  const last = latestEvent(db, { service, instance, kinds });
  const isRefusal = last?.kind === 'refused' || last?.kind === 'crash-loop';
  return {
    cause: last?.cause ?? null,
    // Looked up where it is needed: most starts do not.
    logBytes: undefined,
    refusal: isRefusal ? (last.exitCode ?? undefined) : undefined,
  };
}

function composeStep(
  step: RecordStep,
  key: RecordedKey,
  trail: Trail,
  context: ComposeContext,
): NewServiceEvent | undefined {
  switch (step.kind) {
    case 'start':
      return composeStart(step.process, trail, context);
    case 'exit':
      return composeExit(step.process, step.exit, { key, trail }, context);
    case 'refused':
      return composeRefusal(step.exit, { key, trail }, context);
  }
}

function composeStart(process: RecordedProcess, trail: Trail, context: ComposeContext): NewServiceEvent {
  const { service, instance, identity, key, startId, starts } = process;
  const intent = starts === 1 ? startIntent(context.db, key, startId) : undefined;
  const isRestart = starts > 1 && key !== DAEMON_KEY;
  const command = intent?.detail?.['command'];
  return {
    atMs: process.startedAtMs,
    service,
    instance,
    kind: 'start',
    cause: intent?.cause ?? (isRestart ? trail.cause : null),
    actor: intent?.actor ?? (isRestart ? 'pm2' : 'sigctl'),
    pid: identity.pid,
    manifestHash: hashOf(context.db, process),
    version: context.version,
    detail: {
      key,
      startId,
      starts,
      startToken: identity.startToken,
      ...(typeof command === 'string' ? { command } : {}),
      ...(isRestart ? { reason: `restarted by pm2 after ${trail.cause ?? 'its exit'}` } : {}),
    },
  };
}

interface Place {
  readonly key: RecordedKey;
  readonly trail: Trail;
}

function composeExit(
  process: RecordedProcess,
  exit: ExitRecord | undefined,
  { key, trail }: Place,
  context: ComposeContext,
): NewServiceEvent {
  const { service, instance, identity, startId, starts } = process;
  const spec = key.spec ?? findSpec(context.stack, service);
  const facts = gatherFacts({ process, spec, exit, logFromByte: trail.logBytes }, context);
  const { cause, actor, reason } = explainExit(facts);
  // Nobody saw it: it was before the machine came up, or before now. Never before its start, whatever the clock did meanwhile.
  const unseenAtMs = facts.rebooted ? startedAtMs('0', context.nowMs) : context.nowMs;
  const atMs = Math.max(exit?.atMs ?? unseenAtMs, process.startedAtMs);
  const announced = facts.announced?.detail ?? {};
  return {
    atMs,
    service,
    instance,
    kind: 'exit',
    cause,
    actor,
    pid: identity.pid,
    exitCode: exit?.code ?? null,
    exitSignal: exit?.signal ?? null,
    manifestHash: hashOf(context.db, process),
    version: context.version,
    memoryBytes: facts.memoryBytes,
    logTail: facts.lines,
    detail: {
      ...announced,
      key: process.key,
      reason,
      uptimeMs: atMs - process.startedAtMs,
      startId,
      starts,
      startToken: identity.startToken,
      ...(exit === undefined ? {} : { logBytes: exit.logBytes }),
      ...(facts.kernelKill === null ? {} : oomDetail(facts.kernelKill)),
    },
  };
}

function oomDetail({ kills, hits, cgroup }: KernelKill): Readonly<Record<string, unknown>> {
  return { oomKills: kills, oomHits: hits, cgroup };
}

/** `undefined`: the same refusal is on record already, or it belongs to a stop. A launcher that is refused is started again and again. */
function composeRefusal(
  exit: ExitRecord,
  { key, trail }: Place,
  { db, version, paths }: ComposeContext,
): NewServiceEvent | undefined {
  if (trail.refusal === exit.code || !isTold(db, key.service, exit.code)) return undefined;
  const { kind, reason } = explainRefusal(exit.code, readGate(gatePath(paths, key.key)), `sigctl start ${key.service}`);
  return {
    atMs: exit.atMs,
    service: key.service,
    instance: key.instance,
    kind,
    cause: kind === 'crash-loop' ? (trail.cause ?? 'crash') : 'refused',
    actor: 'launcher',
    pid: exit.pid,
    exitCode: exit.code,
    version,
    detail: { key: key.key, reason, logBytes: exit.logBytes },
  };
}

/** After a stop a launcher finds no launch file, as the stop took it away: told only of a service that should run. */
function isTold(db: StatusDb, service: string, code: number | null): boolean {
  const wanted = readDesired(db).find((entry) => entry.service === service)?.wanted;
  return code === LAUNCHER_EXIT.stopped ? wanted === 'running' : wanted !== 'stopped';
}

function findSpec({ services }: Stack, service: string): ServiceSpec | undefined {
  return services.find(({ name }) => name === service);
}

/** The manifest's entry that it was started with. */
function hashOf(db: StatusDb, { key, startId, service, manifestHash }: RecordedProcess): string | null {
  if (manifestHash !== null) return manifestHash;
  const told = startIntent(db, key, startId)?.detail?.['hash'];
  if (typeof told === 'string') return told;
  return readDesired(db).find((entry) => entry.service === service)?.manifestHash ?? null;
}

export function withHash(db: StatusDb, process: RecordedProcess): RecordedProcess {
  return { ...process, manifestHash: hashOf(db, process) };
}

function masked(event: NewServiceEvent, secrets: readonly string[]): NewServiceEvent {
  return {
    ...event,
    logTail: event.logTail?.map((line) => maskSecrets(line, secrets)),
    detail: event.detail == null ? event.detail : maskDetail(event.detail, secrets),
  };
}
