import type { RecoverReport } from '../../src/commands/recover.js';
import { diffSpecs } from '../../src/core/config-diff.js';
import type { ExitStory } from '../../src/core/exit-story.js';
import { detailSpec } from '../../src/core/service-detail.js';
import type { ServiceEvent } from '../../src/core/service-event.js';
import type { ServiceReport } from '../../src/core/service-report.js';
import { renderConfig, renderConfigDiff } from '../../src/render/config.js';
import { renderDiagnosis } from '../../src/render/doctor.js';
import { renderEnv } from '../../src/render/env.js';
import { renderError } from '../../src/render/error.js';
import { renderHistory } from '../../src/render/history.js';
import { renderHosts } from '../../src/render/hosts.js';
import { renderModePlan, renderModes } from '../../src/render/mode-plan.js';
import { renderStartOutcomes, renderStopOutcomes } from '../../src/render/outcomes.js';
import { renderRecovered } from '../../src/render/recover.js';
import { renderDetail } from '../../src/render/service-detail.js';
import { renderHostStatuses } from '../../src/render/status-hosts.js';
import { renderStatus, type StatusHeading } from '../../src/render/status-table.js';
import { renderWait } from '../../src/render/wait.js';
import { renderStories } from '../../src/render/why.js';
import { detailOf, report, STOPPED } from '../render/report.js';
import { serviceSpec, stackOf } from '../stack-literals.js';

/** What one command shows of fixed data. */
export interface Screen {
  readonly name: string;
  readonly render: (width: number) => string | Promise<string>;
  /** Each line fits, however narrow; the others hold values to be copied, which are never broken. */
  readonly fits: boolean;
}

const NOW = new Date(2026, 10, 22, 15, 0, 0).getTime();

const TRADING = report({
  ...{ verdict: 'stale', reason: 'last cycle 4m 12s ago, limit 1m 30s', next: 'sigctl why trading' },
  ...{ progressAgeMs: 252_000, restarts: 3, stateReason: 'warming up' },
});
const WEBSITE = report({ service: 'website', key: 'website', reason: 'runs', port: 3001, progressAgeMs: null });
const COLLECTOR = report({ service: 'market-data', key: 'market-data', reason: 'last candle 1.6s ago', pid: 31_231 });
const WORKER = report({
  ...{
    service: 'signals-of-the-night',
    key: 'signals-of-the-night-10',
    verdict: 'crash-loop',
    pid: null,
    state: 'error',
  },
  ...{ reason: 'exited with code 1 five times within 2m: Error: connect ECONNREFUSED 127.0.0.1:5432', restarts: 5 },
  ...{ next: 'sigctl logs signals-of-the-night-10', memoryBytes: null, cpuPercent: null, uptimeMs: null },
});
const REPORTS: readonly ServiceReport[] = [WEBSITE, TRADING, COLLECTOR, WORKER, STOPPED];

const HEADING: StatusHeading = {
  name: 'signalcartel',
  mode: 'standard',
  members: ['website', 'trading', 'market-data', 'signals-of-the-night'],
  known: REPORTS.map(({ service }) => service),
  daemonPid: 31_207,
  watchdog: { pid: 31_300, memoryBytes: 52 * 1024 ** 2, isStopped: false },
  isWatched: true,
};

const SPEC = serviceSpec('trading', {
  env: { LOG_LEVEL: 'info', API_TOKEN: 'never-shown', FAST: '12' },
  passEnv: ['MARKET_FEED'],
  memoryLimitBytes: 2 * 1024 ** 3,
});
const STACK = stackOf([serviceSpec('website'), SPEC], {
  modes: { minimal: ['website'], full: ['website', 'trading'] },
});

