import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 50;
const NS_PER_MS = 1e6;

export interface Heartbeat {
  stop(): void;
}

/**
 * Beats at once and then every `everyMs`, until stopped. The timer is unref'd: it watches the service and does not keep it alive.
 *
 * @param beat Is given the memory of the process, and the longest delay of the event loop since the last beat.
 */
export function startHeartbeat(everyMs: number, beat: (rssBytes: number, loopLagMs: number) => void): Heartbeat {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const tick = () => {
    // The histogram counts its own interval in; an empty one has a maximum of 0.
    const lagMs = Math.max(0, delay.max / NS_PER_MS - RESOLUTION_MS);
    delay.reset();
    beat(process.memoryUsage.rss(), Math.round(lagMs * 10) / 10);
  };
  tick();
  const timer = setInterval(tick, everyMs).unref();
  return {
    stop() {
      clearInterval(timer);
      delay.disable();
    },
  };
}
