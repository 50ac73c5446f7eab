import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceSpec } from '../core/stack.js';

const SPECIFIER = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"`](\.{1,2}\/[^'"`]+)['"`]/g;
const ENDINGS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '/index.js', '/index.ts'];
/** More than this is not looked through while somebody waits for an answer. */
const MAX_FILES = 500;
const MAX_BYTES = 16 * 1024 ** 2;
const PIECE_BYTES = 64 * 1024;
/** What is cut by the end of a piece is whole in the next one. */
const OVERLAP_CHARS = 500;

/**
 * Whether the code of a program may handle a signal: a file of its own has its name in quotes. Follows relative imports, not packages.
 * The kernel cannot tell: node itself handles SIGUSR1, and a listener in JavaScript takes that place. What cannot be read through, or
 * is too large, may.
 *
 * @param files Absolute paths, the program first.
 */
export function mayHandleSignal(files: readonly string[], signal: NodeJS.Signals): boolean {
  const name = new RegExp(`['"\`]${signal}['"\`]`);
  const seen = new Set(files);
  let bytes = 0;
  try {
    // A Set hands out what is added on the way too.
    for (const file of seen) {
      for (const text of readPieces(file)) {
        bytes += PIECE_BYTES;
        if (name.test(text) || seen.size > MAX_FILES || bytes > MAX_BYTES) return true;
        for (const [, specifier = ''] of text.matchAll(SPECIFIER)) {
          const found = findModule(resolve(dirname(file), specifier));
          if (found !== undefined) seen.add(found);
        }
      }
    }
    return false;
  } catch {
    // A file was moved or replaced since the start.
    return true;
  }
}

/** `undefined`: it stands in a comment or a string, or it is made by a bundler: node would not find it either. */
function findModule(path: string): string | undefined {
  const paths = [...ENDINGS.map((ending) => path + ending), path.replace(/\.([cm]?)js$/, '.$1ts')];
  return paths.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/** The text of a file piece by piece: a bundle of megabytes must not become memory of the watchdog. */
function* readPieces(file: string): Generator<string> {
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(PIECE_BYTES);
    let rest = '';
    for (;;) {
      const length = readSync(descriptor, buffer, 0, buffer.length, null);
      if (length === 0) return;
      const text = rest + buffer.toString('utf8', 0, length);
      yield text;
      rest = text.slice(-OVERLAP_CHARS);
    }
  } finally {
    closeSync(descriptor);
  }
}

const PRELOAD = /(?:--import|--require|--loader|--experimental-loader|-r)(?:=|\s+)(\.{0,2}\/\S+|file:\/\/\/\S+)/g;

/** The files that node begins with: the program, and those that its flags name. Absolute. */
export function programFiles({
  script,
  cwd,
  interpreterArgs,
  env,
}: Pick<ServiceSpec, 'script' | 'cwd' | 'interpreterArgs' | 'env'>): readonly string[] {
  const flags = [env['NODE_OPTIONS'] ?? '', ...interpreterArgs].join(' ');
  const preloads = [...flags.matchAll(PRELOAD)].map(([, file = '']) =>
    file.startsWith('file:') ? fileURLToPath(file) : resolve(cwd, file),
  );
  return [script, ...preloads];
}
