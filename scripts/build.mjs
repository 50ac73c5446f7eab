/**
 * Builds `dist/`: the CLI (`packs/` and `cli/`), one entry per service, the kit with its types, and the migrations.
 * Everything is made in a stage first and moved into place file by file, so that a running sigctl never reads half a file.
 *
 * `--if-possible` does nothing where the dev dependencies are absent (`npm ci --omit=dev`); `--watch` builds again on each change,
 * `--clean` leaves nothing of an earlier build.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  watch,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packCli } from './pack-cli.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const flag = process.argv[2];

/** @param {import('esbuild')} esbuild */
async function buildInto(esbuild, stage) {
  cpSync(join(root, 'src/store/migrations'), join(stage, 'migrations'), { recursive: true });
  buildTypes(stage);
  await Promise.all([packCli(esbuild, root, stage), buildServices(esbuild, stage)]);
}

/** The services and the kit in one build, so that what they share is one module in one file. */
function buildServices(esbuild, stage) {
  const names = readdirSync(join(root, 'src/services')).filter((name) => existsSync(serviceEntry(name)));
  return esbuild.build({
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
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

/** A sigctl that runs on loads pieces of the build that it started with for as long as it runs. */
const KEEP_OLD_MS = 3_600_000;

/** Moves the stage into `dist/`, file by file, and removes what no build of the last hour (`--clean`: not this one) made. */
function publish(stage) {
  const made = files(stage);
  const now = new Date();
  for (const file of made) {
    const target = join(dist, file);
    if (existsSync(target) && readFileSync(target).equals(readFileSync(join(stage, file)))) {
      utimesSync(target, now, now);
      continue;
    }
    mkdirSync(dirname(target), { recursive: true });
    renameSync(join(stage, file), target);
  }
  const keepAfterMs = flag === '--clean' ? Number.POSITIVE_INFINITY : now.getTime() - KEEP_OLD_MS;
  const others = files(dist).filter((file) => !file.startsWith('.stage-') && !made.includes(file));
  for (const file of others) {
    if (statSync(join(dist, file)).mtimeMs < keepAfterMs) rmSync(join(dist, file), { force: true });
  }
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

try {
  const esbuild = await import('esbuild');
  await (flag === '--watch' ? buildOnChange(esbuild) : build(esbuild));
} catch (error) {
  if (flag !== '--if-possible' || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('sigctl: not built, as the dev dependencies are not installed');
}
