import { Chalk } from 'chalk';
import type { ServiceReport } from '../core/service-report.js';
import { groupReports } from '../core/status-groups.js';
import { cleanText } from './clean-text.js';
import { type StatusHeading, unattended } from './status-table.js';
import { VERDICT_COLOURS } from './verdict-colour.js';

/** A line for each thing that wants somebody: `trading stale: last cycle 4m ago → sigctl logs trading`. Empty when all is well. */
export function renderQuiet(troubled: readonly ServiceReport[], heading: StatusHeading, colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const daemon =
    heading.isDaemonStopped === true
      ? [`${paint.red('PM2 is stopped')}${paint.cyan(` → kill -CONT ${heading.daemonPid}`)}`]
      : [];
  const gone = unattended(heading, troubled);
  const nobody = gone === undefined ? [] : [`${paint.red(gone)}${paint.cyan(' → sigctl recover')}`];
  const services = groupReports(troubled, heading).flatMap((group) =>
    group.reports.map(({ key, verdict, reason, next }) => {
      const why = cleanText(reason, false).replaceAll(/\s+/g, ' ');
      return `${key} ${paint[VERDICT_COLOURS[verdict]](verdict)}: ${why}${next === null ? '' : paint.cyan(` → ${next}`)}`;
    }),
  );
  return [...daemon, ...nobody, ...services].join('\n');
}
