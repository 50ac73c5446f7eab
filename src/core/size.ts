const UNIT_BYTES = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 } as const;

/** Parses PM2's memory sizes (`300M`, `2G`, `512K`, bytes as a number) to bytes; `undefined` when it is none. */
export function parseSize(text: string | number): number | undefined {
  if (typeof text === 'number') return Number.isInteger(text) && text > 0 ? text : undefined;
  const match = /^(\d+(?:\.\d+)?)\s*([KMG]?)B?$/i.exec(text.trim());
  if (match === null) return undefined;
  const unit = (match[2] ?? '').toUpperCase() as keyof typeof UNIT_BYTES;
  const bytes = Math.round(Number(match[1]) * UNIT_BYTES[unit]);
  return bytes > 0 && Number.isFinite(bytes) ? bytes : undefined;
}

/** `512 MB`, `1.5 GB`: for people, in units of 1024. */
export function formatSize(bytes: number): string {
  const kilobytes = Math.max(0, Math.round(bytes / 1024));
  if (kilobytes < 1024) return `${kilobytes} KB`;
  const megabytes = Math.round(bytes / 1024 ** 2);
  if (megabytes < 1024) return `${megabytes} MB`;
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
