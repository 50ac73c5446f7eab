import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceSpec } from '../core/stack.js';

const SPECIFIER = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"`](\.{1,2}\/[^'"`]+)['"`]/g;
const ENDINGS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '/index.js', '/index.ts'];
/** More than this is not looked through while somebody waits for an answer. */
const MAX_FILES = 500;
const MAX_BYTES = 16 * 1024 ** 2;

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
  // A Set hands out what is added on the way too.
  for (const file of seen) {
    const text = read(file);
    if (text === undefined) return true;
    bytes += text.length;
    if (name.test(text) || seen.size > MAX_FILES || bytes > MAX_BYTES) return true;
    for (const [, specifier = ''] of text.matchAll(SPECIFIER)) {
      const found = findModule(resolve(dirname(file), specifier));
      if (found !== undefined) seen.add(found);
    }
  }
  return false;
}

/** `undefined`: it stands in a comment or a string, or it is made by a bundler: node would not find it either. */
function findModule(path: string): string | undefined {
  const paths = [...ENDINGS.map((ending) => path + ending), path.replace(/\.([cm]?)js$/, '.$1ts')];
  return paths.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Moved or replaced since the start.
    return undefined;
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
