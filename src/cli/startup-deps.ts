import { existsSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { chooseUnit } from '../boot/choose-unit.js';
import { installCronLines, removeCronLines } from '../boot/crontab.js';
import { enableLinger, hasSystemd, installUnits, removeUnits, type UnitFile } from '../boot/systemd.js';
import { userOf } from '../boot/user-of.js';
import type { BootEntry, BootKind, StartupDeps } from '../commands/startup.js';
import { type BootTarget, cronMark, renderCronLines, renderUnit, unitName } from '../core/boot-unit.js';
import { recoverUnitPaths, renderRecoverService, renderRecoverTimer } from '../core/recover-unit.js';
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
        installCronLines(entry.text.trimEnd().split('\n'), cronMark(target));
        return [];
      }
      requireRoot(entry);
      const { namesake } = chooseUnit(target, entry.kind, configHomeOf(env));
      installUnits(unitFiles(entry), entry.kind);
      const systemctl = entry.kind === 'system' ? 'systemctl' : 'systemctl --user';
      const lingers = entry.kind === 'system' || enableLinger(userInfo().username);
      return [
        ...(namesake === undefined
          ? []
          : [`${unitName(target)} is of another stack "${target.stack}", in ${namesake}`]),
        `each minute its timer brings PM2 and the watchdog back where both are gone: from the next boot on, or now after ${systemctl} start ${basename(entry.place)}`,
        ...(lingers ? [] : ['without lingering it starts at the first login: sudo loginctl enable-linger']),
      ];
    },
    remove: async (entry, config) => {
      const target = await readTarget(config);
      if (entry.kind === 'cron') return removeCronLines(cronMark(target));
      if (existsSync(entry.place)) requireRoot(entry);
      return removeUnits(unitFiles(entry), entry.kind);
    },
  };
}

function defaultKind(): BootKind {
  if (!hasSystemd()) return 'cron';
  return userInfo().uid === 0 ? 'system' : 'user';
}

function planEntry(target: BootTarget, kind: BootKind, env: NodeJS.ProcessEnv): BootEntry {
  if (kind === 'cron') return { kind, place: 'crontab', text: `${renderCronLines(target)}\n`, also: [] };
  const { path } = chooseUnit(target, kind, configHomeOf(env));
  const { service, timer } = recoverUnitPaths(path);
  return {
    ...{ kind, place: path, text: renderUnit(target, kind) },
    also: [
      { place: service, text: renderRecoverService(target, kind, basename(path)) },
      { place: timer, text: renderRecoverTimer(target) },
    ],
  };
}

/** The timer runs at once: until the boot unit is active it does nothing. */
function unitFiles({ place, text, also }: BootEntry): readonly UnitFile[] {
  return [
    { path: place, text, starts: 'at boot' },
    ...also.map((file): UnitFile => {
      return { path: file.place, text: file.text, starts: file.place.endsWith('.timer') ? 'now' : 'never' };
    }),
  ];
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
