import type { LogsDeps } from '../commands/logs.js';
import { processKeys } from '../core/stack.js';
import { hasLog, readLogs } from '../logs/log-reader.js';
import { createPipeWriter } from '../logs/pipe-writer.js';
import { lockPath, logPath } from '../process/home.js';
import { type Deps, writeNote } from './deps.js';
import type { Project } from './project.js';

/** What `sigctl logs` touches. The manifest is read once, by `services`, which comes first. */
export function createLogsDeps(deps: Deps, config: string | undefined): LogsDeps {
  const { terminal } = deps;
  let opened: Promise<Project> | undefined;
  const project = () => {
    opened ??= deps.openOrLast(config);
    return opened;
  };
  const interrupt = new AbortController();
  const end = (): void => interrupt.abort();
  const write = createPipeWriter(process.stdout);
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  return {
    services: async () =>
      (await project()).stack.services.map((spec) => ({ name: spec.name, keys: processKeys(spec) })),
    readLogs: async function* (request) {
      const { paths } = await project();
      const rules = request.rules ? { lockPath: (key: string) => lockPath(paths, key), nowMs: deps.nowMs } : undefined;
      yield* readLogs((key) => logPath(paths, key), { ...request, rules });
    },
    hasLog: async (key) => hasLog(logPath((await project()).paths, key)),
    write: (text) => (terminal.quiet.hush === 'all' ? Promise.resolve(true) : write(text)),
    warn: (text) => writeNote(terminal, text),
    signal: interrupt.signal,
    colour: terminal.outColour,
    isTerminal: terminal.outIsTerminal,
    nowMs: deps.nowMs,
  };
}
