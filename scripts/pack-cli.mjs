/**
 * Builds the CLI. esbuild splits it at every `import()`; what `sigctl status` loads is packed into one file, `cli.pack.js`, with V8's
 * compiled code beside it, what the other commands that only look load besides into `reads.pack.js`, and every other piece stays a
 * file of its own in `cli/`. So the command that people and scripts run most reads nothing that it does not need, however many
 * commands there are, and each module still exists once.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bringToLife, writeWarmProject } from './warm-stack.mjs';

const TARGET = { platform: 'node', target: 'node20.19', minify: true };

/** Never bundled: a licence of its own, and native code. */
const EXTERNAL = ['pm2', '*.node'];

/** The first is packed for itself; what the others load beside it lies in the second pack. All of them only look. */
const WARM_UP = [
  ['status'],
  ['status', 'web'],
  ['status', '--json'],
  ['mode'],
  ['why', 'web'],
  ['history'],
  ['config'],
  ['env', 'web'],
  ['alerts'],
  ['logs', '-n', '20'],
  ['host', 'list'],
  ['wait', 'web', '--timeout', '0'],
];

/** Writes both packs, their caches and `cli/` into the stage. @param {import('esbuild')} esbuild */
export async function packCli(esbuild, root, stage) {
  const pieces = await splitCli(esbuild, root);
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-build-'));
  const standIn = spawn('sleep', ['600'], { stdio: 'ignore' });
  const warmUp = (commands, keep) => runCommands({ root, stage, folder, commands, keep });
  try {
    writePacks(stage, pieces, { first: [], all: [] });
    writeWarmProject(folder);
    // Nothing runs, so nothing is stopped; but from here on there is a status table to fill.
    warmUp([['stop']]);
    bringToLife(folder, standIn.pid);
    writePacks(stage, pieces, warmUp(WARM_UP));
    warmUp(WARM_UP, 'keep');
  } catch (error) {
    console.error(`sigctl: built, but not tuned: ${error.message}`);
  } finally {
    standIn.kill();
    rmSync(folder, { recursive: true });
  }
}

/** The pieces by name, each as the text of a CommonJS module. */
async function splitCli(esbuild, root) {
  const { outputFiles } = await esbuild.build({
    ...TARGET,
    entryPoints: { cli: join(root, 'src/main.ts') },
    bundle: true,
    splitting: true,
    format: 'esm',
    write: false,
    outdir: '.',
    outExtension: { '.js': '.cjs' },
    chunkNames: '[name]-[hash]',
    external: EXTERNAL,
    plugins: [sqliteBinding, noColourProbe],
    define: { 'import.meta.url': 'thisFile.url', 'import.meta.dirname': 'thisFile.dirname' },
    logLevel: 'warning',
  });
  // Without `import()`, esbuild makes it a lazy `require`, which spares starting node's ESM loader.
  const toCommonJs = { ...TARGET, format: 'cjs', supported: { 'dynamic-import': false } };
  const modules = outputFiles.map(async ({ path, text }) => {
    const { code } = await esbuild.transform(text, toCommonJs);
    // bin/sigctl reads the packs as Latin-1. esbuild escapes strings, and leaves regular expressions as they are.
    const foreign = /.{0,40}[^\0-\x7f].{0,40}/.exec(code);
    if (foreign !== null) throw new Error(`Cannot pack ${path}: a character that is not ASCII: ${foreign[0]}`);
    return [`./${path.split('/').pop()}`, code];
  });
  return new Map(await Promise.all(modules));
}

/** Writes `cli.pack.js` with the pieces that `status` loads, `reads.pack.js` with those of the other warm commands, and the rest. */
function writePacks(stage, pieces, { first, all }) {
  const asFunction = (name) => `(module,exports,require,thisFile)=>{${pieces.get(name)}}`;
  const table = (names) => `({${names.map((name) => `${JSON.stringify(name)}:${asFunction(name)}`).join(',\n')}})`;
  writePack(stage, 'cli', `(require,pack,runPack)=>(${loadCli})(${table(first)},require,pack,runPack)`);
  writePack(stage, 'reads', table(all.filter((name) => !first.includes(name))));
  rmSync(join(stage, 'cli'), { recursive: true, force: true });
  mkdirSync(join(stage, 'cli'));
  for (const name of [...pieces.keys()].filter((name) => !all.includes(name))) {
    writeFileSync(join(stage, 'cli', name), `module.exports=${asFunction(name)}`);
  }
}

/** Its last line names the cache that bin/sigctl looks for. */
function writePack(stage, name, text) {
  // A hash of the text, as V8 itself only compares lengths and would run the code of another build.
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  writeFileSync(join(stage, `${name}.pack.js`), `${text}//${name}-${hash}.cache`);
}

/**
 * Goes into the pack as text, and loads the CLI from its pieces there.
 *
 * @param hot Piece by name; the others lie in `reads.pack.js` or in `cli/` beside the pack.
 * @param require That of bin/sigctl.
 * @param pack Path of the pack.
 * @param runPack Evaluates another pack of the same folder.
 */
function loadCli(hot, require, pack, runPack) {
  const loaded = {};
  let reads;
  const thisFile = {
    get url() {
      return require('node:url').pathToFileURL(pack).href;
    },
    dirname: require('node:path').dirname(pack),
  };
  // Imported by much, used by little, and slow to load (6 ms for crypto): loaded with the first use of one of their exports.
  const seldomUsed = ['node:child_process', 'node:crypto', 'node:fs/promises'];
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
  function find(name) {
    if (hot[name] !== undefined) return hot[name];
    reads ??= runPack('reads.pack.js');
    return reads[name] ?? require(pack.replace('cli.pack.js', `cli/${name.slice(2)}`));
  }
  function load(name) {
    if (seldomUsed.includes(name)) return lazily(name);
    if (!name.startsWith('./')) return require(name);
    if (loaded[name] === undefined) {
      loaded[name] = { exports: {} };
      find(name)(loaded[name], loaded[name].exports, load, thisFile);
    }
    return loaded[name].exports;
  }
  return { main: load('./cli.cjs').main, loadedPieces: () => Object.keys(loaded) };
}

/** Runs commands of the staged CLI, and returns the names of the pieces that the first and all of them loaded. */
function runCommands({ root, stage, folder, commands, keep = '' }) {
  const report = join(folder, 'loaded.json');
  const args = [
    join(root, 'scripts/warm-up.cjs'),
    stage,
    report,
    keep,
    ...commands.map((line) => JSON.stringify(line)),
  ];
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

/** better-sqlite3 searches its native half in fifteen places (8 ms with its own modules); where npm builds it is known. */
const sqliteBinding = {
  name: 'sqlite-binding',
  setup(build) {
    const contents = `module.exports = () => require('better-sqlite3/build/Release/better_sqlite3.node');`;
    build.onResolve({ filter: /^bindings$/ }, ({ path }) => ({ path, namespace: 'sqlite' }));
    build.onLoad({ filter: /.*/, namespace: 'sqlite' }, () => ({ contents }));
  },
};
