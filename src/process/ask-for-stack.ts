import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CodeAnswer } from '../core/code-stack.js';
import { inspectFlags } from '../core/node-flags.js';
import type { ProcessIdentity } from '../core/observed-process.js';
import { catchesSignal } from './caught-signals.js';
import { findInspectorAddress } from './inspector-address.js';
import { type InspectorAddress, readPausedCode } from './inspector-session.js';
import { mayHandleSignal } from './names-signal.js';
import { readListeningPorts } from './ports.js';
import { readCommandLine } from './proc-stat.js';
import { signalAll } from './signals.js';

/** node opens its inspector on it, in a thread of its own: also while JavaScript is in an endless loop. */
const SIGNAL = 'SIGUSR1';
const POLL_MS = 20;

export interface StackQuestion {
  /** Its log, where node writes the address. */
  readonly log: string;
  /** Absolute paths of the program and of what is loaded before it. */
  readonly files: readonly string[];
  /** Absolute folder of the project. */
  readonly root: string;
  /** For all of it. */
  readonly withinMs: number;
}

/**
 * Asks a node process, blocked or not, where its code is. Never throws, and the process goes on. One that was not started with
 * sigctl's own flags, or that may have other plans with the signal, is left alone.
 */
export async function askForStack(process: ProcessIdentity, question: StackQuestion): Promise<CodeAnswer> {
  const startedAt = performance.now();
  const leftMs = () => question.withinMs - (performance.now() - startedAt);
  const port = readInspectPort(process.pid);
  if (port === undefined) return { missing: "not asked, as it does not run with sigctl's inspector flags" };
  if (!catchesSignal(process.pid, SIGNAL)) return { missing: `not asked, as ${SIGNAL} would end it` };
  if (mayHandleSignal(question.files, SIGNAL)) return { missing: `not asked, as its code uses ${SIGNAL} itself` };
  const address = await openInspector(process, { port, log: question.log, leftMs });
  const code = address && (await readPausedCode(address, { root: question.root, withinMs: Math.max(1, leftMs()) }));
  return code ?? { missing: `no answer within ${question.withinMs / 1_000}s` };
}

/** Where sigctl told it to listen; `undefined` for any other process. */
function readInspectPort(pid: number): number | undefined {
  const line = readCommandLine(pid);
  const port = Number(/ --inspect-port=127\.0\.0\.1:(\d+) /.exec(line)?.[1]);
  return line.includes(` ${inspectFlags(port).join(' ')} `) ? port : undefined;
}

interface Opening {
  readonly port: number;
  readonly log: string;
  readonly leftMs: () => number;
}

/** Its address, once it listens there itself: a line in a log is no proof of who does. */
async function openInspector(
  process: ProcessIdentity,
  { port, log, leftMs }: Opening,
): Promise<InspectorAddress | undefined> {
  const isOpen = () => readListeningPorts([process.pid]).includes(port);
  // Asked before: it stays open, and tells its address only once.
  if (isOpen()) return findInspectorAddress(log, port, 0);
  const fromByte = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  signalAll([process], SIGNAL);
  while (leftMs() > 0) {
    await sleep(POLL_MS);
    const address = findInspectorAddress(log, port, fromByte);
    if (address !== undefined && isOpen()) return address;
  }
  return undefined;
}
