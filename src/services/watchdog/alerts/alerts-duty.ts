import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { channelSecrets } from '../../../core/alert-variables.js';
import { maskSecrets, secretValues } from '../../../core/mask.js';
import type { AlertChannel, Stack } from '../../../core/stack.js';
import type { ProcStat } from '../../../process/proc-stat.js';
import { pruneAlerts, releaseClaims } from '../../../store/alert-outbox.js';
import { movedChats } from '../../../store/moved-chats.js';
import type { WatchContext } from '../context.js';
import type { Duty } from '../duty.js';
import { type AlertWatch, createAlertWatch, type Sighting } from './alert-watch.js';
import { channelEnv, type ReadEnv } from './channel-env.js';
import { createSender } from './create-sender.js';
import { createDeliverer, type Deliverer } from './deliverer.js';
import { createDaemonWatch, sightDisk } from './stack-sightings.js';

export interface AlertsDutyDeps {
  /** The verdict on every process, as of now. */
  readonly sightings: () => readonly Sighting[];
  /** PM2's daemon, as of now; `undefined`: it does not live. */
  readonly daemon: () => ProcStat | undefined;
  /** Variables that channels may name: the watchdog's own and those that shells have passed. */
  readonly env: ReadEnv;
}

/** Between two looks: quick enough to tell, and slow enough to cost nothing. */
const LOOK_MS = 1_000;
/** What was settled is to be seen for so long. */
const KEEP_SETTLED_MS = 30 * 86_400_000;
const PRUNE_EVERY_MS = 3_600_000;
/** The watchdog is ended after five seconds: what is being sent may take this long, and is sent again otherwise. */
const DRAIN_MS = 2_000;

/** Looks at all verdicts, tells what has changed, and begins to deliver what waits; it waits for no server itself. */
export function createAlertsDuty(context: WatchContext, deps: AlertsDutyDeps): Duty {
  const { db, paths, nowMs, stack } = context;
  const sightDaemon = createDaemonWatch();
  let current: { readonly stack: Stack; readonly watch: AlertWatch; readonly deliverer: Deliverer } | undefined;
  let prunedAtMs = Number.NEGATIVE_INFINITY;
  const follow = () => {
    const next = stack();
    // What is on its way through the old channels ends first.
    if (current !== undefined && (current.stack === next || current.deliverer.isBusy())) return current;
    if (current === undefined) releaseClaims(db, nowMs());
    current = { stack: next, watch: openWatch(context, deps, next), deliverer: openDeliverer(context, deps, next) };
    return current;
  };
  const lookAround = () => {
    const { watch, deliverer, stack } = follow();
    watch.observe([...deps.sightings(), sightDaemon(deps.daemon()), ...sightDisk(paths, stack.watch.minFreeBytes)]);
    return deliverer;
  };
  return {
    name: 'alerts',
    everyMs: LOOK_MS,
    run: () => {
      lookAround().tick();
      if (Math.abs(nowMs() - prunedAtMs) < PRUNE_EVERY_MS) return;
      pruneAlerts(db, nowMs() - KEEP_SETTLED_MS);
      prunedAtMs = nowMs();
    },
    drain: async () => {
      // That PM2 died is known to this watchdog alone, which ends at once for a successor under the new one.
      lookAround();
      const idle = current?.deliverer.idle() ?? Promise.resolve();
      const late = new Promise<void>((resolve) => setTimeout(resolve, DRAIN_MS).unref());
      await Promise.race([idle, late]);
    },
  };
}

function openWatch({ db, nowMs }: WatchContext, { env }: AlertsDutyDeps, stack: Stack): AlertWatch {
  const { channels } = stack.watch.alerts;
  return createAlertWatch({
    db,
    policy: stack.watch.alerts,
    stack: stack.name,
    host: hostname(),
    nowMs,
    newId: () => randomBytes(4).toString('hex'),
    mask: (text) => maskSecrets(text, secretsOf(stack, channels, env)),
  });
}

function secretsOf(stack: Stack, channels: readonly AlertChannel[], env: ReadEnv): readonly string[] {
  const all = [
    ...secretValues(...stack.services.map((spec) => spec.env), env()),
    ...channels.flatMap((channel) => channelSecrets(channel, env())),
  ];
  return all.sort((a, b) => b.length - a.length);
}

function openDeliverer({ db, nowMs }: WatchContext, { env }: AlertsDutyDeps, stack: Stack): Deliverer {
  const movedChat = movedChats(db);
  return createDeliverer({
    db,
    channels: stack.watch.alerts.channels.map((channel) => ({
      kind: channel.kind,
      sender: createSender(channel, {
        env: () => channelEnv(channel, env()),
        nowMs,
        movedChat,
        cwd: stack.root,
      }),
    })),
    nowMs,
    random: Math.random,
  });
}
