import { formatSize } from '../../core/size.js';
import { createLogKeeper } from '../../logs/rotate/log-keeper.js';
import { recordEvent } from '../../store/events.js';
import type { WatchContext } from './context.js';
import type { Duty } from './duty.js';

/** How often the sizes of all logs are looked at. */
const ROUND_MS = 1_000;

type LogsContext = Pick<WatchContext, 'stack' | 'paths' | 'db' | 'version' | 'nowMs' | 'monotonicMs' | 'log'>;

/**
 * Rotates, compresses and removes logs beside the other duties, which do not wait for it. The end does not wait for it either:
 * a rotation that is broken off is finished by the next watchdog. The alert of a full disk is the alerts' duty; this one
 * records what went to make room.
 */
export function keepLogs({ stack, paths, db, version, nowMs, monotonicMs, log }: LogsContext): Duty {
  const record = (kind: 'disk-low' | 'disk-recovered', detail: Readonly<Record<string, unknown>>): void => {
    try {
      recordEvent(db, { atMs: nowMs(), service: 'stack', kind, actor: 'watchdog', version, detail });
    } catch (error) {
      // SQLITE_FULL: a disk that is nearly full may be full.
      log.trouble(`cannot record ${kind}`, error);
    }
  };
  const keeper = createLogKeeper({
    paths,
    nowMs,
    note: (text) => log.warn(text),
    onDiskLow: (low) => {
      const { freeBytes, minFreeBytes, removed } = low;
      const free = `${formatSize(freeBytes)} free, below ${formatSize(minFreeBytes)}`;
      const reason = `disk nearly full: ${free}; log segments removed: ${removed.files}, ${formatSize(removed.bytes)} together`;
      log.warn(reason);
      record('disk-low', { reason, freeBytes, minFreeBytes, removedBytes: removed.bytes });
    },
    onDiskRecovered: (freeBytes) => {
      const reason = `disk no longer nearly full: ${formatSize(freeBytes)} free`;
      log.info(reason);
      record('disk-recovered', { reason, freeBytes });
    },
  });
  return { name: 'keep the logs', everyMs: ROUND_MS, run: () => keeper.tick(stack(), monotonicMs()) };
}
