import { ENVIRONMENT } from './help-topics/environment.js';
import { EXIT_CODES } from './help-topics/exit-codes.js';
import { MANIFEST } from './help-topics/manifest.js';

/** Something that `sigctl help` explains besides the commands. */
export interface HelpTopic {
  readonly name: string;
  readonly description: string;
  /** Lines of at most 80 columns. */
  readonly text: string;
}

export const HELP_TOPICS: readonly HelpTopic[] = [
  { name: 'manifest', description: 'The keys of ecosystem.config.cjs, their units and defaults', text: MANIFEST },
  { name: 'environment', description: 'Variables that sigctl reads, and those that services get', text: ENVIRONMENT },
  { name: 'exit-codes', description: 'What each exit code means, and which command gives it', text: EXIT_CODES },
];

/** The end of `sigctl --help`. */
export function renderTopicList(): string {
  const width = Math.max(...HELP_TOPICS.map(({ name }) => name.length));
  return [
    '',
    'Topics:',
    ...HELP_TOPICS.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`),
    '',
    'Read on: sigctl help <command or topic>',
  ].join('\n');
}
