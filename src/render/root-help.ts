import { TOPIC_PURPOSES } from './topic-list.js';
import { wrapHelp } from './wrap-help.js';

/** What stands in the help of the program itself: meanings by term, in the order in which they are shown. */
export interface RootHelp {
  readonly purpose: string;
  readonly options: Readonly<Record<string, string>>;
  readonly commands: Readonly<Record<string, string>>;
}

/** `sigctl --help`, laid out for so many columns. */
export function renderRootHelp({ purpose, options, commands }: RootHelp, columns: number): string {
  const width = longest({ ...options, ...commands });
  const text = [
    'Usage: sigctl [options] [command]',
    '',
    purpose,
    ...listTerms('Options', options, width),
    ...listTerms('Commands', commands, width),
    ...listTerms('Topics', TOPIC_PURPOSES, longest(TOPIC_PURPOSES)),
    '',
    'Read on: sigctl help <command or topic>',
    '',
  ].join('\n');
  return wrapHelp(text, columns);
}

function longest(terms: Readonly<Record<string, string>>): number {
  return Math.max(...Object.keys(terms).map((term) => term.length));
}

function listTerms(title: string, terms: Readonly<Record<string, string>>, width: number): readonly string[] {
  return ['', `${title}:`, ...Object.entries(terms).map(([term, meaning]) => `  ${term.padEnd(width)}  ${meaning}`)];
}
