import type { StartOutcome } from '../../src/core/outcome.js';
import { VERDICTS, type Verdict } from '../../src/core/verdict.js';
import { renderOutcomes } from '../../src/render/outcomes.js';
import { renderQuiet } from '../../src/render/status-quiet.js';
import { renderStatus, type StatusHeading } from '../../src/render/status-table.js';
import { wrapLines } from '../../src/render/wrap-lines.js';
import { report } from '../render/report.js';
import type { Screen } from './screens.js';

/** What each verdict says of a service that is called like it. */
const TOLD: Readonly<Record<Verdict, readonly [reason: string, next: string | null]>> = {
  stopped: ['completed with code 0, 2h 05m ago', null],
  starting: ['started 1.2s ago, no heartbeat yet', null],
  healthy: ['last cycle 1.2s ago', null],
  degraded: ['memory 470 MB of 512 MB', 'sigctl logs degraded'],
  unhealthy: [
    'command echo "connection refused"; exit 1: exit code 1 after 8ms, failing for 4m 12s',
    'sigctl logs unhealthy',
  ],
  stale: ['last cycle 4m 12s ago, limit 1m 30s', 'sigctl logs stale'],
  hung: ['last heartbeat 48s ago, limit 15s', 'sigctl restart hung'],
  down: ['exited with code 1, 320ms ago; restarts in 3.2s (exit 4 of 20 within 2m)', 'sigctl logs down'],
  'crash-loop': [
    'gave up after 5 exits within 2m; exited with code 3, 5.9s ago; "sigctl start crash-loop" tries again',
    'sigctl logs crash-loop',
  ],
  orphaned: ['runs, but not under PM2: nothing would restart it', 'sigctl restart orphaned'],
  duplicate: ['2 processes: 812, 813', 'sigctl restart duplicate'],
};
const GONE = { pid: null, uptimeMs: null, memoryBytes: null, cpuPercent: null, heartbeatAgeMs: null } as const;

const REPORTS = VERDICTS.map((verdict) => {
  const [reason, next] = TOLD[verdict];
  const isGone = verdict === 'stopped' || verdict === 'down' || verdict === 'crash-loop';
  return report({
    service: verdict,
    key: verdict,
    verdict,
    reason,
    next,
    ...(isGone && { ...GONE, progressAgeMs: null }),
  });
});

const HEADING: StatusHeading = {
  ...{ name: 'sick', mode: null, daemonPid: 31_207, watchdog: null, isWatched: true },
  known: [...VERDICTS],
  undelivered: {
    ...{ count: 3, dead: 1, channel: 'telegram', oldestAtMs: 0 },
    error: '403 Forbidden: bot was blocked by the user',
  },
};

/** What is wrong, in all the ways that there are, and a change of mode of which a part fails. */
export const TROUBLE_SCREENS: readonly Screen[] = [
  { name: 'status-verdicts', fits: true, render: (width) => renderStatus(REPORTS, HEADING, { width, colour: false }) },
  {
    name: 'status-quiet',
    fits: true,
    render: (width) => {
      const troubled = REPORTS.filter(({ next }) => next !== null);
      return wrapLines(renderQuiet(troubled, HEADING, false), width);
    },
  },
  {
    name: 'mode',
    fits: true,
    render: (width) => {
      const stopped = [
        { kind: 'stopped', service: 'market-data', key: 'market-data', pid: 811, tookMs: 85, forced: false },
        { kind: 'stopped', service: 'sick', key: 'sick', pid: 810, tookMs: 1_900, forced: true },
      ] as const;
      const started: readonly StartOutcome[] = [
        { kind: 'kept', service: 'web', key: 'web', pid: 812, note: null },
        {
          ...{ kind: 'failed', service: 'bad', key: 'bad', code: 'CRASHED', exitCode: 3, exitSignal: null },
          ...{ reason: 'exited with code 3 before it was ready (2 times)', hint: 'sigctl logs bad' },
          logTail: ['Error: no such table: orders'],
        },
      ];
      return wrapLines(renderOutcomes(stopped, started, false), width);
    },
  },
];
