import type { TopDeps } from '../commands/top-ports.js';
import { EXIT, SigctlError } from '../errors.js';
import { readLogs } from '../logs/log-reader.js';
import { lockPath, logPath } from '../process/home.js';
import { createDeps, type Deps } from './deps.js';
import type { Project } from './project.js';
import { runSigctl } from './top/run-sigctl.js';
import { openTopScreen } from './top/screen.js';
import { TopLooker } from './top/take-look.js';

/** Of each log, to begin with. */
const FIRST_LINES = 100;

/** What `sigctl top` touches. */
export function createTopDeps(deps: Deps, env: NodeJS.ProcessEnv): TopDeps {
  const { terminal, nowMs } = deps;
  // Nothing may be written past the frame: a broken manifest is told in the heading.
  let warning: string | undefined;
  const silent = createDeps(
    { ...terminal, writeErr: (text) => (warning = text), errWidth: Number.POSITIVE_INFINITY },
    deps.config,
  );
  const looker = new TopLooker({ nowMs, clockMs: () => performance.now() }, deps.version);
  let project: Project | undefined;
  return {
    requireTerminal: () => {
      const isTerminal = process.stdin.isTTY === true && terminal.outIsTerminal;
      if (!isTerminal || env['TERM'] === 'dumb') throw noTerminal();
    },
    openScreen: openTopScreen,
    look: async () => {
      warning = undefined;
      project = await silent.openOrLast(deps.config);
      const look = looker.look(project);
      return warning === undefined ? look : { ...look, name: `${look.name} (manifest is broken: sigctl config)` };
    },
    followLogs: async function* (sources, signal) {
      const { paths } = project ?? (await silent.openOrLast(deps.config));
      const rules = { lockPath: (key: string) => lockPath(paths, key), nowMs };
      yield* readLogs((key) => logPath(paths, key), { sources, lines: FIRST_LINES, follow: true, rules, signal });
    },
    runSigctl: (args) => {
      const [script = ''] = process.argv.slice(1);
      const config = deps.config === undefined ? [] : ['--config', deps.config];
      return runSigctl([process.execPath, script, ...config], args);
    },
    after: (delayMs, work) => {
      const timer = setTimeout(work, delayMs);
      return () => clearTimeout(timer);
    },
    nowMs,
    out: deps.out,
  };
}

function noTerminal(): SigctlError {
  return new SigctlError('Cannot open the live view: stdin and stdout are not both a terminal that can do it', {
    code: 'TERMINAL_MISSING',
    hint: 'Print it again and again instead: sigctl status --watch (once: sigctl status)',
    exitCode: EXIT.usage,
  });
}
