/**
 * Builds the CLI. esbuild splits it at every `import()`; what `sigctl status` loads is joined into one file, `packs/cli.js`, with V8's
 * compiled code beside it. Each other command that only looks has a pack of its own with what it loads besides, and every other piece
 * is a file in `cli/`. So a command that people and scripts run much reads one or two files and nothing that it does not need, however
 * many commands there are, and each module exists once in a process.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bringToLife, writeWarmProject } from './warm-stack.mjs';

const TARGET = { platform: 'node', target: 'node20.19', minify: true };

/** Without `import()`, esbuild makes it a lazy `require`, which spares starting node's ESM loader. */
const COMMON_JS = { ...TARGET, format: 'cjs', supported: { 'dynamic-import': false } };

/** Never bundled: a licence of its own, and native code. */
const EXTERNAL = ['pm2', '*.node'];

/** Lines that only look, by the word that names their pack. What the first load is in `packs/cli.js`; a line without such a word has the last one. */
const WARM_UP = {
  cli: [['status'], ['status', '--json'], ['--help']],
  status: [['status', 'web']],
  mode: [['mode']],
  why: [['why', 'web']],
  history: [['history']],
  config: [['config']],
  env: [['env', 'web']],
  alerts: [['alerts']],
  logs: [['logs', '-n', '20']],
  host: [['host', 'list']],
  wait: [['wait', 'web', '--timeout', '0']],
  help: [
    ['help', 'exit-codes'],
    ['status', '--help'],
  ],
};
/** Where a line names no pack. */
const FALLBACK = 'help';

/** Writes the packs, their caches and `cli/` into the stage. @param {import('esbuild')} esbuild */
export async function packCli(esbuild, root, stage) {
  const pieces = await splitCli(esbuild, root);
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-build-'));
  const standIn = spawn('sleep', ['600'], { stdio: 'ignore' });
  const warmUp = (lines, keep) => runLines({ root, stage, folder, lines, keep });
  try {
    await writePacks(esbuild, stage, pieces, {});
    writeWarmProject(folder);
    // Nothing runs, so nothing is stopped; but from here on there is a status table to fill.
    warmUp([['stop']]);
    bringToLife(folder, standIn.pid);
    // As a rule the record is up to now, and what writes it is not needed.
    warmUp([['why', 'web']]);
    const loaded = Object.entries(WARM_UP).map(([name, lines]) => [name, warmUp(lines)]);
    await writePacks(esbuild, stage, pieces, Object.fromEntries(loaded));
    for (const lines of Object.values(WARM_UP)) warmUp(lines, 'keep');
  } catch (error) {
    console.error(`sigctl: built, but not tuned: ${error.message}`);
  } finally {
    standIn.kill();
    rmSync(folder, { recursive: true });
  }
}

/** Goes into the pack as text. Node's own search for it takes longer than its load. */
function loadSqliteAddon() {
  const fs = require('node:fs');
  const addon = 'better-sqlite3/build/Release/better_sqlite3.node';
  // Beside sigctl where npm has flattened the tree, else in its own folder.
  const file = [`../../node_modules/${addon}`, `../../../${addon}`]
    .map((path) => `${thisFile.dirname}/${path}`)
    .find((path) => fs.existsSync(path));
  if (file === undefined) return require(addon);
  const module = { exports: {} };
  process.dlopen(module, file);
  return module.exports;
}

/** The pieces by name, each as the text of a CommonJS module. */
async function splitCli(esbuild, root) {
  const { outputFiles, metafile } = await esbuild.build({
    ...TARGET,
    entryPoints: { cli: join(root, 'src/main.ts') },
    metafile: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    write: false,
    outdir: '.',
    outExtension: { '.js': '.cjs' },
    chunkNames: '[name]-[hash]',
    external: EXTERNAL,
    plugins: [leanSqlite, noColourProbe],
    define: {
      'import.meta.url': 'thisFile.url',
      'import.meta.dirname': 'thisFile.dirname',
      BUILT_VERSION: JSON.stringify(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version),
    },
    logLevel: 'warning',
  });
  const exportsOf = new Map(
    Object.entries(metafile.outputs).map(([path, { exports }]) => [path.split('/').pop(), exports]),
  );
  return new Map(
    outputFiles.map(({ path, text }) => {
      const name = path.split('/').pop();
      return [`./${name}`, { text, exports: exportsOf.get(name) }];
    }),
  );
}

