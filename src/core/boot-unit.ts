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

/** The line of a crontab that does the same where there is no systemd; its comment tells `unstartup` which one it is. */
export function renderCronLine(target: BootTarget): string {
  const variables = Object.entries({ PATH: target.path, SIGCTL_HOME: target.home, SIGCTL_ACTOR: 'boot' });
  const command = [
    'cd',
    quote(target.root),
    '&&',
    ...variables.map(([name, value]) => `${name}=${quote(value)}`),
    ...[target.node, target.sigctl, '--config', target.manifestPath].map(quote),
    'start --boot',
    `>>${quote(`${target.root}/logs/boot.log`)} 2>&1`,
  ].join(' ');
  // A percent sign is a line break in a crontab (crontab(5)).
  return `@reboot ${command.replaceAll('%', '\\%')} ${cronMark(target)}`;
}

/** Ends the line that belongs to this stack. */
export function cronMark({ home }: Pick<BootTarget, 'home'>): string {
  return `# sigctl ${home}`;
}

/** systemd reads `%` as a specifier (systemd.unit(5)). */
function escapeValue(text: string): string {
  return text.replaceAll('%', '%%');
}

/** A word of a command line (systemd.service(5)): quoted, and `$` doubled. */
function escapeWord(text: string): string {
  const escaped = escapeValue(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

function environment(name: string, value: string): string {
  return `Environment="${name}=${escapeValue(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
