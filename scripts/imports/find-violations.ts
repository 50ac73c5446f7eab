import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { type ImportRule, mayUseZod, ruleFor } from './import-table.js';
import { type ImportStatement, type SourceFacts, scanSource } from './scan-source.js';

interface SourceFile {
  /** From the root, with `/`: `src/core/judge.ts`. */
  readonly path: string;
  readonly area: string;
  readonly facts: SourceFacts;
}

/** Checks every file of `<root>/src` against the import table. Returns one line per fault, `file:line: what is wrong`. */
export function findViolations(root: string): readonly string[] {
  const files = readSources(root);
  const areas = [...new Set(files.map((file) => file.area))];
  return [
    ...files.flatMap((file) => [...importFaults(root, file, areas), ...exportFaults(file)]),
    ...findCycles(importGraph(root, files)).map((cycle) => `${cycle[0]}: import cycle: ${cycle.join(' → ')}`),
  ];
}

function readSources(root: string): readonly SourceFile[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .sort()
    .map((file) => {
      const path = `src/${file.split(sep).join('/')}`;
      return { path, area: areaOf(path), facts: scanSource(readFileSync(join(root, path), 'utf8')) };
    });
}

/** `core` for `src/core/judge.ts`, `services/website` for its files, `errors.ts` for a file directly in `src/`. */
function areaOf(path: string): string {
  const [, folder = '', name = ''] = path.split('/');
  return folder === 'services' ? `services/${name}` : folder;
}

function importFaults(root: string, file: SourceFile, areas: readonly string[]): readonly string[] {
  const rule = ruleFor(file.area, areas);
  if (rule === undefined) return [`${file.path}:1: the import table has no row for "${file.area}"`];
  return file.facts.imports.flatMap((statement) => {
    const fault = importFault(root, file, statement, rule);
    return fault === undefined ? [] : [`${file.path}:${statement.line}: ${fault}`];
  });
}

function importFault(root: string, file: SourceFile, statement: ImportStatement, rule: ImportRule): string | undefined {
  const { specifier } = statement;
  if (specifier.startsWith('.')) return relativeFault(root, file, statement, rule);
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith('node:')) return `"${specifier}" needs the prefix "node:"`;
    return rule.node ? undefined : `"${file.area}" is pure and may not import "${specifier}"`;
  }
  const name = packageName(specifier);
  if (!rule.packages.includes(name)) return `"${file.area}" may not import the package "${name}"`;
  if (name === 'zod' && !mayUseZod(file.path)) return 'in a service only the config file may import "zod"';
  return undefined;
}

function relativeFault(
  root: string,
  file: SourceFile,
  statement: ImportStatement,
  rule: ImportRule,
): string | undefined {
  const target = resolveRelative(root, file.path, statement.specifier);
  if (target === undefined) return `"${statement.specifier}" is no file of src/`;
  const area = areaOf(target);
  if (area === file.area || rule.folders.includes(area) || rule.folders.includes(target.slice('src/'.length))) return;
  return `"${file.area}" may not import "${area}" (${statement.specifier})`;
}

function exportFaults({ path, facts }: SourceFile): readonly string[] {
  return [
    ...facts.defaultExports.map((line) => `${path}:${line}: default export; name it`),
    ...facts.starExports.map((line) => `${path}:${line}: "export *"; name what is exported`),
  ];
}

/** `src/core/judge.ts` for `../core/judge.js`; `undefined` when there is no such file. A `.d.ts` counts. */
function resolveRelative(root: string, from: string, specifier: string): string | undefined {
  const target = join(dirname(from), specifier).split(sep).join('/');
  const candidates = [target.replace(/\.js$/, '.ts'), target.replace(/\.js$/, '.d.ts')];
  return candidates.find((candidate) => candidate.startsWith('src/') && existsSync(join(root, candidate)));
}

/** `pm2` for `pm2/modules/pm2-axon`, `@scope/name` for a scoped one. */
function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function importGraph(root: string, files: readonly SourceFile[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    files.map(({ path, facts }) => [
      path,
      facts.imports.flatMap(({ specifier }) => {
        const target = specifier.startsWith('.') ? resolveRelative(root, path, specifier) : undefined;
        return target === undefined ? [] : [target];
      }),
    ]),
  );
}

/** Every cycle that a depth-first walk closes, each as the path from a file back to itself. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  const done = new Set<string>();
  const walk = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) cycles.push([...trail.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) walk(next, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) walk(file, []);
  return cycles;
}
