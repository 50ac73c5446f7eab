import { Chalk } from 'chalk';
import type { DeployPlan, SwitchOutcome } from '../core/deploy.js';
import { formatDuration } from '../core/duration.js';
import { formatSize } from '../core/size.js';
import { cleanText } from './clean-text.js';

/** What would be done, and on what. */
export function renderDeployPlan(plan: DeployPlan, colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const { facts } = plan;
  const files = plan.files === undefined ? '' : `, ${plan.files} files`;
  const rows = [
    ['host', `${plan.host} ${facts.root}, node ${facts.node}, ${formatSize(facts.freeBytes)} free`],
    ['upload', `${plan.source}${files}${facts.hasRsync ? ', by rsync' : ', by tar'}`],
    ['release', plan.release],
    ['current', facts.current ?? 'nothing yet'],
    ['install', plan.install ?? 'npm ci, where package.json is'],
    ['build', plan.build ?? 'npm run build, where package.json has it'],
    ['switch', plan.mode === undefined ? 'reload or restart what runs' : `the same, then mode ${plan.mode}`],
    ['keep', `at most ${plan.keep} releases; ${facts.releases.length + 1} with this one`],
  ];
  return rows.map(([name = '', value = '']) => `${paint.dim(name.padEnd(8))} ${value}`).join('\n');
}

export function renderDeployed(
  { release, previous, services, tookMs }: Extract<SwitchOutcome, { kind: 'done' }>,
  removed: readonly string[],
  colour: boolean,
): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const width = Math.max(0, ...services.map(({ service }) => service.length));
  const before = previous === null || previous === release ? '' : paint.dim(` (before: ${previous})`);
  return [
    ...services.map(({ service, how, tookMs: ms }) => {
      const took = ms === null ? '' : ` in ${formatDuration(ms)}`;
      return `${paint.green('✔')} ${service.padEnd(width)}  ${how}${took}`;
    }),
    `${paint.green('✔')} ${release} is in force, and healthy after ${formatDuration(tookMs)}${before}`,
    ...(removed.length === 0 ? [] : [paint.dim(`  removed: ${removed.join(', ')}`)]),
  ].join('\n');
}

/** @param host As it was typed, for the commands to type next. */
export function renderRolledBack(
  outcome: Extract<SwitchOutcome, { kind: 'rolled-back' }>,
  host: string,
  colour: boolean,
): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const { release, reason, logTail, hint, to, rollbackFault } = outcome;
  const there = host.startsWith('@') ? `sigctl ${host} ` : `sigctl --host ${host} `;
  const back = to === null ? 'nothing is in force, as before' : `${to} is in force again`;
  return [
    `${paint.red('✖')} ${release}  ${reason}`,
    ...logTail.map((line) => paint.dim(`    │ ${cleanText(line, false)}`)),
    rollbackFault === null
      ? `${paint.yellow('!')} ${back}`
      : `${paint.red('✖')} ${back}, but not well: ${rollbackFault}`,
    ...(hint === null ? [] : [`    ${paint.dim('next:')} ${hint.replace(/^sigctl /, there)}`]),
  ].join('\n');
}
