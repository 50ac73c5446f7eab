import { readProcStat, readResidentBytes } from './proc-stat.js';

let pageBytes: number | undefined;

/** Bytes of a page, as the kernel counts `rss` in `stat`: 4 KiB but on some arm64 kernels. Learned once, from this process itself. */
export function readPageBytes(): number {
  pageBytes ??= learn();
  return pageBytes;
}

function learn(): number {
  // Its smallest page, by which the kernel counts, is part of the architecture.
  if (process.arch === 'x64') return 4_096;
  const pages = readProcStat(process.pid)?.rssPages ?? 0;
  const ratio = pages === 0 ? 0 : readResidentBytes(process.pid) / pages;
  return ratio > 32_768 ? 65_536 : ratio > 8_192 ? 16_384 : 4_096;
}
