/**
 * The time by which a feed makes candles: that of day, which somebody may set back. Then this one goes on from where it was, so that the
 * feed neither waits until the clock has come there again nor makes a candle twice; once the time of day is past it, it follows that again.
 *
 * @param sinceMs It begins no earlier: where an earlier collector came to, perhaps before the clock was set back.
 * @param maxStepMs While it is ahead it goes on by no more than this from one look to the next: what lies between was not watched (a
 * suspend, or the clock set forward to what is right).
 */
export function feedClock(nowMs: () => number, sinceMs = -Infinity, maxStepMs = Infinity): () => number {
  let wallMs = nowMs();
  let feedMs = Math.max(wallMs, sinceMs);
  return () => {
    const nextMs = nowMs();
    const stepMs = Math.min(Math.max(0, nextMs - wallMs), maxStepMs);
    wallMs = nextMs;
    feedMs = Math.max(nextMs, feedMs + stepMs);
    return feedMs;
  };
}
