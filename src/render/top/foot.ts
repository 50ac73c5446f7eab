import type { ChalkInstance } from 'chalk';
import { assertNever } from '../../core/assert-never.js';
import { formatDuration } from '../../core/duration.js';
import type { TopState } from '../../core/top/top-state.js';
import { cleanText } from '../clean-text.js';

/** The most needed first: a narrow terminal goes without the rest. */
const KEYS = [
  ['q', 'quit'],
  ['?', 'help'],
  ['s', 'start'],
  ['x', 'stop'],
  ['r', 'restart'],
  ['m', 'mode'],
  ['/', 'filter'],
  ['a', 'one/all'],
  ['l', 'log'],
  ['e', 'events'],
  ['p', 'pause'],
] as const;
const GAP = '  ';

/** The last line: a question, what is typed, what is at work, what came of it, or the keys. */
export function renderFoot(state: TopState, columns: number, paint: ChalkInstance): string {
  const { dialog, running, message, look } = state;
  switch (dialog.kind) {
    case 'confirm':
      return paint.bold.yellow(`${dialog.question} y/n`);
    case 'filter': {
      const text = dialog.of === 'services' ? state.serviceFilter : state.logFilter;
      const what = dialog.of === 'services' ? 'Services' : 'Log lines';
      const other = dialog.of === 'services' ? 'log lines' : 'services';
      return `${paint.bold(`${what} with:`)} ${text}${paint.inverse(' ')}  ${paint.dim(`Enter keep · Esc all · Tab ${other}`)}`;
    }
    case 'modes':
      return paint.dim('↑ ↓ choose · Enter switch · Esc back');
    case 'help':
    case 'none':
      break;
    default:
      return assertNever(dialog, 'dialog');
  }
  if (message !== undefined) {
    const text = cleanText(message.text, false).replaceAll(/\s+/g, ' ');
    return message.isBad ? paint.red(text) : text;
  }
  if (running !== undefined) {
    const command = `sigctl ${running.args.join(' ')}`;
    return `${paint.bold(`${command} …`)} ${formatDuration(Math.max(0, look.atMs - running.sinceMs))}`;
  }
  return renderKeys(columns, paint);
}

function renderKeys(columns: number, paint: ChalkInstance): string {
  let left = columns + GAP.length;
  const fitting = KEYS.filter(([key, meaning]) => {
    left -= key.length + 1 + meaning.length + GAP.length;
    return left >= 0;
  });
  return fitting.map(([key, meaning]) => `${paint.cyan(key)} ${paint.dim(meaning)}`).join(GAP);
}
