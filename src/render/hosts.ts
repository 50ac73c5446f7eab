import { Chalk } from 'chalk';

/** The short names with their addresses, one a line. */
export function renderHosts(hosts: Readonly<Record<string, string>>, colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const names = Object.keys(hosts).sort();
  if (names.length === 0) return `No hosts yet ${paint.dim('→ sigctl host add prod user@vps:/srv/app')}`;
  const width = Math.max(...names.map((name) => name.length + 1));
  return names.map((name) => `${paint.bold(`@${name}`.padEnd(width))}  ${hosts[name]}`).join('\n');
}