const STORY: ExitStory = {
  ...{ service: 'trading', key: 'trading', kind: 'exited', what: 'trading was ended by SIGKILL 2h 05m ago' },
  ...{ of: 'pid 800, after 3h 12m', atMs: NOW - 7_500_000, cause: 'memory-limit', actor: 'watchdog' },
  ...{ reason: 'the process tree held 2.1 GB, limit 2.0 GB', said: 'cycle 812 done: 3 signals, 1 order, 0 rejected' },
  ...{
    facts: 'memory 2.1 GB of 2.0 GB, at most 2.1 GB',
    sequel: 'PM2 started it again after 0.3s, and it was ready after 2.1s',
  },
  ...{ next: null, stuck: null, event: null },
};

function event(over: Partial<ServiceEvent>): ServiceEvent {
  return {
    ...{
      atMs: NOW - 3_600_000,
      service: 'trading',
      instance: '0',
      kind: 'exit',
      cause: 'crash',
      actor: 'service',
      pid: 812,
    },
    ...{
      exitCode: 1,
      exitSignal: null,
      manifestHash: 'aaaa',
      version: '0.1.0',
      memoryBytes: 72 * 1024 ** 2,
      logTail: null,
    },
    detail: { key: 'trading', reason: 'exited with code 1: Error: connect ECONNREFUSED 127.0.0.1:5432' },
    ...over,
  };
}

const EVENTS: readonly ServiceEvent[] = [
  event({
    ...{ atMs: NOW - 7_200_000, kind: 'memory-soft', cause: 'memory-limit', actor: 'watchdog', exitCode: null },
    detail: { key: 'trading', reason: '1.9 GB of 2.0 GB' },
  }),
  event({}),
  event({
    atMs: NOW - 60_000,
    kind: 'start',
    cause: 'operator',
    actor: 'operator root',
    exitCode: null,
    detail: { key: 'trading' },
  }),
];

const RECOVERED: RecoverReport = {
  ...{ did: ['start-daemon', 'start-watchdog'], failed: [], daemonPid: 31_207, watchdogPid: 31_300 },
  seen: {
    ...{ daemon: 'answers', watchdog: 'lives', lost: [] },
    ...{ charges: ['website', 'market-data', 'trading'], orphans: ['website', 'market-data', 'trading'] },
  },
};
const SILENT: RecoverReport = { ...RECOVERED, did: [], seen: { ...RECOVERED.seen, daemon: 'silent', orphans: [] } };

const NONE = { check: 'ports', subject: null, remedy: null, mend: null } as const;

