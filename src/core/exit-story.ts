import { describeStuck } from './code-stack.js';
import { formatDuration } from './duration.js';
import { reasonOf, type ServiceEvent } from './service-event.js';
import { formatSize } from './size.js';
import { tellingLine } from './telling-line.js';

/** What is known now of the process that a story is about. */
export interface StoryProcess {
  readonly service: string;
  readonly key: string;
  readonly pid: number | null;
  readonly uptimeMs: number | null;
  readonly wanted: boolean;
  readonly verdict: string;
  readonly reason: string;
  readonly next: string | null;
  readonly memoryLimitBytes: number | null;
}

export interface StoryInput {
  readonly process: StoryProcess;
  /** Of this process, oldest first. */
  readonly events: readonly ServiceEvent[];
  /** Of the manifest as it is now; `undefined` when it no longer names the service. */
  readonly manifestHash: string | undefined;
  readonly nowMs: number;
}

/** Why a process is not what it was: five lines for people, and the event for scripts. */
export interface ExitStory {
  readonly service: string;
  readonly key: string;
  /** `exited`: it did. `not-started`: the last attempt to start it failed. `running`: no exit on record. `never`: no process on record. */
  readonly kind: 'exited' | 'not-started' | 'running' | 'never';
  /** What happened and how long ago. */
  readonly what: string;
  /** Which process it was, and for how long it ran. */
  readonly of: string | null;
  /** Epoch milliseconds. */
  readonly atMs: number | null;
  readonly cause: string | null;
  readonly actor: string | null;
  readonly reason: string | null;
  /** Memory, version, manifest. */
  readonly facts: string | null;
  /** The line of its log that tells most. */
  readonly said: string | null;
  /** Where the code of a process was that hung or got nothing done, or why nobody knows. */
  readonly stuck: string | null;
  /** What happened next, and how it is now. */
  readonly sequel: string;
  /** The next command to type. */
  readonly next: string | null;
  readonly event: ServiceEvent | null;
}

/** Tells the last exit of a process, or the last start that failed when that is newer. Pure. */
export function tellExit(input: StoryInput): ExitStory {
  const last = input.events.findLast(isEnd) ?? input.events.findLast(({ kind }) => kind === 'refused');
  if (last === undefined) return tellNoExit(input);
  return last.kind === 'exit' ? tellEnd(input, last) : tellNotStarted(input, last);
}

/**
 * A start that failed after its process exited is told by the exit. A refusal of the launcher is what came next, or it was about a
 * second copy: a story of its own only where there is no other.
 */
function isEnd({ kind, detail }: ServiceEvent): boolean {
  if (kind === 'start-failed') return detail?.['code'] !== 'CRASHED' && detail?.['code'] !== 'NOT_READY';
  return kind === 'exit';
}

function tellNoExit(input: StoryInput): ExitStory {
  const { process, events, nowMs } = input;
  const { service, key } = process;
  const nothing = {
    service,
    key,
    of: null,
    cause: null,
    actor: null,
    reason: null,
    facts: null,
    said: null,
    stuck: null,
    event: null,
  };
  const start = events.findLast(({ kind }) => kind === 'start') ?? events.findLast(({ kind }) => kind === 'ready');
  if (process.pid === null && start === undefined) {
    return {
      ...nothing,
      kind: 'never',
      what: `${key} has never run here, as far as the record goes`,
      atMs: null,
      sequel: process.reason,
      next: nextCommand(input),
    };
  }
  const sinceMs = process.uptimeMs ?? (start === undefined ? null : nowMs - start.atMs);
  const since = sinceMs === null ? '' : ` ${formatDuration(sinceMs)} ago`;
  const by = start === undefined ? '' : ` by ${start.actor}`;
  return {
    ...nothing,
    kind: 'running',
    what: `${key} has not exited since its start${since}${by}`,
    atMs: start?.atMs ?? null,
    stuck: wasLookedInto(process.verdict) ? whereStuck(events, process.pid) : null,
    sequel: `${process.verdict}: ${process.reason}`,
    next: process.next,
  };
}

function tellEnd(input: StoryInput, exit: ServiceEvent): ExitStory {
  const { process, nowMs } = input;
  const { key, service } = process;
  const uptimeMs = exit.detail?.['uptimeMs'];
  const after = typeof uptimeMs === 'number' ? `, after ${formatDuration(uptimeMs)}` : '';
  return {
    service,
    key,
    kind: 'exited',
    what: `${key} ${howItEnded(exit)}, ${formatDuration(nowMs - exit.atMs)} ago`,
    of: `pid ${exit.pid ?? 'unknown'}${after}`,
    atMs: exit.atMs,
    cause: exit.cause,
    actor: exit.actor,
    reason: reasonOf(exit) ?? null,
    facts: describeFacts(input, exit),
    said: tellingLine(exit.logTail ?? []) ?? null,
    stuck: wasLookedInto(exit.cause) ? whereStuck(input.events, exit.pid) : null,
    ...tellNext(input, exit),
    event: exit,
  };
}

