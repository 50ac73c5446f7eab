import { ENVIRONMENT } from './help-topics/environment.js';
import { EXIT_CODES } from './help-topics/exit-codes.js';
import { MANIFEST } from './help-topics/manifest.js';
import { TOPIC_NAMES, TOPIC_PURPOSES, type TopicName } from './topic-list.js';

/** Something that `sigctl help` explains besides the commands. */
export interface HelpTopic {
  readonly name: string;
  readonly description: string;
  /** Lines of at most 80 columns. */
  readonly text: string;
}

const TEXTS: Readonly<Record<TopicName, string>> = {
  manifest: MANIFEST,
  environment: ENVIRONMENT,
  'exit-codes': EXIT_CODES,
};

export const HELP_TOPICS: readonly HelpTopic[] = TOPIC_NAMES.map((name) => ({
  name,
  description: TOPIC_PURPOSES[name],
  text: TEXTS[name],
}));
