/** `2026-11-26 11:12:00 UTC`: an instant for people, to the second, the same on every machine. */
export function formatUtc(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
