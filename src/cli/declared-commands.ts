import type { Declaration } from '../commands/declaration.js';
import { type Deps, inSentences } from './deps.js';

type Load = (deps: Deps) => Promise<Declaration>;

/** Commands that people and scripts run much. They are data, so that a plain line of them is read without commander. */
const LOADERS = {
  status: async (deps: Deps): Promise<Declaration> => {
    const [{ statusCommand }, { createStatusDeps }] = await Promise.all([
      import('../commands/status.js'),
      import('./status-deps.js'),
    ]);
    return statusCommand(createStatusDeps(deps));
  },
  wait: async (deps: Deps): Promise<Declaration> => {
    const [{ waitCommand }, { createWaitDeps }] = await Promise.all([
      import('../commands/wait.js'),
      import('./wait-deps.js'),
    ]);
    return waitCommand(createWaitDeps(inSentences(deps)));
  },
  mode: async (deps: Deps): Promise<Declaration> =>
    (await import('../commands/mode.js')).modeCommand(inSentences(deps)),
  logs: async (deps: Deps): Promise<Declaration> => {
    const [{ logsCommand }, { createLogsDeps }] = await Promise.all([
      import('../commands/logs.js'),
      import('./logs-deps.js'),
    ]);
    return logsCommand(createLogsDeps(deps, deps.config));
  },
  why: async (deps: Deps): Promise<Declaration> => {
    const [{ whyCommand }, { createRecordDeps }] = await Promise.all([
      import('../commands/why.js'),
      import('./record-deps.js'),
    ]);
    return whyCommand(createRecordDeps(deps));
  },
  history: async (deps: Deps): Promise<Declaration> => {
    const [{ historyCommand }, { createRecordDeps }] = await Promise.all([
      import('../commands/history.js'),
      import('./record-deps.js'),
    ]);
    return historyCommand(createRecordDeps(deps));
  },
  config: async (deps: Deps): Promise<Declaration> => {
    const [{ configCommand }, { createConfigDeps }] = await Promise.all([
      import('../commands/config.js'),
      import('./config-deps.js'),
    ]);
    return configCommand(createConfigDeps(deps));
  },
  env: async (deps: Deps): Promise<Declaration> => {
    const [{ envCommand }, { createEnvDeps }] = await Promise.all([
      import('../commands/env.js'),
      import('./env-deps.js'),
    ]);
    return envCommand(createEnvDeps(deps));
  },
  alerts: async (deps: Deps): Promise<Declaration> => {
    const [{ alertsCommand }, { createAlertsDeps }] = await Promise.all([
      import('../commands/alerts.js'),
      import('./alerts-deps.js'),
    ]);
    return alertsCommand(createAlertsDeps(inSentences(deps)));
  },
} as const satisfies Readonly<Record<string, Load>>;

export type DeclaredName = keyof typeof LOADERS;

export const DECLARED_NAMES = Object.keys(LOADERS).filter(isDeclared);

export function isDeclared(word: string | undefined): word is DeclaredName {
  return word !== undefined && Object.hasOwn(LOADERS, word);
}

export function loadDeclaration(name: DeclaredName, deps: Deps): Promise<Declaration> {
  return LOADERS[name](deps);
}
