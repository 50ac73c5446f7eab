// Apart from the topics themselves, so that their list is shown without loading their texts.

export const TOPIC_PURPOSES = {
  manifest: 'The keys of ecosystem.config.cjs, their units and defaults',
  environment: 'Variables that sigctl reads, and those that services get',
  'exit-codes': 'What each exit code means, and which command gives it',
} as const;

export type TopicName = keyof typeof TOPIC_PURPOSES;

export const TOPIC_NAMES = ['manifest', 'environment', 'exit-codes'] as const satisfies readonly TopicName[];