/** Before the watchdog ends a process for one of these, it puts on record what the process was doing. */
function wasLookedInto(word: string | null): boolean {
  return word === 'hung' || word === 'stale' || word === 'unhealthy';
}

/** By the last look that the watchdog took into this process. */
function whereStuck(events: readonly ServiceEvent[], pid: number | null): string | null {
  const snapshot = events.findLast((event) => event.kind === 'snapshot' && event.pid === pid);
  return describeStuck(snapshot?.detail ?? null) ?? null;
}

function howItEnded({ exitCode, exitSignal, cause }: ServiceEvent): string {
  if (exitSignal !== null) return `was ended by ${exitSignal}`;
  if (exitCode !== null) return `exited with code ${exitCode}`;
  return cause === 'reboot' ? 'ended with the machine, which came up again' : 'was found gone';
}

function tellNotStarted(input: StoryInput, event: ServiceEvent): ExitStory {
  const { process, nowMs } = input;
  return {
    service: process.service,
    key: process.key,
    kind: 'not-started',
    what: `${process.key} could not be started, ${formatDuration(nowMs - event.atMs)} ago`,
    of: null,
    atMs: event.atMs,
    cause: event.cause,
    actor: event.actor,
    reason: reasonOf(event) ?? null,
    facts: describeFacts(input, event),
    said: null,
    stuck: null,
    ...tellNext(input, event),
    event,
  };
}

function describeFacts({ process, manifestHash }: StoryInput, event: ServiceEvent): string {
  const { memoryLimitBytes } = process;
  const limit = memoryLimitBytes === null ? '' : ` of ${formatSize(memoryLimitBytes)}`;
  return [
    ...(event.memoryBytes === null ? [] : [`memory ${formatSize(event.memoryBytes)}${limit} at most`]),
    ...(event.version === null ? [] : [`sigctl ${event.version}`]),
    ...describeManifest(event.manifestHash, manifestHash),
  ].join(' · ');
}

function describeManifest(then: string | null, now: string | undefined): readonly string[] {
  if (then === null) return [];
  if (now === undefined) return ['no longer in the manifest'];
  return [then === now ? `manifest as now (${now})` : `its manifest entry has changed since (${then} → ${now})`];
}

function tellNext(input: StoryInput, end: ServiceEvent): Pick<ExitStory, 'sequel' | 'next'> {
  const { process, events } = input;
  const later = events.slice(events.lastIndexOf(end) + 1);
  const start = later.find(({ kind }) => kind === 'start');
  if (start !== undefined) {
    const waited = formatDuration(Math.max(0, start.atMs - end.atMs));
    const by = start.actor === 'pm2' ? 'restarted' : `started by ${start.actor}`;
    const sequel = `${by} ${waited} later as pid ${start.pid ?? 'unknown'}; now ${asItIs(process)}`;
    return { sequel, next: nextCommand(input) };
  }
  const held = later.findLast(({ kind }) => kind === 'crash-loop' || kind === 'refused');
  const sequel = held === undefined ? now(process) : `not restarted: ${reasonOf(held) ?? held.kind}`;
  // Another start would meet the same port; doctor names who holds it, and what ends that.
  if (end.cause === 'port-taken' && process.pid === null) return { sequel, next: 'sigctl doctor' };
  return { sequel, next: nextCommand(input, held === undefined && end.cause === 'completed') };
}

/** What runs needs nothing unless its verdict says so; what does not run is started, if the manifest has it and its work is not done. */
function nextCommand({ process, manifestHash }: StoryInput, isDone = false): string | null {
  if (process.next !== null || process.pid !== null || manifestHash === undefined) return process.next;
  if (isDone) return null;
  return `sigctl start ${process.service}`;
}

/** Of a process that was started again. */
function asItIs(process: StoryProcess): string {
  return process.uptimeMs === null ? `${process.verdict}: ${process.reason}` : now(process);
}

/** `healthy, up 3h 05m`, `down: exited with code 3`, `stopped, and nobody asked for it since`. */
function now({ verdict, reason, uptimeMs, wanted }: StoryProcess): string {
  if (uptimeMs !== null) return `${verdict}, up ${formatDuration(uptimeMs)}`;
  if (wanted) return `not restarted (${verdict}: ${reason})`;
  return reason === verdict ? 'not restarted, and nobody has asked for it since' : `not restarted: ${reason}`;
}
