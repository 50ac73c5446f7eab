/**
 * Builds `dist/`: the CLI (`cli.cjs`), the packages it bundles (`vendor/`), one entry per service, the kit with its types, and the
 * migrations. Everything is made in a stage first and moved into place file by file, so that a running sigctl never reads half a file.
 *
 * `--if-possible` does nothing where the dev dependencies are absent (`npm ci --omit=dev`); `--watch` builds again on each change.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** Never bundled: a licence of its own, and native code. */
const EXTERNAL = ['pm2', '*.node'];

/**
 * Bundled into a file of its own: V8 scans a bundle whole before its first line runs, and zod's 580 KB cost `status` 25 ms.
 * Our own modules all stay in one file, so that each class exists once.
 */
const VENDOR = ['yaml', 'zod'];

const NODE = { bundle: true, platform: 'node', target: 'node20.19', logLevel: 'warning' };
/** `dynamic-import: false` makes `await import('x')` of an external a lazy `require`, which spares starting node's ESM loader. */
const COMMONJS = {
  ...NODE,
  format: 'cjs',
  minifyWhitespace: true,
  minifySyntax: true,
  supported: { 'dynamic-import': false },
};

/** @param {import('esbuild')} esbuild */
async function buildInto(esbuild, stage) {
  await Promise.all([
    buildCli(esbuild, stage),
    ...VENDOR.map((name) => buildVendor(esbuild, stage, name)),
    buildServices(esbuild, stage),
    buildTypes(stage),
  ]);
  cpSync(join(root, 'src/store/migrations'), join(stage, 'migrations'), { recursive: true });
  addCodeCache(stage);
}

/**
 * The bundle ends with the name of its cache, which is a hash of its text: V8 itself only compares lengths, and would run the code of
 * another build. The cache is a help for this version of node, and not shipped.
 */
function addCodeCache(stage) {
  const bundle = join(stage, 'cli.cjs');
  const name = `cli-${createHash('sha256').update(readFileSync(bundle)).digest('hex').slice(0, 20)}`;
  appendFileSync(bundle, `//${name}`);
  const script = join(root, 'scripts/code-cache.cjs');
  const { status } = spawnSync(process.execPath, [script, bundle, join(stage, `${name}.cache`)], { stdio: 'pipe' });
  if (status !== 0) console.error('sigctl: built without a code cache, as `sigctl status` failed');
}

function buildCli(esbuild, stage) {
  return esbuild.build({
    ...COMMONJS,
    entryPoints: [join(root, 'src/main.ts')],
    outfile: join(stage, 'cli.cjs'),
    sourcemap: 'external',
    external: EXTERNAL,
    plugins: [vendored, lazyChildProcess, sqliteBinding],
    define: { 'import.meta.url': '__moduleUrl' },
    banner: { js: 'const __moduleUrl=require("node:url").pathToFileURL(__filename).href;' },
  });
}

/** Sends the CLI's imports of a vendored package to its file. */
const vendored = {
  name: 'vendored',
  setup(build) {
    const filter = new RegExp(`^(${VENDOR.join('|')})$`);
    build.onResolve({ filter }, ({ path }) => ({ path: `./vendor/${path}.cjs`, external: true }));
  },
};

/** commander loads `node:child_process` (6 ms) for executable subcommands, which sigctl has none of: loaded when it is used. */
const lazyChildProcess = {
  name: 'lazy-child-process',
  setup(build) {
    const contents = `module.exports = new Proxy({}, { get: (_, key) => require('node:child_process')[key] });`;
    build.onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      importer.includes('/commander/') ? { path, namespace: 'lazy' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({ contents }));
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

function buildVendor(esbuild, stage, name) {
  return esbuild.build({
    ...COMMONJS,
    stdin: { contents: `export * from '${name}';`, resolveDir: root },
    outfile: join(stage, `vendor/${name}.cjs`),
  });
}

/** The services and the kit in one build, so that what they share is one module in one file. */
function buildServices(esbuild, stage) {
  const names = readdirSync(join(root, 'src/services')).filter((name) => existsSync(serviceEntry(name)));
  return esbuild.build({
    ...NODE,
    format: 'esm',
    packages: 'external',
    outdir: stage,
    entryPoints: [
      { in: join(root, 'src/service/public.ts'), out: 'service' },
      ...names.map((name) => ({ in: serviceEntry(name), out: `services/${name}/main` })),
    ],
  });
}

const serviceEntry = (name) => join(root, 'src/services', name, 'main.ts');

function buildTypes(stage) {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const options = ['-p', join(root, 'scripts/types.tsconfig.json'), '--outDir', join(stage, 'types')];
  const { status } = spawnSync(process.execPath, [compiler, ...options], { stdio: 'inherit' });
  if (status !== 0) throw new Error('Cannot build the types of "sigctl/service"');
}

/** Moves the stage into `dist/`, file by file, and removes what this build no longer makes. */
function publish(stage) {
  const made = files(stage);
  for (const file of made) {
    const target = join(dist, file);
    if (existsSync(target) && readFileSync(target).equals(readFileSync(join(stage, file)))) continue;
    mkdirSync(dirname(target), { recursive: true });
    renameSync(join(stage, file), target);
  }
  const stale = files(dist).filter((file) => !file.startsWith('.stage-') && !made.includes(file));
  for (const file of stale) rmSync(join(dist, file));
}

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

async function build(esbuild) {
  mkdirSync(dist, { recursive: true });
  const stage = mkdtempSync(join(dist, '.stage-'));
  try {
    await buildInto(esbuild, stage);
    publish(stage);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

async function buildOnChange(esbuild) {
  const again = () =>
    build(esbuild).then(
      () => console.log('built'),
      (error) => console.error(error.message),
    );
  let pending = again();
  let timer;
  watch(join(root, 'src'), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      pending = pending.then(again);
    }, 100);
  });
}

const flag = process.argv[2];
try {
  const esbuild = await import('esbuild');
  await (flag === '--watch' ? buildOnChange(esbuild) : build(esbuild));
} catch (error) {
  if (flag !== '--if-possible' || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('sigctl: not built, as the dev dependencies are not installed');
}
