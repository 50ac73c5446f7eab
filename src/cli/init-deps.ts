import { randomBytes } from 'node:crypto';
import {
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { InitDeps, InitDraft, InitTarget } from '../commands/init.js';
import type { ServiceSpec } from '../core/stack.js';
import { EXIT, SigctlError } from '../errors.js';
import { draftFromFile, draftFromFiles, type SourceFile } from '../init/choose-source.js';
import { MAX_SOURCE_CHARACTERS } from '../init/draft-manifest.js';
import type { SourceFolder } from '../init/init-plan.js';
import { sourceBroken } from '../init/source-error.js';
import { KNOWN_SOURCES, PM2_NAMES } from '../init/source-format.js';
import { validateManifestText } from '../manifest/validate-text.js';
import type { Deps } from './deps.js';

const MANIFEST_NAME = 'ecosystem.config.cjs';

/** What `sigctl init` touches: files of the current folder, and our own loader. */
export function createInitDeps(deps: Pick<Deps, 'out' | 'pkg'>, cwd: string, env: NodeJS.ProcessEnv): InitDeps {
  return {
    out: deps.out,
    findTarget: (config) => findTarget(cwd, config),
    draft: (from, target) =>
      from === undefined ? draftFromFolder(cwd, target) : draftFromFile(openSource(cwd, from, target)),
    check: (draft, target) => check(draft, target, deps, env),
    write: (draft, target, { replace }) => write(cwd, draft, target, replace),
  };
}

function findTarget(cwd: string, config: string | undefined): InitTarget {
  const path = resolve(cwd, config ?? MANIFEST_NAME);
  if (!path.endsWith('.cjs')) {
    throw new SigctlError(`Cannot write the manifest "${path}": it is CommonJS, and its name has to end in .cjs`, {
      code: 'INIT_NAME',
      hint: `Leave --config out, or name a .cjs file: sigctl --config ${MANIFEST_NAME} init`,
      exitCode: EXIT.usage,
    });
  }
  const names = config === undefined ? PM2_NAMES.map((name) => join(cwd, name)) : [path];
  const existing = names.find((name) => existsSync(name));
  return { path, name: shown(cwd, path), existing: existing === undefined ? undefined : shown(cwd, existing) };
}

function shown(cwd: string, path: string): string {
  const name = relative(cwd, path);
  return name === '' || name.startsWith('..') ? path : name;
}

/** A manifest that is to be made anew out of nothing else is taken over itself: so everything in it is kept. */
function draftFromFolder(cwd: string, target: InitTarget): Promise<InitDraft> {
  const names = KNOWN_SOURCES.filter((name) => existsSync(join(cwd, name)));
  const known = names.length === 0 && target.existing !== undefined ? [target.existing] : names;
  return draftFromFiles(known.map((name) => openSource(cwd, name, target)));
}

/** @throws {SigctlError} `INIT_SOURCE_MISSING`, `INIT_SOURCE_BROKEN`. */
function openSource(cwd: string, from: string, target: InitTarget): SourceFile {
  const path = resolve(cwd, from);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw sourceMissing(path);
  if (!stats.isFile()) throw sourceBroken(from, stats.isDirectory() ? 'it is a folder' : 'it is no file');
  if (stats.size > MAX_SOURCE_CHARACTERS * 4) throw sourceBroken(from, 'it is larger than 256 KB');
  const text = readText(path);
  if (text === undefined) throw sourceBroken(from, 'no permission to read it');
  return {
    name: shown(cwd, path),
    text,
    fromManifest: relative(dirname(target.path), dirname(path)) || '.',
    folder: sourceFolder(dirname(path)),
  };
}

function sourceMissing(path: string): SigctlError {
  return new SigctlError(`Cannot find "${path}"`, {
    code: 'INIT_SOURCE_MISSING',
    hint: 'Name a file that exists, or leave --from out to use what is in the current folder: sigctl init --dry-run',
    exitCode: EXIT.usage,
  });
}

function sourceFolder(folder: string): SourceFolder {
  return {
    read: (path) => {
      const file = resolve(folder, path);
      const stats = statSync(file, { throwIfNoEntry: false });
      // A pipe would be waited for.
      return stats?.isFile() && stats.size <= MAX_SOURCE_CHARACTERS ? readText(file) : undefined;
    },
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Unreadable is the answer: whoever asks says what that means.
    return undefined;
  }
}

async function check(draft: InitDraft, target: InitTarget, { pkg }: Pick<Deps, 'pkg'>, env: NodeJS.ProcessEnv) {
  try {
    const stack = await validateManifestText(draft.text, {
      manifestPath: target.path,
      execPath: process.execPath,
      nodeVersion: process.versions.node,
      // Whether the file is sound must not hang on this shell's PORT.
      shellEnv: { PATH: env['PATH'] },
      packageRoot: pkg.root,
    });
    const services = stack.services.map((spec) => spec.name);
    const missing =
      draft.source === undefined ? [] : stack.services.flatMap((spec) => missingOf(spec, stack.root, env['PATH']));
    return { services, notes: [...stack.notes, ...missing] };
  } catch (error) {
    if (error instanceof SigctlError && error.code === 'MANIFEST_INVALID') throw refused(draft, target, error);
    throw error;
  }
}

function refused(draft: InitDraft, target: InitTarget, error: SigctlError): SigctlError {
  const faults = error.message.split('\n').slice(1).join('\n');
  return new SigctlError(`Cannot make a manifest from "${draft.source ?? 'nothing'}": it would be refused\n${faults}`, {
    code: 'INIT_INVALID',
    hint: `Correct ${draft.source ?? 'it'} and try again, or write ${target.name} by hand; nothing was written`,
    exitCode: EXIT.usage,
    cause: error,
  });
}

/** What `sigctl start` would stumble over. */
function missingOf(
  { name, script, interpreter, cwd }: ServiceSpec,
  root: string,
  path: string | undefined,
): readonly string[] {
  const notes: string[] = [];
  if (!existsSync(cwd)) notes.push(`${name}: its folder "${shown(root, cwd)}" does not exist`);
  else if (!existsSync(script))
    notes.push(
      `${name}: "${shown(cwd, script)}" is no file here and no command in PATH: install it before "sigctl start"`,
    );
  const isFound = (folder: string): boolean => existsSync(join(folder, interpreter ?? ''));
  if (
    interpreter !== undefined &&
    !(isAbsolute(interpreter) ? existsSync(interpreter) : (path ?? '').split(delimiter).some(isFound))
  ) {
    notes.push(`${name}: "${basename(interpreter)}" is no command in PATH: install it before "sigctl start"`);
  }
  return notes;
}

/** The whole file or none of it. What was readable for its owner only stays so, as its secrets came along. */
function write(cwd: string, draft: InitDraft, target: InitTarget, replace: boolean): void {
  const source =
    draft.source === undefined ? undefined : statSync(resolve(cwd, draft.source), { throwIfNoEntry: false });
  const mode = (source?.mode ?? 0o644) & 0o666;
  const temporary = `${target.path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, draft.text, { flag: 'wx', mode });
    if (replace) renameSync(temporary, target.path);
    else copyFileSync(temporary, target.path, constants.COPYFILE_EXCL);
  } catch (error) {
    throw notWritten(target, error);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function notWritten(target: InitTarget, error: unknown): SigctlError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new SigctlError(`Cannot write "${target.path}": ${code}`, {
    code: 'INIT_NOT_WRITTEN',
    hint: hintAtWrite(code, dirname(target.path)),
    exitCode: EXIT.environment,
    cause: error,
  });
}

function hintAtWrite(code: string, folder: string): string {
  if (code === 'EEXIST') return 'It has come in between; replace it: sigctl init --force';
  return code === 'ENOENT' ? `Make its folder: mkdir -p "${folder}"` : `Make the folder writable: ls -ld "${folder}"`;
}
