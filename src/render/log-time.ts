/** `14:45:11` in local time; with the day (`11-21 …`, `2025-11-21 …`) where that is not today. */
export function renderLogTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const now = new Date(nowMs);
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':');
  const day = `${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
  if (at.getFullYear() !== now.getFullYear()) return `${at.getFullYear()}-${day} ${time}`;
  if (at.getMonth() !== now.getMonth() || at.getDate() !== now.getDate()) return `${day} ${time}`;
  return time;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
