import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { Output, SessionRequest, StackSession, StackView } from '../commands/session.js';
import type { HostStatus } from '../core/host-status.js';
import { throughCurrent } from '../deploy/through-current.js';
import type { ShownProgress } from '../render/progress.js';
import { wrapLines } from '../render/wrap-lines.js';
import { currentFolder } from './current-folder.js';
import { openProject, type Package, type Project, type ProjectRequest } from './project.js';
import type { SessionSetup } from './stack-session.js';
import type { OpenStackView } from './stack-view.js';
import type { Terminal } from './terminal.js';

/** The real things that commands touch, each built when it is asked for. */
export interface Deps {
  readonly version: string;
  /** The sigctl package itself. */
  readonly pkg: Package;
  readonly terminal: Terminal;
  readonly out: Output;
  readonly nowMs: () => number;
  /** `note` takes what is odd about what was read; left out, it goes to stderr. */
  readonly readView: (config: string | undefined, note?: (text: string) => void) => Promise<StackView>;
  /** The same with the table left open. */
  readonly openView: (config: string | undefined, note?: (text: string) => void) => Promise<OpenStackView>;
  /** What every host of the list says of its stack. */
  readonly readAllHosts: () => Promise<readonly HostStatus[]>;
  readonly withSession: <T>(request: SessionRequest, work: (session: StackSession) => Promise<T>) => Promise<T>;
  /** What a command that takes the stack's lock by itself starts from. */
  readonly sessionSetup: (config: string | undefined, more?: Pick<ProjectRequest, 'orLast'>) => Promise<SessionSetup>;
  /** `--config`, for what is built before its command has parsed the line. */
  readonly config: string | undefined;
  readonly openProject: (config: string | undefined) => ReturnType<typeof openProject>;
  /** The same, and with a broken manifest the stack as it was last valid, which is said on stderr. */
  readonly openOrLast: (config: string | undefined) => ReturnType<typeof openProject>;
}

export function createDeps(terminal: Terminal, config: string | undefined): Deps {
  const pkg = readPackage();
  const nowMs = () => Date.now();
  const open = (config: string | undefined, write: boolean, more: Pick<ProjectRequest, 'orLast' | 'check'> = {}) =>
    openProject({ cwd: currentFolder(), config, env: process.env, pkg, write, ...more });
  const spinner: Spinner = { clear: () => undefined };
  const noteOnStderr = (text: string): void => {
    spinner.clear();
    writeNote(terminal, text);
  };
  const openOrLast = async (config: string | undefined, note = noteOnStderr) => {
    const project = await open(config, false, { orLast: true });
    if (project.warning !== undefined) note(project.warning);
    return project;
  };
  const setup = (project: Project): SessionSetup => ({
    project,
    packageRoot: pkg.root,
    version: pkg.version,
    env: process.env,
    actor: process.env['SIGCTL_ACTOR'] ?? `operator ${userInfo().username}`,
    nowMs,
    note: noteOnStderr,
  });
  return {
    version: pkg.version,
    pkg,
    terminal,
    out: createOutput(terminal, spinner),
    nowMs,
    config,
    openProject: (config) => open(config, false),
    openOrLast: (config) => openOrLast(config),
    readView: async (config, note = noteOnStderr) => {
      const { readStackView } = await import('./stack-view.js');
      return readStackView(await openOrLast(config, note), nowMs, note);
    },
    openView: async (config, note = noteOnStderr) => {
      const { openStackView } = await import('./stack-view.js');
      return openStackView(await openOrLast(config, note), nowMs, note);
    },
    readAllHosts: async () => {
      const { readHostStatuses } = await import('./remote.js');
      return readHostStatuses(process.env);
    },
    withSession: async (request, work) => {
      const [{ withStackSession }, { readUnlistedKeys }] = await Promise.all([
        import('./stack-session.js'),
        import('../observe/unlisted.js'),
      ]);
      const project = await open(request.config, true, {
        orLast: request.orLast ?? false,
        check: (stack, paths) => request.check?.({ stack, unlisted: readUnlistedKeys(stack, paths) }),
      });
      if (project.warning !== undefined) noteOnStderr(project.warning);
      return withStackSession(setup(project), request, work);
    },
    sessionSetup: async (config, more) => setup(await open(config, true, more)),
  };
}

/** What moves on the last line, if anything does: it gives way to a line that is told meanwhile. */
interface Spinner {
  clear: () => void;
}

function createOutput(terminal: Terminal, spinner: Spinner): Output {
  return {
    print: (text) => {
      if (text !== '') terminal.writeOut(`${text}\n`);
    },
    note: (text) => {
      spinner.clear();
      writeNote(terminal, text);
    },
    showProgress: () => lazyProgress(terminal, spinner),
    width: terminal.width,
    colour: terminal.outColour,
    setExitCode: terminal.setExitCode,
  };
}

/** A sentence on stderr. */
export function writeNote(terminal: Pick<Terminal, 'writeErr' | 'errWidth'>, text: string): void {
  terminal.writeErr(`${wrapLines(text, terminal.errWidth)}\n`);
}

/** For commands whose results are sentences: on a terminal these are broken between words. */
export function inSentences<T extends Pick<Deps, 'out' | 'terminal'>>(deps: T): T {
  const { out, terminal } = deps;
  const print = (text: string): void => out.print(text.startsWith('{') ? text : wrapLines(text, out.width));
  return { ...deps, out: terminal.outIsTerminal ? { ...out, print } : out };
}

/** The spinner's module is loaded with the first thing that is shown. */
function lazyProgress(terminal: Terminal, spinner: Spinner): ReturnType<Output['showProgress']> {
  const stream = { write: terminal.writeErr, isTerminal: terminal.errIsTerminal };
  let isDone = false;
  let loaded: ShownProgress | undefined;
  const view = import('../render/progress.js').then(({ showProgress }) => {
    loaded = showProgress(stream);
    spinner.clear = loaded.clear;
    return loaded;
  });
  return {
    report: (progress) =>
      void view.then((shown) => !isDone && terminal.quiet.hush === 'nothing' && shown.report(progress)),
    done: () => {
      isDone = true;
      // At once where it is shown: the result that is printed next must not stand behind a spinner.
      if (loaded === undefined) void view.then((shown) => shown.done());
      else loaded.done();
    },
  };
}

/** Set where this is built, into a folder of `dist/` (scripts/pack-cli.mjs): a search for package.json takes 1 % of what node needs to start. */
declare const BUILT_VERSION: string | undefined;

/** The package that holds this file, in the sources as in the bundle. */
function readPackage(): Package {
  if (typeof BUILT_VERSION === 'string')
    return { root: throughCurrent(join(import.meta.dirname, '../..')), version: BUILT_VERSION };
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'));
    if (manifest !== undefined) return { root: throughCurrent(folder), version: manifest };
    if (folder === dirname(folder)) throw new Error('The package.json of sigctl is missing');
  }
}

function readManifest(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const { name, version }: { name?: unknown; version?: unknown } = JSON.parse(readFileSync(path, 'utf8'));
  return name === 'sigctl' ? String(version) : undefined;
}
