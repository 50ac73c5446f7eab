import { Chalk } from 'chalk';
import { assertNever } from '../core/assert-never.js';
import type { LogHappening, LogRule } from '../core/log-line.js';

/** `── trading restarted · pid 812 → 840 ──`: a quiet line of its own between the lines of a log. */
export function renderLogRule({ key, happening }: LogRule, colour: boolean): string {
  return new Chalk({ level: colour ? 1 : 0 }).dim(`── ${describe(key, happening)} ──`);
}

function describe(key: string, happening: LogHappening): string {
  switch (happening.kind) {
    case 'started':
      return `${key} started · pid ${happening.pid}`;
    case 'restarted': {
      const often = happening.times > 1 ? ` ${happening.times} times` : '';
      return `${key} restarted${often} · pid ${happening.fromPid} → ${happening.pid}`;
    }
    case 'rotated':
      return `log of ${key} rotated`;
    case 'renewed':
      return `log of ${key} begun anew`;
    default:
      return assertNever(happening, 'happening');
  }
}
