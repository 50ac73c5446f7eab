import type { StatusDeps } from '../commands/run-status.js';
import type { StatusDb } from '../store/open.js';
import { type Deps, inSentences } from './deps.js';

/** What `sigctl status` touches. More than the table of all services is loaded only where it is asked for. */
export function createStatusDeps(deps: Deps): StatusDeps {
  /** Of the last look: its connection serves the detail, and ends with the process or with the next look. */
  let db: StatusDb | undefined;
  return {
    ...deps,
    readView: async (config, note) => {
      db?.close();
      const opened = await deps.openView(config, note);
      db = opened.db;
      return opened.view;
    },
    say: inSentences(deps).out.print,
    readDetail: async (view, reports) => {
      const { readServiceDetail } = await import('./service-detail.js');
      return readServiceDetail({ ...deps, looking: db }, view, reports);
    },
    openScreen: async () => (await import('./screen.js')).openScreen(deps.terminal),
  };
}