/** One piece as the text of a function that is its module. */
async function wrapPiece(esbuild, text) {
  const { code } = await esbuild.transform(text, COMMON_JS);
  return `(module,exports,require,thisFile)=>{${code}}`;
}

/** Several pieces joined into one module, in which they call each other directly. `find(name)` is what a piece exports. */
async function joinPieces(esbuild, pieces, names) {
  const imports = names.map((name, index) => {
    const list = pieces.get(name).exports.map((key) => `${key} as ${key}_${index}`);
    return `import { ${list.join(', ')} } from ${JSON.stringify(name)};`;
  });
  const cases = names.map((name, index) => {
    // Plain values: nothing exported changes once its module has run.
    const values = pieces.get(name).exports.map((key) => `${key}: ${key}_${index}`);
    return `case ${JSON.stringify(name)}: return { ${values.join(', ')} };`;
  });
  const contents = `${imports.join('\n')}\nexport const find = (name) => { switch (name) { ${cases.join('\n')} } };`;
  const fromMemory = {
    name: 'from-memory',
    setup(build) {
      build.onResolve({ filter: /^\.\/.*\.cjs$/ }, ({ path, kind }) =>
        names.includes(path) && kind !== 'dynamic-import' ? { path, namespace: 'piece' } : { path, external: true },
      );
      build.onLoad({ filter: /.*/, namespace: 'piece' }, ({ path }) => ({ contents: pieces.get(path).text }));
    },
  };
  const { outputFiles } = await esbuild.build({
    ...COMMON_JS,
    stdin: { contents, resolveDir: '/' },
    bundle: true,
    write: false,
    external: EXTERNAL,
    plugins: [fromMemory],
    logLevel: 'warning',
  });
  return `(module,exports,require,thisFile)=>{${outputFiles[0].text}}`;
}

/**
 * Writes a pack for each name of WARM_UP, and the rest.
 *
 * @param loaded Names of the pieces that the lines of each pack load; empty in the first round, when nothing was run yet.
 */
async function writePacks(esbuild, stage, pieces, { cli = [], ...others }) {
  const packs = Object.entries(others).map(([name, loaded]) => [name, loaded.filter((piece) => !cli.includes(piece))]);
  const tables = JSON.stringify({ cli, others: Object.fromEntries(packs), fallback: FALLBACK });
  const hot = await joinPieces(esbuild, pieces, cli);
  rmSync(join(stage, 'packs'), { recursive: true, force: true });
  mkdirSync(join(stage, 'packs'));
  writePack(stage, 'cli', `(require,packs,runPack)=>(${loadCli})(${tables},${hot},require,packs,runPack)`);
  for (const [name, members] of packs) writePack(stage, name, await joinPieces(esbuild, pieces, members));
  rmSync(join(stage, 'cli'), { recursive: true, force: true });
  mkdirSync(join(stage, 'cli'));
  for (const name of [...pieces.keys()].filter((name) => !cli.includes(name))) {
    writeFileSync(join(stage, 'cli', name), `module.exports=${await wrapPiece(esbuild, pieces.get(name).text)}`);
  }
}

/** Its last line names the caches that bin/sigctl looks for. */
function writePack(stage, name, text) {
  // bin/sigctl reads the packs as Latin-1. esbuild escapes strings, and leaves regular expressions as they are.
  const foreign = /.{0,40}[^\0-\x7f].{0,40}/.exec(text);
  if (foreign !== null) throw new Error(`Cannot pack ${name}: a character that is not ASCII: ${foreign[0]}`);
  // A hash of the text, as V8 itself only compares lengths and would run the code of another build.
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  writeFileSync(join(stage, 'packs', `${name}.js`), `${text}//${name}-${hash}`);
}

/**
 * Goes into the pack as text, and loads the CLI from its pieces there.
 *
 * @param tables Names of the pieces in each pack.
 * @param hot The module of this pack.
 * @param require That of bin/sigctl.
 * @param packs The folder of packs, in `dist/`.
 * @param runPack Evaluates one of them by name.
 */
