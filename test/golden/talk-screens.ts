import { runHelp } from '../../src/commands/help.js';
import type { Alert } from '../../src/core/alert.js';
import type { AlertEntry } from '../../src/core/alert-view.js';
import type { LogRecord } from '../../src/core/log-line.js';
import { renderAlerts, renderTests } from '../../src/render/alerts.js';
import { renderError } from '../../src/render/error.js';
import { createLogLineRenderer } from '../../src/render/log-line.js';
import { renderLogRule } from '../../src/render/log-rule.js';
import { renderStartOutcomes } from '../../src/render/outcomes.js';
import { renderReloadOutcomes } from '../../src/render/reload.js';
import { wrapHelp } from '../../src/render/wrap-help.js';
import { wrapLines } from '../../src/render/wrap-lines.js';
import { wholeProgram } from '../cli/program.js';
import type { Screen } from './screens.js';

const NOW = new Date(2026, 10, 22, 15, 0, 0).getTime();

const ALERT: Alert = {
  ...{ id: '9f3c01ab', kind: 'alert', stack: 'app', host: 'vps1', subject: 'trading', verdict: 'crash-loop' },
  ...{ reason: 'gave up after 5 exits within 2m: Error: connect ECONNREFUSED 127.0.0.1:5432' },
  ...{ next: 'sigctl logs trading', sinceMs: NOW, atMs: NOW, previous: null, episodes: 1, episodesSinceMs: NOW },
  earlier: [],
};

function entry(over: Partial<AlertEntry>): AlertEntry {
  return {
    ...{ alert: ALERT, channel: 'telegram', state: 'pending', createdAtMs: NOW - 300_000, count: 1, attempts: 1 },
    ...{ nextAtMs: NOW + 30_000, lastError: 'HTTP 502 Bad Gateway', settledAtMs: null },
    ...over,
  };
}

const RECOVERY: Alert = {
  ...ALERT,
  id: '11aa22bb',
  kind: 'recovery',
  verdict: 'healthy',
  reason: 'last cycle 1.2s ago',
};

function record(over: Partial<LogRecord>): LogRecord {
  return {
    ...{ service: 'trading', instance: '0', key: 'trading', atMs: NOW - 889_000, level: 'info', json: true, raw: '{}' },
    ...{ msg: 'paper order filled', fields: { symbol: 'XBTUSD', side: 'buy', price: '67012.3' } },
    ...over,
  };
}

const MARKET = { service: 'market-data', instance: '0', key: 'market-data' };

/** Help as a terminal of this width shows it. */
async function helpOf(subject: string, width: number): Promise<string> {
  const written: string[] = [];
  const out = { print: (text: string) => void written.push(text) };
  await runHelp({ out }, { subject, program: await wholeProgram(written) });
  return wrapHelp(written.join(''), width).trimEnd();
}

