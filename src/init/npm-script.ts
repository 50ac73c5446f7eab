/** The scripts of a package.json, by name. */
export type NpmScripts = Readonly<Record<string, string>>;

export interface ResolvedScript {
  /** What runs side by side. */
  readonly lines: readonly { readonly name: string; readonly line: string }[];
  readonly note: string;
}

/**
 * What `npm start`, `yarn worker`, `run-p web worker` or `concurrently "npm:web" "npm:worker"` stand for, so that no npm stays
 * between sigctl and the service. `undefined`: it is none of these, the script is unknown or has a `pre`/`post` script.
 */
export function resolveNpmScript(argv: readonly string[], scripts: NpmScripts | undefined): ResolvedScript | undefined {
  if (scripts === undefined) return undefined;
  const names = scriptNames(argv, scripts);
  if (names === undefined || names.length === 0) return undefined;
  const lines = names.map((name) => ({ name, line: lookUp(name, scripts) }));
  const isKnown = lines.every(({ name, line }) => line !== undefined && !hasHooks(name, scripts));
  if (!isKnown) return undefined;
  return {
    lines: lines.map(({ name, line = '' }) => ({ name, line })),
    note: `taken from the scripts of package.json, in place of "${argv.join(' ')}"`,
  };
}

/** The scripts of package.json as text; `undefined` when it is none. */
export function readNpmScripts(text: string | undefined): NpmScripts | undefined {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    const scripts = typeof parsed === 'object' && parsed !== null && 'scripts' in parsed ? parsed.scripts : undefined;
    if (typeof scripts !== 'object' || scripts === null) return undefined;
    return Object.fromEntries(Object.entries(scripts).filter(([, line]) => typeof line === 'string'));
  } catch {
    // Whoever needs the file itself tells what is wrong with it; here it only spares a process.
    return undefined;
  }
}

/** Reads the scripts of a folder below the source's, once for each call. */
export function scriptsBelow(read: (path: string) => string | undefined, base = '.') {
  return (folder: string): NpmScripts | undefined =>
    folder.startsWith('/') ? undefined : readNpmScripts(read(`${base}/${folder}/package.json`));
}

function scriptNames(argv: readonly string[], scripts: NpmScripts): readonly string[] | undefined {
  const [program = '', ...words] = argv[0] === 'npx' ? argv.slice(1) : argv;
  const plain = words.filter((word) => !/^(?:-s|--silent)$/.test(word));
  if (['npm', 'yarn', 'pnpm'].includes(program)) {
    const name = plain[0] === 'run' || plain[0] === 'run-script' ? plain[1] : plain[0];
    const isCall =
      plain.length === (name === plain[0] ? 1 : 2) && (program !== 'npm' || name === 'start' || name !== plain[0]);
    return isCall && name !== undefined ? [name] : undefined;
  }
  if (program === 'run-p' || (program === 'npm-run-all' && /^(?:-p|--parallel)$/.test(words[0] ?? ''))) {
    const names = program === 'run-p' ? words : words.slice(1);
    return names.some((name) => name.startsWith('-')) ? undefined : names.flatMap((name) => expand(name, scripts));
  }
  return program === 'concurrently' ? concurrent(words, scripts) : undefined;
}

/** Only names: a command of another kind among them stays with `concurrently`. Options that take no value are let go. */
function concurrent(words: readonly string[], scripts: NpmScripts): readonly string[] | undefined {
  const calls = words.filter((word) => !/^(?:-k|-r|--kill-others(?:-on-fail)?|--raw)$/.test(word));
  const names = calls.map(
    (word) => /^(?:(?:npm|yarn|pnpm):|(?:npm|pnpm|yarn) run )(\S+)$/.exec(word)?.[1] ?? runShort(word),
  );
  return names.every((name) => name !== undefined) ? names.flatMap((name) => expand(name, scripts)) : undefined;
}

function runShort(word: string): string | undefined {
  return word === 'npm start' ? 'start' : undefined;
}

/** `start:*` and `start-*` name every script that begins so. */
function expand(name: string, scripts: NpmScripts): readonly string[] {
  if (!name.endsWith('*')) return [name];
  return Object.keys(scripts).filter((script) => script.startsWith(name.replace(/\*+$/, '')));
}

function lookUp(name: string, scripts: NpmScripts): string | undefined {
  return Object.hasOwn(scripts, name) ? scripts[name] : undefined;
}

function hasHooks(name: string, scripts: NpmScripts): boolean {
  return Object.hasOwn(scripts, `pre${name}`) || Object.hasOwn(scripts, `post${name}`);
}
