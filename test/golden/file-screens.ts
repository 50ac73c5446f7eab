import { type InitDeps, runInit } from '../../src/commands/init.js';
import { runStartup, runUnstartup } from '../../src/commands/startup.js';
import type { BackupIndex } from '../../src/core/backup-index.js';
import { type BootTarget, renderCronLines, renderUnit } from '../../src/core/boot-unit.js';
import type { DeployPlan } from '../../src/core/deploy.js';
import { renderRecoverService, renderRecoverTimer } from '../../src/core/recover-unit.js';
import { planRestore } from '../../src/core/restore-plan.js';
import { draftFromFile } from '../../src/init/choose-source.js';
import { renderBackup } from '../../src/render/backup.js';
import { renderInstalled } from '../../src/render/completion.js';
import { COMPLETION_SCRIPTS } from '../../src/render/completion-scripts.js';
import { renderDeployed, renderDeployPlan, renderRolledBack } from '../../src/render/deploy.js';
import { renderRestored, renderRestorePlan } from '../../src/render/restore.js';
import { wrapLines } from '../../src/render/wrap-lines.js';
import { folderOf } from '../init/folder.js';
import type { Screen } from './screens.js';

const FOLDER = '/srv/app/backups/app-20261122T150000000Z';
const SHA = '0'.repeat(64);
const INDEX: BackupIndex = {
  ...{ schemaVersion: 1, sigctlVersion: '0.1.0', stack: 'app', mode: 'full', asOf: '2026-11-22T15:00:00.000Z' },
  manifest: { name: 'ecosystem.config.cjs', bytes: 812, sha256: SHA },
  databases: [
    {
      name: 'data/market.db',
      bytes: 73_728,
      sha256: SHA,
      userVersion: 1,
      wal: true,
      tables: [{ table: 'candles', rows: 306 }],
    },
    { name: 'data/huge.db', bytes: 9 * 1024 ** 3, sha256: SHA, userVersion: 0, wal: false, tables: null },
    {
      name: 'status.db',
      bytes: 106_496,
      sha256: SHA,
      userVersion: 2,
      wal: true,
      tables: [{ table: 'events', rows: 49 }],
    },
  ],
};
const PLAN = planRestore(FOLDER, INDEX, ['data/market.db', 'status.db', 'data/new.db'], true);

const RELEASE = '20261122-150000-ab12cd3';
const FORMER = '20261121-090000-99ffee0';
const DEPLOY: DeployPlan = {
  ...{ host: '@prod', release: RELEASE, source: 'git v1.4.0 (ab12cd3)', files: 214 },
  facts: {
    ...{ root: '/srv/app', node: 'v20.19.1', hasRsync: true, freeBytes: 12 * 1024 ** 3 },
    ...{ current: FORMER, previous: undefined, releases: [FORMER] },
  },
  ...{ install: undefined, build: undefined, mode: 'full', keep: 5 },
};

const TARGET: BootTarget = {
  ...{ stack: 'app', manifestPath: '/srv/app/ecosystem.config.cjs', root: '/srv/app', home: '/srv/app/.sigctl' },
  ...{ node: '/usr/bin/node', sigctl: '/usr/local/bin/sigctl', path: '/usr/bin:/bin', user: 'ann' },
};

/** What a command prints and notes, one after the other. */
async function told(run: (out: InitDeps['out']) => Promise<number>, width: number): Promise<string> {
  const lines: string[] = [];
  await run({
    print: (text) => void lines.push(text),
    note: (text) => void lines.push(wrapLines(text, width)),
    showProgress: () => ({ report: () => undefined, done: () => undefined }),
    ...{ width, colour: false, setExitCode: () => undefined },
  });
  return lines.join('\n');
}

const PROCFILE =
  'web: node web.js --port $PORT\nworker: node worker.js & node mailer.js & wait\nrelease: node migrate.js\n';

