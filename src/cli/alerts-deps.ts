import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { AlertsDeps } from '../commands/alerts.js';
import type { Alert } from '../core/alert.js';
import type { AlertEntry, AlertsView, TestResult } from '../core/alert-view.js';
import { quietUntilMs } from '../core/quiet-hours.js';
import type { AlertChannel } from '../core/stack.js';
import { EXIT, SigctlError } from '../errors.js';
import { findWatchdog } from '../observe/find-watchdog.js';
import { channelEnv } from '../services/watchdog/alerts/channel-env.js';
import { createSender } from '../services/watchdog/alerts/create-sender.js';
import { clearDead, retryDead } from '../store/alert-outbox.js';
import { type OutboxRow, readOutbox } from '../store/alert-rows.js';
import { movedChats } from '../store/moved-chats.js';
import { openStatusDb, type StatusDb } from '../store/open.js';
import type { Deps } from './deps.js';
import type { Project } from './project.js';

/** So many messages are shown: all that wait, in practice, and what was settled lately. */
const SHOWN = 50;

/** What `sigctl alerts` touches. A project that never started anything gets no state folder by it. */
export function createAlertsDeps(deps: Deps): AlertsDeps {
  const { out, nowMs } = deps;
  const change = async (
    config: string | undefined,
    work: (db: StatusDb, project: Project) => number,
  ): Promise<number> => {
    const project = await deps.openOrLast(config);
    return project.isFresh ? 0 : withDb(project, (db) => work(db, project));
  };
  return {
    out,
    nowMs,
    readAlerts: async (config) => readView(await deps.openOrLast(config), nowMs()),
    retry: (config) => change(config, (db, project) => retryDead(db, nowMs(), channelsOf(project))),
    clear: (config) => change(config, clearDead),
    sendTests: async (config) => {
      const project = await deps.openProject(config);
      const { channels } = project.stack.watch.alerts;
      if (channels.length === 0) throw noChannel(project.stack.manifestPath);
      return Promise.all(channels.map((channel) => sendTest(project, channel, nowMs)));
    },
  };
}

function readView(project: Project, nowMs: number): AlertsView {
  const { quiet } = project.stack.watch.alerts;
  const untilMs = quiet === undefined ? undefined : quietUntilMs(quiet, nowMs);
  return {
    channels: channelsOf(project),
    quietUntilMs: untilMs === nowMs ? undefined : untilMs,
    isWatched: findWatchdog(project.paths) !== undefined,
    entries: project.isFresh ? [] : withDb(project, (db) => readOutbox(db, SHOWN)).map(toEntry),
  };
}

function channelsOf({ stack }: Project): readonly AlertChannel['kind'][] {
  return stack.watch.alerts.channels.map(({ kind }) => kind);
}

function toEntry({ id: _id, dedupeKey: _key, isUncertain: _uncertain, ...entry }: OutboxRow): AlertEntry {
  return entry;
}

function withDb<T>({ paths }: Project, work: (db: StatusDb) => T): T {
  const db = openStatusDb(paths.statusDb);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

/** Past the outbox, so that it works without a watchdog, and says at once how it ended. */
async function sendTest(project: Project, channel: AlertChannel, nowMs: () => number): Promise<TestResult> {
  const { stack, shellEnv, isFresh } = project;
  const sender = createSender(channel, {
    env: () => channelEnv(channel, shellEnv),
    nowMs,
    cwd: stack.root,
    movedChat: {
      read: (chat) => (isFresh ? undefined : withDb(project, (db) => movedChats(db).read(chat))),
      write: (chat, to) => (isFresh ? undefined : withDb(project, (db) => movedChats(db).write(chat, to))),
    },
  });
  const alert = testAlert(stack.name, nowMs());
  const outcome = await sender.send([{ alert, count: 1, attempt: 1, isRepeat: false }]);
  return {
    channel: channel.kind,
    ok: outcome.kind === 'delivered',
    error: outcome.kind === 'delivered' ? null : outcome.error,
  };
}

function testAlert(stack: string, nowMs: number): Alert {
  return {
    id: randomBytes(4).toString('hex'),
    kind: 'test',
    stack,
    host: hostname(),
    subject: 'sigctl',
    verdict: 'healthy',
    reason: 'typed by an operator: sigctl alerts test',
    next: null,
    sinceMs: nowMs,
    atMs: nowMs,
    previous: null,
    episodes: 1,
    episodesSinceMs: nowMs,
    earlier: [],
  };
}

function noChannel(manifestPath: string): SigctlError {
  return new SigctlError('Cannot send a test message: the manifest names no channel', {
    code: 'NO_ALERT_CHANNEL',
    hint: `Add alerts: { command: '…' } (or telegram, webhook) to "sigctl" in ${manifestPath}; sigctl help manifest`,
    exitCode: EXIT.usage,
  });
}
