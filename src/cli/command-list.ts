import type { Command } from 'commander';
import { buildCommand } from './build-command.js';
import { type DeclaredName, isDeclared, loadDeclaration } from './declared-commands.js';
import { type Deps, inSentences } from './deps.js';
import { type CommandName, PURPOSES } from './purposes.js';

type Load = (deps: Deps) => Promise<Command>;

const LOADERS: Readonly<Record<Exclude<CommandName, DeclaredName>, Load>> = {
  start: async (deps: Deps): Promise<Command> => (await import('../commands/start.js')).startCommand(inSentences(deps)),
  stop: async (deps: Deps): Promise<Command> => (await import('../commands/stop.js')).stopCommand(inSentences(deps)),
  restart: async (deps: Deps): Promise<Command> =>
    (await import('../commands/restart.js')).restartCommand(inSentences(deps)),
  reload: async (deps: Deps): Promise<Command> =>
    (await import('../commands/reload.js')).reloadCommand(inSentences(deps)),
  top: async (deps: Deps): Promise<Command> => {
    const [{ topCommand }, { createTopDeps }] = await Promise.all([
      import('../commands/top.js'),
      import('./top-deps.js'),
    ]);
    return topCommand(createTopDeps(deps, process.env));
  },
  recover: async (deps: Deps): Promise<Command> => {
    const [{ recoverCommand }, { createRecoverDeps }] = await Promise.all([
      import('../commands/recover.js'),
      import('./recover-deps.js'),
    ]);
    return recoverCommand(createRecoverDeps(inSentences(deps)));
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

/** A command with its purpose, ready to parse. */
export async function loadCommand(name: CommandName, deps: Deps): Promise<Command> {
  const command = isDeclared(name) ? buildCommand(await loadDeclaration(name, deps)) : await LOADERS[name](deps);
  return command.description(PURPOSES[name]);
}
