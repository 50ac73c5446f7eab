import type { Command } from 'commander';
import { type Deps, inSentences } from './deps.js';
import { type CommandName, PURPOSES } from './purposes.js';

type Load = (deps: Deps) => Promise<Command>;

const LOADERS: Readonly<Record<CommandName, Load>> = {
  start: async (deps: Deps): Promise<Command> => (await import('../commands/start.js')).startCommand(inSentences(deps)),
  stop: async (deps: Deps): Promise<Command> => (await import('../commands/stop.js')).stopCommand(inSentences(deps)),
  restart: async (deps: Deps): Promise<Command> =>
    (await import('../commands/restart.js')).restartCommand(inSentences(deps)),
  reload: async (deps: Deps): Promise<Command> =>
    (await import('../commands/reload.js')).reloadCommand(inSentences(deps)),
  status: async (deps: Deps): Promise<Command> => {
    const [{ statusCommand }, { createStatusDeps }] = await Promise.all([
      import('../commands/status.js'),
      import('./status-deps.js'),
    ]);
    return statusCommand(createStatusDeps(deps));
  },
  top: async (deps: Deps): Promise<Command> => {
    const [{ topCommand }, { createTopDeps }] = await Promise.all([
      import('../commands/top.js'),
      import('./top-deps.js'),
    ]);
    return topCommand(createTopDeps(deps, process.env));
  },
  wait: async (deps: Deps): Promise<Command> => {
    const [{ waitCommand }, { createWaitDeps }] = await Promise.all([
      import('../commands/wait.js'),
      import('./wait-deps.js'),
    ]);
    return waitCommand(createWaitDeps(inSentences(deps)));
  },
  recover: async (deps: Deps): Promise<Command> => {
    const [{ recoverCommand }, { createRecoverDeps }] = await Promise.all([
      import('../commands/recover.js'),
      import('./recover-deps.js'),
    ]);
    return recoverCommand(createRecoverDeps(inSentences(deps)));
  },
  mode: async (deps: Deps): Promise<Command> => (await import('../commands/mode.js')).modeCommand(inSentences(deps)),
  logs: async (deps: Deps): Promise<Command> => {
    const [{ logsCommand }, { createLogsDeps }] = await Promise.all([
      import('../commands/logs.js'),
      import('./logs-deps.js'),
    ]);
    return logsCommand(createLogsDeps(deps, deps.config));
  },
  why: async (deps: Deps): Promise<Command> => {
    const [{ whyCommand }, { createRecordDeps }] = await Promise.all([
      import('../commands/why.js'),
      import('./record-deps.js'),
    ]);
    return whyCommand(createRecordDeps(deps));
  },
  history: async (deps: Deps): Promise<Command> => {
    const [{ historyCommand }, { createRecordDeps }] = await Promise.all([
      import('../commands/history.js'),
      import('./record-deps.js'),
    ]);
    return historyCommand(createRecordDeps(deps));
  },
  backup: async (deps: Deps): Promise<Command> => {
    const [{ backupCommand }, { createBackupDeps }] = await Promise.all([
      import('../commands/backup.js'),
      import('./backup-deps.js'),
    ]);
    return backupCommand(createBackupDeps(deps));
  },
  restore: async (deps: Deps): Promise<Command> => {
    const [{ restoreCommand }, { createRestoreDeps }] = await Promise.all([
      import('../commands/restore.js'),
      import('./restore-deps.js'),
    ]);
    return restoreCommand(createRestoreDeps(inSentences(deps)));
  },
  doctor: async (deps: Deps): Promise<Command> => {
    const [{ doctorCommand }, { createDoctorDeps }] = await Promise.all([
      import('../commands/doctor.js'),
      import('./doctor-deps.js'),
    ]);
    return doctorCommand(createDoctorDeps(inSentences(deps)));
  },
  config: async (deps: Deps): Promise<Command> => {
    const [{ configCommand }, { createConfigDeps }] = await Promise.all([
      import('../commands/config.js'),
      import('./config-deps.js'),
    ]);
    return configCommand(createConfigDeps(deps));
  },
  env: async (deps: Deps): Promise<Command> => {
    const [{ envCommand }, { createEnvDeps }] = await Promise.all([
      import('../commands/env.js'),
      import('./env-deps.js'),
    ]);
    return envCommand(createEnvDeps(deps));
  },
  alerts: async (deps: Deps): Promise<Command> => {
    const [{ alertsCommand }, { createAlertsDeps }] = await Promise.all([
      import('../commands/alerts.js'),
      import('./alerts-deps.js'),
    ]);
    return alertsCommand(createAlertsDeps(inSentences(deps)));
  },
  host: async (deps: Deps): Promise<Command> => {
    const [{ hostCommand }, { createHostDeps }] = await Promise.all([
      import('../commands/host.js'),
      import('./host-deps.js'),
    ]);
    return hostCommand(createHostDeps(inSentences(deps), process.env));
  },
  deploy: async (deps: Deps): Promise<Command> => {
    const [{ deployCommand }, { createDeployDeps }] = await Promise.all([
      import('../commands/deploy.js'),
      import('./deploy-deps.js'),
    ]);
    return deployCommand(createDeployDeps(inSentences(deps), process.env));
  },
  startup: async (deps: Deps): Promise<Command> => {
    const [{ startupCommand }, { createStartupDeps }] = await Promise.all([
      import('../commands/startup.js'),
      import('./startup-deps.js'),
    ]);
    return startupCommand({ ...createStartupDeps(deps, process.env), say: inSentences(deps).out.print });
  },
  unstartup: async (deps: Deps): Promise<Command> => {
    const [{ unstartupCommand }, { createStartupDeps }] = await Promise.all([
      import('../commands/startup.js'),
      import('./startup-deps.js'),
    ]);
    return unstartupCommand({ ...createStartupDeps(deps, process.env), say: inSentences(deps).out.print });
  },
  init: async (deps: Deps): Promise<Command> => {
    const [{ initCommand }, { createInitDeps }] = await Promise.all([
      import('../commands/init.js'),
      import('./init-deps.js'),
    ]);
    return initCommand({ ...createInitDeps(deps, process.cwd(), process.env), say: inSentences(deps).out.print });
  },
  completion: async (deps: Deps): Promise<Command> => {
    const [{ completionCommand }, { createCompletionDeps }] = await Promise.all([
      import('../commands/completion.js'),
      import('./completion-deps.js'),
    ]);
    return completionCommand({ ...createCompletionDeps(deps), say: inSentences(deps).out.print });
  },
  help: async (deps: Deps): Promise<Command> => {
    const [{ helpCommand }, { wrapHelp }] = await Promise.all([
      import('../commands/help.js'),
      import('../render/wrap-help.js'),
    ]);
    return helpCommand({ out: { print: (text) => deps.out.print(wrapHelp(text, deps.out.width)) } });
  },
};

/** A command as it is declared. */
export async function loadCommand(name: CommandName, deps: Deps): Promise<Command> {
  return (await LOADERS[name](deps)).description(PURPOSES[name]);
}
