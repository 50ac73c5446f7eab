import type { CommandTimes } from './command-times.js';
import type { CrashTimes } from './crash-times.js';
import type { MemoryPerService } from './memory.js';

/** What one run of the bench measured; `--json` prints it as it is. */
export interface BenchReport {
  readonly node: string;
  readonly commands: CommandTimes;
  readonly crashes: CrashTimes;
  readonly memory: MemoryPerService;
}

/** The table for people (and for the README): each row against bare node. */
export function renderReport({ node, commands, crashes, memory }: BenchReport): string {
  const ms = (value: number, base: number): string => `${value.toFixed(0)} ms (${(value / base).toFixed(2)} x)`;
  const mb = (value: number, base: number): string => {
    const [size, more] = [value, value - base].map((bytes) => (bytes / 1024 ** 2).toFixed(1));
    return `${size} MB (${value < base ? '' : '+'}${more})`;
  };
  const { bareNode, sigctl, pm2 } = memory;
  const rows = [
    [`node ${node}`, 'bare node', 'sigctl', 'plain PM2'],
    [
      'list 5 running services',
      `${commands.bareNodeMs.toFixed(0)} ms`,
      ms(commands.sigctlStatusMs, commands.bareNodeMs),
      ms(commands.pm2LsMs, commands.bareNodeMs),
    ],
    [
      'SIGKILL to running again',
      `${crashes.bareBootMs.toFixed(0)} ms`,
      ms(crashes.sigctlMs, crashes.bareBootMs),
      ms(crashes.pm2Ms, crashes.bareBootMs),
    ],
    [
      'RSS per service',
      `${(bareNode.rssBytes / 1024 ** 2).toFixed(1)} MB`,
      mb(sigctl.rssBytes, bareNode.rssBytes),
      mb(pm2.rssBytes, bareNode.rssBytes),
    ],
    [
      'PSS per service',
      `${(bareNode.pssBytes / 1024 ** 2).toFixed(1)} MB`,
      mb(sigctl.pssBytes, bareNode.pssBytes),
      mb(pm2.pssBytes, bareNode.pssBytes),
    ],
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  return [
    ...lines,
    '',
    `Medians: ${commands.runs} runs of each list command, ${crashes.runs} crashes of each kind.`,
  ].join('\n');
}