/** What is told: helps, errors, logs, alerts and the outcomes of commands, as a terminal shows them. */
export const TALK_SCREENS: readonly Screen[] = [
  { name: 'help-start', fits: false, render: (width) => helpOf('start', width) },
  { name: 'help-manifest', fits: false, render: (width) => helpOf('manifest', width) },
  { name: 'help-environment', fits: false, render: (width) => helpOf('environment', width) },
  { name: 'help-exit-codes', fits: false, render: (width) => helpOf('exit-codes', width) },
  {
    name: 'alerts',
    fits: true,
    render: (width) =>
      wrapLines(
        renderAlerts(
          {
            ...{ channels: ['telegram', 'webhook'], quietUntilMs: NOW + 3_600_000, isWatched: false },
            entries: [
              entry({}),
              entry({ state: 'dead', channel: 'webhook', attempts: 12, lastError: 'HTTP 403 Forbidden', count: 3 }),
              entry({ state: 'delivered', alert: RECOVERY, lastError: null, createdAtMs: NOW - 7_200_000 }),
            ],
          },
          { colour: false, nowMs: NOW, action: 'list', changed: undefined },
        ),
        width,
      ),
  },
  {
    name: 'alerts-none',
    fits: true,
    render: (width) =>
      wrapLines(
        renderAlerts(
          { channels: [], quietUntilMs: undefined, isWatched: true, entries: [] },
          { colour: false, nowMs: NOW, action: 'list', changed: undefined },
        ),
        width,
      ),
  },
  {
    name: 'alerts-test',
    fits: true,
    render: (width) =>
      wrapLines(
        renderTests(
          [
            { channel: 'telegram', ok: true, error: null },
            { channel: 'webhook', ok: false, error: 'HTTP 403 Forbidden: the token of this webhook was taken back' },
          ],
          false,
        ),
        width,
      ),
  },
  {
    name: 'restart',
    fits: true,
    render: (width) =>
      wrapLines(
        renderStartOutcomes(
          [
            { kind: 'ready', service: 'website', key: 'website', pid: 812, tookMs: 1_234 },
            {
              ...{ kind: 'failed', service: 'trading', key: 'trading', code: 'PORT_TAKEN' },
              ...{ exitCode: null, exitSignal: null, logTail: [] },
              reason: 'port 3001 is held by pid 4711 (nginx: master process /usr/sbin/nginx)',
              hint: 'End it (kill 4711), or give the service another port',
            },
          ],
          false,
        ),
        width,
      ),
  },
  {
    name: 'reload',
    fits: true,
    render: (width) =>
      wrapLines(
        renderReloadOutcomes(
          [
            { kind: 'reloaded', service: 'website', how: 'signal', tookMs: 1_100, note: null },
            { kind: 'restarted', service: 'trading', how: 'restart', tookMs: 696, note: 'it has no way to reload' },
            {
              ...{
                kind: 'failed',
                service: 'market-data',
                how: 'signal',
                logTail: ['Error: no such symbol: XBTUSDD'],
              },
              ...{ reason: 'exited with code 1, 300ms after SIGHUP', hint: 'sigctl logs market-data' },
            },
          ],
          false,
        ),
        width,
      ),
  },
  {
    name: 'logs',
    fits: false,
    render: () => {
      const services = ['website', 'trading', 'market-data'];
      const line = createLogLineRenderer({ colour: false, multiline: true, prefixFor: [record({}), MARKET], services });
      const stack = 'Error: connect ECONNREFUSED 127.0.0.1:5432\n    at TCPConnectWrap.afterConnect (node:net:1607:16)';
      const lines = [
        record({}),
        record({ ...MARKET, level: 'warn', msg: 'the exchange is slow', fields: { tookMs: 2400 } }),
        record({ level: 'error', msg: 'no order', fields: { err: { stack } } }),
        record({ ...MARKET, atMs: undefined, level: undefined, json: false, msg: 'a plain line', raw: 'a plain line' }),
      ].map((each) => line(each, NOW));
      const rule = renderLogRule(
        { ...MARKET, happening: { kind: 'restarted', fromPid: 812, pid: 840, times: 2 } },
        false,
      );
      return [...lines, rule].join('\n');
    },
  },
  {
    name: 'error-of-manifest',
    fits: true,
    render: (width) =>
      renderError(
        {
          message: [
            'Cannot use manifest "/srv/app/ecosystem.config.cjs": 2 faults',
            '  apps[0].kill_timeout ("web"): found "soon", expected a duration above zero such as 250ms, 30s or 2m',
            '  sigctl.modes.small[0]: found "api", expected one of the defined services: web',
          ].join('\n'),
          hint: 'Nothing was started or stopped. Correct /srv/app/ecosystem.config.cjs; every key is explained by "sigctl help manifest"',
        },
        false,
        width,
      ),
  },
  {
    name: 'error-with-commands',
    fits: true,
    render: (width) =>
      renderError(
        {
          message: 'Cannot change the crontab: there is no crontab(1) here',
          hint: 'Install cron, or call "sigctl start --boot" from whatever starts programs at boot here; sigctl startup --print --cron shows the line',
        },
        false,
        width,
      ),
  },
];
