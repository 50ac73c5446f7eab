import type { StatusDeps } from '../commands/run-status.js';
import { type Deps, inSentences } from './deps.js';

/** What `sigctl status` touches. More than the table of all services is loaded only where it is asked for. */
export function createStatusDeps(deps: Deps): StatusDeps {
  return {
    ...deps,
    say: inSentences(deps).out.print,
    readDetail: async (view, reports) => {
      const { readServiceDetail } = await import('./service-detail.js');
      return readServiceDetail(deps, view, reports);
    },
    openScreen: async () => (await import('./screen.js')).openScreen(deps.terminal),
  };
}
