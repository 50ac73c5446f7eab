import { Chalk, type ChalkInstance } from 'chalk';
import type { Difference, ServiceDiff } from '../core/config-diff.js';
import { specLines } from '../core/spec-lines.js';
import type { Stack } from '../core/stack.js';
import { cleanText } from './clean-text.js';
import { wrapText } from './wrap.js';

/** The effective manifest: its modes, then a line for each setting of each service. Secrets are masked. */
export function renderConfig(
  stack: Stack,
  { width, colour }: { readonly width: number; readonly colour: boolean },
): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  const modes = Object.entries(stack.modes).map(([mode, members]) => ({ key: mode, shown: members.join(', ') }));
  return [
    `${paint.bold(stack.name)}  ${paint.dim(stack.manifestPath)}`,
    ...block('modes', modes, width, paint),
    ...stack.services.flatMap((spec) => block(spec.name, specLines(spec), width, paint)),
  ].join('\n');
}

function block(
  title: string,
  lines: readonly { readonly key: string; readonly shown: string }[],
  columns: number,
  paint: ChalkInstance,
): readonly string[] {
  const width = Math.max(0, ...lines.map(({ key }) => key.length));
  // Values stand under each other, also those that take several lines.
  const indent = ' '.repeat(width + 4);
  return [
    '',
    paint.bold(title),
    ...lines.map(({ key, shown }) => {
      const value = wrapText(cleanText(shown, false), columns, indent).trimStart();
      return `  ${paint.dim(key.padEnd(width))}  ${value}`;
    }),
  ];
}

/** What differs between what runs and the manifest, by service, and the command that applies it. */
export function renderConfigDiff(diffs: readonly ServiceDiff[], colour: boolean): string {
  const paint = new Chalk({ level: colour ? 1 : 0 });
  if (diffs.length === 0) return 'Nothing that runs differs from the manifest';
  return diffs.map((diff) => renderDiff(diff, paint)).join('\n\n');
}

function renderDiff(diff: ServiceDiff, paint: ChalkInstance): string {
  const { service } = diff;
  if (diff.kind === 'gone')
    return `${paint.bold(service)} runs, and is no longer in the manifest ${next(`sigctl stop ${service}`, paint)}`;
  if (diff.kind === 'unknown') {
    return `${paint.bold(service)} was started from other settings, which are not on record ${next(`sigctl restart ${service}`, paint)}`;
  }
  const pending = diff.differences.filter(({ needsRestart }) => needsRestart);
  const inForce = diff.differences.filter(({ needsRestart }) => !needsRestart);
  return [
    ...(pending.length === 0
      ? []
      : [
          `${paint.bold(service)}: a restart would change ${next(`sigctl restart ${service}`, paint)}`,
          ...table(pending, paint),
        ]),
    ...(inForce.length === 0
      ? []
      : [`${paint.bold(service)}: in force already, since only sigctl reads it`, ...table(inForce, paint)]),
  ].join('\n');
}

function table(differences: readonly Difference[], paint: ChalkInstance): readonly string[] {
  const width = Math.max(...differences.map(({ key }) => key.length));
  return differences.map(
    ({ key, running, manifest }) =>
      `  ${key.padEnd(width)}  ${paint.red(value(running))} → ${paint.green(value(manifest))}`,
  );
}

function value(shown: string | null): string {
  return shown === null ? '(not set)' : cleanText(shown, false);
}

function next(command: string, paint: ChalkInstance): string {
  return paint.cyan(`→ ${command}`);
}
