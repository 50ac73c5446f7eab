import type { InitPlan } from './init-plan.js';
import { STOP_WITHIN_MS } from './line-service.js';

/** What stands in the manifest when there is nothing to begin with: one service, to be replaced. */
export const EXAMPLE: InitPlan = {
  services: [
    {
      name: 'web',
      command: { script: 'server.js', args: [] },
      env: { PORT: '3000' },
      killTimeoutMs: STOP_WITHIN_MS,
      port: 3000,
      ready: { kind: 'tcp', port: 3000, withinMs: 30_000 },
      notes: ['an example: put your own program here. main.py is run by python3, run.sh by bash, a binary by itself'],
    },
  ],
  leftOut: [],
  modes: {},
  notes: [],
};
