import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, resolve } from 'node:path';
import { compileFunction, Script } from 'node:vm';
import { copyPlain, isRecord } from './copy-plain.js';
import { describeFound } from './describe-found.js';
import { type Fault, manifestInvalid } from './fault.js';

/** What the file says, before anything is checked but its outline. */
export interface RawManifest {
  readonly manifestPath: string;
  /** Folder of the manifest. */
  readonly root: string;
  /** An array in a sound manifest: one app alone is wrapped. */
  readonly apps: unknown;
  /** The other keys of the file; empty when it exports apps only. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/**
 * Evaluates a manifest afresh on each call, the files that it requires included. Takes PM2's outlines: `{ apps: [...] }`,
 * `apps` as one object, an array of apps, one app; `.json` files too.
 *
 * @throws {SigctlError} `MANIFEST_INVALID` with file and position when it cannot be read, throws or exports nothing.
 */
export function loadManifest(manifestPath: string): RawManifest {
  const path = resolve(manifestPath);
  return outlineOf(path, isJson(path) ? readJson(path) : evaluate(path));
}

/**
 * The same for a text that is not written yet, as the CommonJS file that `manifestPath` would be.
 *
 * @throws {SigctlError} `MANIFEST_INVALID`.
 */
export function loadManifestText(manifestPath: string, text: string): RawManifest {
  const path = resolve(manifestPath);
  return outlineOf(path, evaluateText(path, text));
}

function outlineOf(path: string, value: unknown): RawManifest {
  const root = dirname(path);
  const exported = throughLink(plainExport(path, value), root);
  const outline = { manifestPath: path, root };
  if (Array.isArray(exported)) return { ...outline, apps: exported, rest: {} };
  if (!('apps' in exported) && APP_MARKS.some((key) => key in exported))
    return { ...outline, apps: [exported], rest: {} };
  const { apps, ...rest } = exported;
  return { ...outline, apps: isRecord(apps) ? [apps] : apps, rest };
}

/**
 * Where the manifest was reached by a symbolic link (`current` of a deployed release), its `__dirname` is the place behind it. Paths
 * of the stack go by the link, so that they are the same when it leads to the next release.
 */
function throughLink(value: Record<string, unknown> | unknown[], root: string): Record<string, unknown> | unknown[] {
  const real = existsSync(root) ? realpathSync(root) : root;
  if (real === root) return value;
  const follow = (inner: unknown): unknown => {
    if (typeof inner === 'string') return inner === real ? root : inner.replaceAll(`${real}/`, `${root}/`);
    if (Array.isArray(inner)) return inner.map(follow);
    return isRecord(inner) && !(inner instanceof RegExp) ? followAll(inner) : inner;
  };
  const followAll = (block: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(block).map(([key, part]) => [key, follow(part)]));
  return Array.isArray(value) ? value.map(follow) : followAll(value);
}

/** A file that exports one of these at the top is itself an app. */
const APP_MARKS = ['script', 'exec', 'cmd', 'command'];

function plainExport(path: string, exported: unknown): Record<string, unknown> | unknown[] {
  const value = unwrapDefault(exported);
  const expected = 'module.exports = { apps: [...] }';
  if (typeof value !== 'object' || value === null) {
    throw manifestInvalid(path, [fault('module.exports', describeFound(value), expected)]);
  }
  const copy = copyPlain(value);
  if (copy === undefined)
    throw manifestInvalid(path, [fault('module.exports', 'an object that holds itself', expected)]);
  if (Array.isArray(copy)) return copy;
  if (isRecord(copy) && Object.keys(copy).length > 0) return copy;
  throw manifestInvalid(path, [fault('module.exports', 'nothing', expected)]);
}

/** An ES module, or TypeScript compiled to CommonJS, carries the manifest as its default export. */
function unwrapDefault(exported: unknown): unknown {
  return isRecord(exported) && 'default' in exported ? exported['default'] : exported;
}

function evaluate(path: string): unknown {
  refuseUnreadable(path);
  const require = createRequire(path);
  delete require.cache[path];
  const before = new Set(Object.keys(require.cache));
  try {
    return require(path);
  } catch (error) {
    throw manifestInvalid(path, [evaluationFault(path, error)], error);
  } finally {
    for (const loaded of Object.keys(require.cache)) if (!before.has(loaded)) delete require.cache[loaded];
  }
}

function evaluateText(path: string, text: string): unknown {
  const module = { exports: {} };
  try {
    const run = compileFunction(
      text.replace(/^#!.*/, ''),
      ['module', 'exports', 'require', '__filename', '__dirname'],
      {
        filename: path,
      },
    );
    run(module, module.exports, createRequire(path), path, dirname(path));
    return module.exports;
  } catch (error) {
    throw manifestInvalid(path, [evaluationFault(path, error)], error);
  }
}

function evaluationFault(path: string, error: unknown): Fault {
  if (!(error instanceof Error)) return fault(path, `a thrown ${describeFound(error)}`, 'a file that evaluates');
  const [firstLine = ''] = error.message.split('\n');
  // V8 quotes the word it stumbled over, which may be a piece of a secret; the position says where to look.
  const words = error instanceof SyntaxError ? firstLine.replace(/\s*['"`].*$/, '') : firstLine;
  const esModule = /in ES module scope/.test(firstLine) ? ' (this package is ESM: rename the manifest to .cjs)' : '';
  return fault(`${path}${positionIn(error, path)}`, `${error.name}: ${words}`, `a file that evaluates${esModule}`);
}

/** `:3:9`, or as much of it as the stack tells. */
function positionIn(error: Error, path: string): string {
  const stack = error.stack ?? '';
  const at = stack.indexOf(`${path}:`);
  return at < 0 ? '' : (/^(?::\d+){1,2}/.exec(stack.slice(at + path.length))?.[0] ?? '');
}

function isJson(path: string): boolean {
  return extname(path) === '.json';
}

function readJson(path: string): unknown {
  refuseUnreadable(path);
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    // The message of JSON.parse quotes the text around the fault, which may be a secret: it stays here.
    throw manifestInvalid(path, [fault(`${path}${jsonPosition(path, text)}`, 'text that is no JSON', STRICT_JSON)]);
  }
}

const STRICT_JSON = 'JSON without comments and trailing commas (a .cjs file may have both)';

/** What JSON may hold outside of its nesting: a comma before a closing bracket is not among it. */
const JSON_TOKEN = /\s+|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[[\]{}:]|,(?!\s*[\]}])/y;

/** Compiles the text, without running it, to learn the line: JSON.parse does not tell in every Node. Else the first odd token. */
function jsonPosition(path: string, text: string): string {
  try {
    new Script(`(${text}\n)`, { filename: path });
  } catch (error) {
    return error instanceof Error ? positionIn(error, path) : '';
  }
  const token = new RegExp(JSON_TOKEN);
  let at = 0;
  while (token.test(text)) at = token.lastIndex;
  return `:${text.slice(0, at).split('\n').length}`;
}

function refuseUnreadable(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() && !/\.ya?ml$/.test(path)) return;
  const kind = stats === undefined ? 'no file' : stats.isDirectory() ? 'a folder' : 'no JavaScript or JSON';
  throw manifestInvalid(path, [fault(path, kind, 'a .cjs, .js or .json file')]);
}

function fault(path: string, found: string, expected: string): Fault {
  return { path, app: undefined, found, expected };
}
