import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { DoctorDeps } from '../commands/doctor.js';
import type { Stack } from '../core/stack.js';
import type { CheckDeps, ManifestReading, Versions } from '../doctor/check-deps.js';
import { createFacts } from '../doctor/facts.js';
import { applyRemedies } from '../doctor/fixes/apply-remedies.js';
import { CHECKS } from '../doctor/registry.js';
import { runChecks } from '../doctor/run-checks.js';
import { showPath } from '../doctor/show-path.js';
import { SigctlError } from '../errors.js';
import { findManifest } from '../manifest/find-manifest.js';
import { readSnapshot } from '../manifest/read-snapshot.js';
import { readDaemonPid } from '../observe/observe-processes.js';
import { findFlock } from '../operate/daemon.js';
import { type HomePaths, homePaths } from '../process/home.js';
import { currentFolder } from './current-folder.js';
import { type Deps, writeNote } from './deps.js';
import { type Package, stateFolder } from './project.js';

/** What `sigctl doctor` touches. Each diagnosis reads everything anew. */
export function createDoctorDeps(deps: Deps): DoctorDeps {
  const { nowMs, out, terminal } = deps;
  return {
    nowMs,
    out,
    diagnose: async (config) => runChecks(CHECKS, await createCheckDeps(deps, config)),
    mend: async (findings, { config, waitMs }) => {
      const { paths, flock, show } = await createCheckDeps(deps, config);
      return applyRemedies(
        findings,
        { flock, show, daemonPid: () => readDaemonPid(paths) },
        {
          folder: paths.run,
          pid: process.pid,
          waitMs,
          note: (text) => writeNote(terminal, text),
          // Ctrl-C ends the wait as it ends every command that holds nothing yet.
          signal: new AbortController().signal,
        },
      );
    },
  };
}

/** What checks look at. */
export async function createCheckDeps(deps: Deps, config: string | undefined): Promise<CheckDeps> {
  const cwd = currentFolder();
  const { manifest, stack, paths } = await readProject(deps, config, cwd);
  // As services get it: the node that runs sigctl is found under cron's short PATH too.
  const searchPath = [process.env['PATH'] ?? '', dirname(process.execPath)].join(delimiter);
  return {
    manifest,
    stack,
    paths,
    nowMs: deps.nowMs,
    versions: readVersions(deps.pkg),
    flock: findFlock(searchPath),
    searchPath,
    show: (path) => showPath(cwd, path),
    facts: createFacts(stack, paths, deps.nowMs),
  };
}

interface ProjectReading {
  readonly manifest: ManifestReading;
  readonly stack: Stack | undefined;
  readonly paths: HomePaths;
}

/** A manifest that cannot be used is a finding; the stack that was last validated from it goes on being looked at. */
async function readProject(deps: Deps, config: string | undefined, cwd: string): Promise<ProjectReading> {
  try {
    const { stack, paths } = await deps.openProject(config);
    return { manifest: { kind: 'valid' }, stack, paths };
  } catch (error) {
    const root = findRoot(config, cwd, deps.pkg);
    const paths = homePaths(root, stateFolder(process.env['SIGCTL_HOME'], cwd, root));
    return { manifest: describeFault(error), stack: readSnapshot(paths.home), paths };
  }
}

function findRoot(config: string | undefined, cwd: string, pkg: Package): string {
  try {
    return dirname(findManifest({ cwd, config, packageRoot: pkg.root }));
  } catch {
    // There is none: it would lie where it was named, or here.
    return config === undefined ? cwd : dirname(resolve(cwd, config));
  }
}

function describeFault(error: unknown): ManifestReading {
  if (error instanceof SigctlError) {
    const { code, message, hint } = error;
    if (code !== 'MANIFEST_NOT_FOUND' && code !== 'MANIFEST_INVALID') return { kind: 'unread', why: message };
    return { kind: 'faulty', code, message, hint };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'faulty', code: 'MANIFEST_INVALID', message, hint: 'correct the manifest' };
}

function readVersions(pkg: Package): Versions {
  const { engines, dependencies } = readPackageFile(join(pkg.root, 'package.json'));
  return {
    node: process.versions.node,
    nodeRange: engines?.['node'] ?? '>=0',
    pm2: readPm2Version(),
    pm2Range: dependencies?.['pm2'] ?? '^0.0.0',
  };
}

function readPm2Version(): string | undefined {
  try {
    return readPackageFile(createRequire(import.meta.url).resolve('pm2/package.json')).version;
  } catch {
    // Not installed: this is what the check reports.
    return undefined;
  }
}

interface PackageFile {
  readonly version?: string;
  readonly engines?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** npm itself has checked the shape of it. */
function readPackageFile(path: string): PackageFile {
  return JSON.parse(readFileSync(path, 'utf8')) as PackageFile;
}
