const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parses `250ms`, `30s`, `2m`, `1h`, `7d` (or a bare number of milliseconds) to milliseconds; `undefined` when it is none. */
export function parseDuration(text: string | number): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text : undefined;
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim());
  if (match === null) return undefined;
  const unit = (match[2] ?? 'ms') as keyof typeof UNIT_MS;
  const ms = Number(match[1]) * UNIT_MS[unit];
  return Number.isFinite(ms) ? ms : undefined;
}

/** `400ms`, `4.2s`, `12s`, `4m 12s`, `3h 05m`, `2d 4h`: two units at most, for people. */
export function formatDuration(ms: number): string {
  if (ms < 0) return '0s';
  if (ms < 1_000) return `${Math.floor(ms)}ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)}s`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(seconds % 60).padStart(2, '0')}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${String(minutes % 60).padStart(2, '0')}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** The same for what a manifest sets, which is a round number as a rule: `2m`, `8s`, `1m 30s`, and not `2m 00s` or `8.0s`. */
export function formatLimit(ms: number): string {
  return formatDuration(ms)
    .replace(/\.0s$/, 's')
    .replace(/ 0?0[smh]$/, '');
}
