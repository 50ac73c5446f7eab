import { environment, escapeValue, escapeWord } from './unit-text.js';

/** What is started at boot, and as whom. Paths are absolute. */
export interface BootTarget {
  /** Name of the stack. */
  readonly stack: string;
  readonly manifestPath: string;
  /** Folder of the manifest. */
  readonly root: string;
  /** `.sigctl` of the stack. */
  readonly home: string;
  /** The node and the `bin/sigctl` that run now. */
  readonly node: string;
  readonly sigctl: string;
  readonly path: string;
  /** Who owns the project. A system's unit runs as that user. */
  readonly user: string;
}

export type UnitScope = 'system' | 'user';

/** `sigctl-shop.service`, or `sigctl-shop-1f3a9c.service` where another stack of this machine has that name. */
export function unitName({ stack }: Pick<BootTarget, 'stack'>, digest?: string): string {
  return `sigctl-${stack}${digest === undefined ? '' : `-${digest}`}.service`;
}

/** Whose unit it is: the `SIGCTL_HOME` that `renderUnit` wrote into it. `undefined` in a unit of somebody else. */
export function homeOfUnit(text: string): string | undefined {
  const escaped = /^Environment="SIGCTL_HOME=(.*)"$/m.exec(text)?.[1];
  return escaped?.replaceAll(/\\([\\"])/g, '$1').replaceAll('%%', '%');
}

/**
 * The systemd unit that brings a stack back at boot and ends it in order at shutdown. Pure.
 *
 * - `oneshot` with `RemainAfterExit`: sigctl returns when the services are ready, and PM2's daemon stays in the unit's cgroup.
 * - `OOMPolicy=continue`: the kernel's out-of-memory killer ends one service, not the stack (systemd.service(5); PM2's issue 5941).
 * - `KillMode=mixed`: what the ordered stop leaves gets SIGTERM for the main process and SIGKILL for the rest.
 * - Sandboxing stops at what services may need: a private /tmp would hide PM2's sockets from the operator's own commands, and a
 *   read-only home would hide the project.
 */
export function renderUnit(target: BootTarget, scope: UnitScope): string {
  const run = (...words: readonly string[]): string =>
    [target.node, target.sigctl, '--config', target.manifestPath, ...words].map(escapeWord).join(' ');
  return [
    '# Written by "sigctl startup"; "sigctl unstartup" takes it away.',
    '[Unit]',
    `Description=sigctl stack ${escapeValue(target.stack)}`,
    ...(scope === 'system' ? ['Wants=network-online.target', 'After=network-online.target time-sync.target'] : []),
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    ...(scope === 'system' ? [`User=${escapeValue(target.user)}`] : []),
    `WorkingDirectory=${escapeValue(target.root)}`,
    environment('PATH', target.path),
    environment('SIGCTL_HOME', target.home),
    environment('SIGCTL_ACTOR', 'boot'),
    `ExecStart=${run('start', '--boot')}`,
    // What the timer beside it calls: so PM2 is born in this unit's cgroup again, and ends with it.
    `ExecReload=${run('recover', '--quiet')}`,
    `ExecStop=${run('stop', '--shutdown')}`,
    'TimeoutStartSec=10min',
    'TimeoutStopSec=5min',
    'KillMode=mixed',
    'OOMPolicy=continue',
    // The memory controller of the unit's own cgroup is sigctl's to divide among the services.
    'Delegate=memory',
    ...SANDBOX[scope],
    '',
    '[Install]',
    `WantedBy=${scope === 'system' ? 'multi-user.target' : 'default.target'}`,
    '',
  ].join('\n');
}

/** A user's manager may not make mount namespaces, so that only what seccomp does is left there. */
const SANDBOX: Readonly<Record<UnitScope, readonly string[]>> = {
  system: [
    'NoNewPrivileges=yes',
    'ProtectSystem=full',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelLogs=yes',
    'ProtectClock=yes',
    'ProtectHostname=yes',
    'LockPersonality=yes',
    'RestrictRealtime=yes',
    'RestrictSUIDSGID=yes',
    'SystemCallArchitectures=native',
  ],
  user: ['NoNewPrivileges=yes', 'LockPersonality=yes', 'RestrictRealtime=yes', 'RestrictSUIDSGID=yes'],
};

/**
 * The lines of a crontab that do the same where there is no systemd: at boot, and each minute for the moment in which PM2 and the watchdog
 * are both gone. Their comment tells `unstartup` which ones they are.
 */
export function renderCronLines(target: BootTarget): string {
  const lines = [
    `@reboot ${cronCommand(target, 'boot', 'start --boot')}`,
    `* * * * * ${cronCommand(target, 'recover', 'recover --quiet')}`,
  ];
  // A percent sign is a line break in a crontab (crontab(5)).
  return lines.map((line) => `${line.replaceAll('%', '\\%')} ${cronMark(target)}`).join('\n');
}

function cronCommand(target: BootTarget, actor: string, words: string): string {
  const variables = Object.entries({ PATH: target.path, SIGCTL_HOME: target.home, SIGCTL_ACTOR: actor });
  return [
    'cd',
    quote(target.root),
    '&&',
    ...variables.map(([name, value]) => `${name}=${quote(value)}`),
    ...[target.node, target.sigctl, '--config', target.manifestPath].map(quote),
    words,
    `>>${quote(`${target.root}/logs/boot.log`)} 2>&1`,
  ].join(' ');
}

/** Ends each line that belongs to this stack. */
export function cronMark({ home }: Pick<BootTarget, 'home'>): string {
  return `# sigctl ${home}`;
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