function loadCli(tables, hot, require, packs, runPack) {
  const loaded = {};
  const thisFile = {
    get url() {
      return require('node:url').pathToFileURL(`${packs}/cli.js`).href;
    },
    dirname: packs,
  };
  // Imported by much, used by little, and slow to load (6 ms for crypto): loaded with the first use of one of their exports.
  const seldomUsed = [
    ...['node:child_process', 'node:crypto', 'node:fs/promises', 'node:os', 'node:perf_hooks', 'node:stream'],
    ...['node:stream/promises', 'node:string_decoder', 'node:timers/promises', 'node:zlib'],
  ];
  const lazily = (name) =>
    new Proxy(
      {},
      {
        get: (_, key) => require(name)[key],
        ownKeys: () => Reflect.ownKeys(require(name)),
        getOwnPropertyDescriptor: (_, key) => ({
          ...Reflect.getOwnPropertyDescriptor(require(name), key),
          configurable: true,
        }),
      },
    );
  function run(asModule) {
    const module = { exports: {} };
    asModule(module, module.exports, load, thisFile);
    return module.exports;
  }
  // Once each, with the first piece that is in it.
  const once = (make) => {
    let made;
    return () => (made ??= make());
  };
  const joined = once(() => run(hot));
  const own = process.argv.slice(2).find((word) => Object.hasOwn(tables.others, word)) ?? tables.fallback;
  const joinedForOwn = once(() => run(runPack(own)));
  function find(name) {
    if (tables.cli.includes(name)) return joined().find(name);
    if (tables.others[own]?.includes(name)) return joinedForOwn().find(name);
    return run(require(`${packs}/../cli/${name.slice(2)}`));
  }
  // Loading node:module for a manifest alone, whose path is absolute, would take as long as reading it.
  function createRequire(base) {
    const real = () => require('node:module').createRequire(base);
    const own = (id) => (id.startsWith('/') ? require(id) : real()(id));
    return Object.assign(own, { cache: require.cache, resolve: (...args) => real().resolve(...args) });
  }
  const atHand = { 'node:module': { createRequire }, 'node:process': process };
  function load(name) {
    if (Object.hasOwn(atHand, name)) return atHand[name];
    if (seldomUsed.includes(name)) return lazily(name);
    if (!name.startsWith('./')) return require(name);
    loaded[name] ??= find(name);
    return loaded[name];
  }
  return { main: load('./cli.cjs').main, loadedPieces: () => Object.keys(loaded) };
}

/** Runs lines of the staged CLI in one process, and returns the names of the pieces that they loaded. */
function runLines({ root, stage, folder, lines, keep = '' }) {
  const report = join(folder, 'loaded.json');
  const args = [join(root, 'scripts/warm-up.cjs'), stage, report, keep, ...lines.map((line) => JSON.stringify(line))];
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder },
  });
  if (status !== 0) throw new Error(`The warm-up fails\n${stderr}`);
  return JSON.parse(readFileSync(report, 'utf8'));
}

/** chalk looks at the streams as it loads (3 ms); sigctl decides itself whether there is colour, and tells chalk each time. */
const noColourProbe = {
  name: 'no-colour-probe',
  setup(build) {
    const contents = `export default { stdout: false, stderr: false };`;
    build.onResolve({ filter: /^#supports-color$/ }, ({ path }) => ({ path, namespace: 'no-colour' }));
    build.onLoad({ filter: /.*/, namespace: 'no-colour' }, () => ({ contents }));
  },
};

/**
 * better-sqlite3 searches its native half in fifteen places (8 ms with its own modules); where npm builds it is known. Its backup is
 * loaded with the first one, and what makes SQL functions of JavaScript is left out: nothing here does.
 */
const REAL = '?real';
const leanSqlite = {
  name: 'lean-sqlite',
  setup(build) {
    const contents = `module.exports = ${loadSqliteAddon}`;
    build.onResolve({ filter: /^bindings$/ }, ({ path }) => ({ path, namespace: 'sqlite' }));
    build.onLoad({ filter: /.*/, namespace: 'sqlite' }, () => ({ contents }));
    build.onLoad({ filter: /better-sqlite3.lib.methods.(aggregate|function|table)\.js$/ }, () => ({
      contents: `module.exports = () => { throw new Error('left out of the built CLI (scripts/pack-cli.mjs)'); };`,
    }));
    build.onLoad({ filter: /better-sqlite3.lib.methods.backup\.js$/ }, ({ path, suffix }) => {
      if (suffix === REAL) return undefined;
      const contents = `module.exports = async function backup(...args) {
        const real = await import(${JSON.stringify(path + REAL)});
        return real.default.apply(this, args);
      };`;
      return { contents };
    });
    build.onResolve({ filter: /\?real$/ }, ({ path }) => ({ path: path.slice(0, -REAL.length), suffix: REAL }));
  },
};
