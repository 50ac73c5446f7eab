import { existsSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { chooseUnit } from '../boot/choose-unit.js';
import { installCronLine, removeCronLine } from '../boot/crontab.js';
import { enableLinger, hasSystemd, installUnit, removeUnit } from '../boot/systemd.js';
import { userOf } from '../boot/user-of.js';
import type { BootEntry, BootKind, StartupDeps } from '../commands/startup.js';
import { type BootTarget, cronMark, renderCronLine, renderUnit, unitName } from '../core/boot-unit.js';
import { EXIT, SigctlError } from '../errors.js';
import type { Deps } from './deps.js';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What `sigctl startup` touches: systemd's units or the crontab, and nothing of the stack. */
export function createStartupDeps(deps: Deps, env: NodeJS.ProcessEnv): StartupDeps {
  const readTarget = async (config: string | undefined): Promise<BootTarget> => {
    const { stack, paths } = await deps.openProject(config);
    return {
      stack: stack.name,
      manifestPath: stack.manifestPath,
      root: stack.root,
      home: paths.home,
      node: process.execPath,
      sigctl: join(deps.pkg.root, 'bin/sigctl'),
      path: env['PATH'] || DEFAULT_PATH,
      user: userOf(statSync(stack.root).uid),
    };
  };
  return {
    out: deps.out,
    plan: async (config, kind) => planEntry(await readTarget(config), kind ?? defaultKind(), env),
    install: async (entry, config) => {
      const target = await readTarget(config);
      if (entry.kind === 'cron') {
        installCronLine(entry.text.trimEnd(), cronMark(target));
        return [];
      }
      requireRoot(entry);
      const { namesake } = chooseUnit(target, entry.kind, configHomeOf(env));
      installUnit(entry.place, entry.text, basename(entry.place), entry.kind);
      const lingers = entry.kind === 'system' || enableLinger(userInfo().username);
      return [
        ...(namesake === undefined
          ? []
          : [`${unitName(target)} is of another stack "${target.stack}", in ${namesake}`]),
        ...(lingers ? [] : ['without lingering it starts at the first login: sudo loginctl enable-linger']),
      ];
    },
    remove: async (entry, config) => {
      const target = await readTarget(config);
      if (entry.kind === 'cron') return removeCronLine(cronMark(target));
      if (existsSync(entry.place)) requireRoot(entry);
      return removeUnit(entry.place, basename(entry.place), entry.kind);
    },
  };
}

function defaultKind(): BootKind {
  if (!hasSystemd()) return 'cron';
  return userInfo().uid === 0 ? 'system' : 'user';
}

function planEntry(target: BootTarget, kind: BootKind, env: NodeJS.ProcessEnv): BootEntry {
  if (kind === 'cron') return { kind, place: 'crontab', text: `${renderCronLine(target)}\n` };
  return { kind, place: chooseUnit(target, kind, configHomeOf(env)).path, text: renderUnit(target, kind) };
}

function configHomeOf(env: NodeJS.ProcessEnv): string {
  return env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
}

function requireRoot({ kind, place }: BootEntry): void {
  if (kind !== 'system' || userInfo().uid === 0) return;
  throw new SigctlError(`Cannot write "${place}": only root may`, {
    code: 'STARTUP_NOT_ROOT',
    hint: 'sudo sigctl startup --system, or a unit of your own: sigctl startup --user',
    exitCode: EXIT.failed,
  });
}