export const SCREENS: readonly Screen[] = [
  { name: 'status', fits: true, render: (width) => renderStatus(REPORTS, HEADING, { width, colour: false }) },
  {
    name: 'recover',
    fits: false,
    render: () =>
      [RECOVERED, { ...RECOVERED, did: [], seen: { ...RECOVERED.seen, orphans: [] } }, SILENT]
        .map((each) => renderRecovered(each, false))
        .join('\n\n'),
  },
  {
    name: 'status-of-one',
    fits: true,
    render: (width) =>
      renderDetail(
        {
          service: 'trading',
          spec: detailSpec(STACK, 'trading', 'full'),
          processes: [detailOf(TRADING, { lastExit: STORY })],
        },
        { width, colour: false, nowMs: NOW, root: '/srv', mode: 'full' },
      ),
  },
  {
    name: 'status-all-hosts',
    fits: false,
    render: (width) =>
      renderHostStatuses(
        [
          { kind: 'answered', host: 'prod', stack: 'signalcartel', mode: 'full', services: [WEBSITE, TRADING] },
          {
            kind: 'failed',
            host: 'lab',
            code: 'HOST_UNREACHABLE',
            reason: 'ssh: connect to host lab port 22: No route to host',
          },
        ],
        { width, colour: false },
      ),
  },
  { name: 'why', fits: true, render: (width) => renderStories([STORY], NOW, { width, colour: false }) },
  { name: 'history', fits: true, render: (width) => renderHistory(EVENTS, NOW, { width, colour: false }) },
  {
    name: 'doctor',
    fits: true,
    render: (width) =>
      renderDiagnosis(
        {
          findings: [
            {
              ...NONE,
              severity: 'error',
              code: 'PORT_HELD',
              evidence: 'port 3001 of website is held by pid 4711 (nginx: master process)',
              mend: 'kill 4711',
            },
            {
              ...NONE,
              severity: 'warning',
              code: 'STALE_PID_FILE',
              evidence: '.sigctl/run/trading.pid names pid 812, which is gone',
              mend: 'sigctl doctor --fix',
            },
          ],
          fixes: undefined,
        },
        { width, colour: false },
      ),
  },
  {
    name: 'start',
    fits: false,
    render: () =>
      renderStartOutcomes(
        [
          { kind: 'ready', service: 'website', key: 'website', pid: 812, tookMs: 812 },
          {
            ...{ kind: 'failed', service: 'trading', key: 'trading', code: 'CRASHED', exitCode: 1, exitSignal: null },
            ...{ reason: 'exited with code 1 after 0.2s', hint: 'sigctl logs trading' },
            logTail: ['Error: connect ECONNREFUSED 127.0.0.1:5432'],
          },
        ],
        false,
      ),
  },
  {
    name: 'stop',
    fits: true,
    render: () =>
      renderStopOutcomes(
        [
          { kind: 'stopped', service: 'website', key: 'website', pid: 812, tookMs: 120, forced: false },
          { kind: 'already', service: 'trading', key: 'trading' },
        ],
        false,
      ),
  },
  {
    name: 'mode-plan',
    fits: true,
    render: () =>
      renderModePlan(
        { mode: 'full', stop: ['scheduler'], start: ['trading'], keep: ['website'] },
        {
          mode: 'minimal',
          running: new Set(['website']),
          present: new Set(['website', 'scheduler']),
          completed: new Set(),
        },
        false,
      ),
  },
  { name: 'modes', fits: true, render: () => renderModes(STACK.modes, 'minimal', false) },
  {
    name: 'wait',
    fits: false,
    render: () =>
      renderWait(
        'healthy',
        { reached: false, hopeless: false, missing: [{ key: 'trading', why: 'stale, last cycle 4m 12s ago' }] },
        60_000,
        false,
      ),
  },
  { name: 'config', fits: false, render: (width) => renderConfig(STACK, { width, colour: false }) },
  {
    name: 'config-diff',
    fits: true,
    render: () =>
      renderConfigDiff(
        [
          {
            kind: 'changed',
            service: 'trading',
            differences: diffSpecs(SPEC, { ...SPEC, env: { ...SPEC.env, LOG_LEVEL: 'debug' }, after: ['website'] }),
          },
        ],
        false,
      ),
  },
  {
    name: 'env',
    fits: true,
    render: () =>
      renderEnv(
        [
          {
            ...{
              service: 'trading',
              key: 'trading',
              pid: 812,
              comparedWith: 'process',
              nodeFlags: ['--max-old-space-size=1536'],
            },
            variables: [
              { name: 'API_TOKEN', value: '*****', isSecret: true, origin: { kind: 'env_file', file: '.env' } },
              { name: 'HOME', value: '/home/ann', isSecret: false, origin: { kind: 'shell' } },
              { name: 'LOG_LEVEL', value: 'debug', isSecret: false, origin: { kind: 'env' } },
              { name: 'MARKET_FEED', value: 'kraken', isSecret: false, origin: { kind: 'kept' } },
              { name: 'SIGCTL_MODE', value: '', isSecret: false, origin: { kind: 'sigctl' } },
            ],
            differences: [{ name: 'LOG_LEVEL', running: 'info', next: 'debug' }],
          },
        ],
        false,
      ),
  },
  { name: 'hosts', fits: true, render: () => renderHosts({ prod: 'ann@vps1:/srv/app', lab: 'lab' }, false) },
  {
    name: 'error',
    fits: false,
    render: () =>
      renderError(
        {
          message: 'Cannot find service "webstie"',
          hint: 'Did you mean "website"? Defined services: website, trading',
        },
        false,
      ),
  },
];
