import type { LogsDeps } from '../commands/logs.js';
import { processKeys } from '../core/stack.js';
import { codeOf } from '../logs/file-errors.js';
import { hasLog, readLogs } from '../logs/log-reader.js';
import { createPipeWriter } from '../logs/pipe-writer.js';
import { lockPath, logPath } from '../process/home.js';
import { type Deps, writeNote } from './deps.js';
import type { Project } from './project.js';
import { writeText } from './write-text.js';

/** What `sigctl logs` touches. The manifest is read once, by `services`, which comes first. */
export function createLogsDeps(deps: Deps, config: string | undefined): LogsDeps {
  const { terminal } = deps;
  let opened: Promise<Project> | undefined;
  const project = () => {
    opened ??= deps.openOrLast(config);
    return opened;
  };
  /** Not before there is something to write: a line that only asks for help, or is wrong, listens to nothing. */
  let write: LogsDeps['write'] | undefined;
  return {
    services: async () =>
      (await project()).stack.services.map((spec) => ({ name: spec.name, keys: processKeys(spec) })),
    readLogs: async function* (request) {
      const { paths } = await project();
      const rules = request.rules ? { lockPath: (key: string) => lockPath(paths, key), nowMs: deps.nowMs } : undefined;
      yield* readLogs((key) => logPath(paths, key), { ...request, rules });
    },
    hasLog: async (key) => hasLog(logPath((await project()).paths, key)),
    write: (text) => {
      write ??= terminal.outIsTerminal ? createPipeWriter(process.stdout) : writeDirectly;
      return terminal.quiet.hush === 'all' ? true : write(text);
    },
    warn: (text) => writeNote(terminal, text),
    interrupt,
    colour: terminal.outColour,
    isTerminal: terminal.outIsTerminal,
    nowMs: deps.nowMs,
  };
}

function interrupt(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

const STDOUT = 1;

/** Spares node's stream, which no terminal has made yet. @returns False once nobody reads any more, as in `| head -1`. */
function writeDirectly(text: string): boolean {
  try {
    writeText(STDOUT, text);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EPIPE') return false;
    throw error;
  }
}
