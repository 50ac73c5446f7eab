/**
 * Builds the CLI. esbuild splits it at every `import()`; what `sigctl status` loads is packed into one file, `cli.pack.js`, with V8's
 * compiled code beside it, and every other piece stays a file of its own in `cli/`. So the command that people and scripts run most
 * reads nothing that it does not need, however many commands there are, and each module still exists once.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TARGET = { platform: 'node', target: 'node20.19', minifyWhitespace: true, minifySyntax: true };

/** Never bundled: a licence of its own, and native code. */
const EXTERNAL = ['pm2', '*.node'];

/** Writes `cli.pack.js`, its cache and `cli/` into the stage. @param {import('esbuild')} esbuild */
export async function packCli(esbuild, root, stage) {
  const pieces = await splitCli(esbuild, root);
  const folder = mkdtempSync(join(tmpdir(), 'sigctl-build-'));
  writeFileSync(
    join(folder, 'ecosystem.config.cjs'),
    `module.exports = { apps: [{ name: 'one', script: 'one.js' }] };`,
  );
  try {
    writePack(stage, pieces, []);
    // Nothing runs, so nothing is stopped; but from here on there is a status table to read.
    warmUp(root, stage, folder, 'stop');
    const cache = writePack(stage, pieces, warmUp(root, stage, folder, 'status'));
    warmUp(root, stage, folder, 'status', join(stage, cache));
  } catch (error) {
    console.error(`sigctl: built, but not tuned: ${error.message}`);
  } finally {
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
    define: { 'import.meta.url': 'thisFile.url' },
    logLevel: 'warning',
  });
  // Without `import()`, esbuild makes it a lazy `require`, which spares starting node's ESM loader.
  const toCommonJs = { ...TARGET, format: 'cjs', supported: { 'dynamic-import': false } };
  const modules = outputFiles.map(async ({ path, text }) => {
    const { code } = await esbuild.transform(text, toCommonJs);
    return [`./${path.split('/').pop()}`, code];
  });
  return new Map(await Promise.all(modules));
}

/** Writes the pack with the hot pieces inside and the others beside it. Returns the name under which bin/sigctl looks for its cache. */
function writePack(stage, pieces, hot) {
  const asFunction = (name) => `(module,exports,require,thisFile)=>{${pieces.get(name)}}`;
  const table = hot.map((name) => `${JSON.stringify(name)}:${asFunction(name)}`);
  const text = `(require,pack)=>(${loadCli})({${table.join(',\n')}},require,pack)`;
  // A hash of the text, as V8 itself only compares lengths and would run the code of another build.
  const cache = `cli-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.cache`;
  writeFileSync(join(stage, 'cli.pack.js'), `${text}//${cache}`);
  rmSync(join(stage, 'cli'), { recursive: true, force: true });
  mkdirSync(join(stage, 'cli'));
  for (const name of [...pieces.keys()].filter((name) => !hot.includes(name))) {
    writeFileSync(join(stage, 'cli', name), `module.exports=${asFunction(name)}`);
  }
  return cache;
}

/**
 * Goes into the pack as text, and loads the CLI from its pieces there.
 *
 * @param hot Piece by name; the others lie in `cli/` beside the pack.
 * @param require That of bin/sigctl.
 * @param pack Path of the pack.
 */
function loadCli(hot, require, pack) {
  const loaded = {};
  const thisFile = {
    get url() {
      return require('node:url').pathToFileURL(pack).href;
    },
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
  function load(name) {
    if (seldomUsed.includes(name)) return lazily(name);
    if (!name.startsWith('./')) return require(name);
    if (loaded[name] === undefined) {
      loaded[name] = { exports: {} };
      const piece = hot[name] ?? require(pack.replace('cli.pack.js', `cli/${name.slice(2)}`));
      piece(loaded[name], loaded[name].exports, load, thisFile);
    }
    return loaded[name].exports;
  }
  return { main: load('./cli.cjs').main, loadedPieces: () => Object.keys(loaded) };
}

/** Runs one command of the staged CLI in a project where nothing runs, and returns the names of the pieces that it loaded. */
function warmUp(root, stage, folder, command, cacheFile = '') {
  const args = [join(root, 'scripts/warm-up.cjs'), join(stage, 'cli.pack.js'), join(folder, 'loaded.json'), cacheFile];
  const { status, stderr } = spawnSync(process.execPath, [...args, command], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: folder },
  });
  if (status !== 0) throw new Error(`"sigctl ${command}" fails\n${stderr}`);
  return JSON.parse(readFileSync(join(folder, 'loaded.json'), 'utf8'));
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