function init(dryRun: boolean): (width: number) => Promise<string> {
  const deps = {
    findTarget: () => ({ path: '/p/ecosystem.config.cjs', name: 'ecosystem.config.cjs', existing: undefined }),
    draft: () =>
      draftFromFile({
        name: 'Procfile',
        text: PROCFILE,
        fromManifest: 'Procfile',
        folder: folderOf({ Procfile: PROCFILE }),
      }),
    check: async () => ({
      services: ['web', 'worker', 'mailer'],
      notes: ['worker: "worker.js" is no file here and no command in PATH: install it before "sigctl start"'],
    }),
    write: () => undefined,
  };
  const options = { from: undefined, config: undefined, dryRun, force: false, json: false };
  return (width) => told((out) => runInit({ ...deps, out }, options), width);
}

function startup(run: typeof runStartup): (width: number) => Promise<string> {
  const entry = { kind: 'system', place: '/etc/systemd/system/sigctl-app.service', text: '', also: [] } as const;
  const deps = { plan: async () => entry, install: async () => [], remove: async () => true };
  const options = { config: undefined, kind: undefined, print: false, json: false };
  return (width) => told((out) => run({ ...deps, out }, options), width);
}

/** What is about files: backups, releases, manifests, units and scripts, as a terminal shows it. */
export const FILE_SCREENS: readonly Screen[] = [
  {
    name: 'backup',
    fits: false,
    render: () =>
      renderBackup(
        { place: FOLDER, typed: 'app-20261122T150000000Z', index: INDEX, removed: ['app-20261101T150000000Z'] },
        false,
      ),
  },
  {
    name: 'restore-plan',
    fits: true,
    render: (width) => wrapLines(renderRestorePlan(PLAN, ['website', 'trading'], false), width),
  },
  {
    name: 'restore',
    fits: true,
    render: (width) =>
      wrapLines(
        renderRestored(
          {
            stopped: [],
            started: [{ kind: 'ready', service: 'website', key: 'website', pid: 812, tookMs: 1_234 }],
            kept: '/srv/app/.sigctl/restore',
          },
          PLAN,
          false,
        ),
        width,
      ),
  },
  { name: 'deploy-plan', fits: true, render: (width) => wrapLines(renderDeployPlan(DEPLOY, false), width) },
  {
    name: 'deploy',
    fits: true,
    render: (width) =>
      wrapLines(
        renderDeployed(
          {
            ...{ kind: 'done', release: RELEASE, previous: FORMER, tookMs: 4_200 },
            services: [
              { service: 'website', how: 'reloaded', tookMs: 1_100 },
              { service: 'trading', how: 'restarted', tookMs: 696 },
            ],
          },
          ['20261101-090000-1234567'],
          false,
        ),
        width,
      ),
  },
  {
    name: 'deploy-rolled-back',
    fits: true,
    render: (width) =>
      wrapLines(
        renderRolledBack(
          {
            ...{
              kind: 'rolled-back',
              release: RELEASE,
              to: FORMER,
              isInterrupted: false,
              rollbackFault: null,
              tookMs: 9_000,
            },
            ...{ reason: 'trading: exited with code 1 before it was ready (5 times)', hint: 'sigctl logs trading' },
            logTail: ['Error: connect ECONNREFUSED 127.0.0.1:5432'],
          },
          '@prod',
          false,
        ),
        width,
      ),
  },
  { name: 'startup', fits: false, render: startup(runStartup) },
  { name: 'startup-print', fits: false, render: () => renderUnit(TARGET, 'system').trimEnd() },
  { name: 'startup-print-cron', fits: false, render: () => renderCronLines(TARGET) },
  {
    name: 'startup-print-recover',
    fits: false,
    render: () =>
      [renderRecoverService(TARGET, 'system', 'sigctl-app.service'), renderRecoverTimer(TARGET)].join('\n').trimEnd(),
  },
  { name: 'unstartup', fits: true, render: startup(runUnstartup) },
  { name: 'init', fits: false, render: init(false) },
  { name: 'init-dry-run', fits: false, render: init(true) },
  { name: 'completion', fits: false, render: () => COMPLETION_SCRIPTS.bash.trimEnd() },
  {
    name: 'completion-install',
    fits: false,
    render: () =>
      renderInstalled({
        shell: 'bash',
        path: '/home/ann/.local/share/bash-completion/completions/sigctl',
        changed: true,
      }),
  },
];
