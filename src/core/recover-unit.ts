import type { BootTarget, UnitScope } from './boot-unit.js';
import { environment, escapeValue, escapeWord } from './unit-text.js';

/**
 * `sigctl_recover-shop.service` and `.timer` beside `sigctl-shop.service`: no boot unit begins like that, whatever its stack is called.
 * (`sigctl-shop:recover.service` would be clearer, but systemd-analyze takes what follows a colon for an alias.)
 */
export function recoverUnitPaths(unitPath: string): { readonly service: string; readonly timer: string } {
  const stem = unitPath.replace(/sigctl-([^/]*)\.service$/, 'sigctl_recover-$1');
  return { service: `${stem}.service`, timer: `${stem}.timer` };
}

/**
 * The unit that the timer starts each minute: where `sigctl recover --check` says that PM2 and the watchdog are gone, it reloads the boot
 * unit, which is `sigctl recover` in that unit's own cgroup. What this unit itself started would end with it. Pure.
 *
 * It says nothing in the journal while all is well (`LogLevelMax`), and does nothing while the boot unit is not active: a stack that was
 * stopped with its unit stays stopped.
 *
 * @param unit `sigctl-shop.service`.
 */
export function renderRecoverService(target: BootTarget, scope: UnitScope, unit: string): string {
  const systemctl = (...words: readonly string[]): string =>
    ['systemctl', ...(scope === 'user' ? ['--user'] : []), ...words, unit].join(' ');
  const check = ['/bin/sh', '-c', '! "$@"', 'sh', target.node, target.sigctl, '--config', target.manifestPath];
  return [
    '# Written by "sigctl startup"; "sigctl unstartup" takes it away.',
    '[Unit]',
    `Description=PM2 and watchdog of sigctl stack ${escapeValue(target.stack)}, where both are gone`,
    '',
    '[Service]',
    'Type=oneshot',
    ...(scope === 'system' ? [`User=${escapeValue(target.user)}`] : []),
    `WorkingDirectory=${escapeValue(target.root)}`,
    environment('PATH', target.path),
    environment('SIGCTL_HOME', target.home),
    `ExecCondition=${systemctl('--quiet', 'is-active')}`,
    `ExecCondition=${[...check, 'recover', '--check', '--quiet'].map(escapeWord).join(' ')}`,
    // Only the system's own manager may be asked to reload a unit of the system.
    `ExecStart=${scope === 'system' ? '+' : ''}${systemctl('reload')}`,
    'TimeoutStartSec=10min',
    'LogLevelMax=notice',
    '',
  ].join('\n');
}

/** Each minute, from the machine's boot on. Pure. */
export function renderRecoverTimer({ stack }: Pick<BootTarget, 'stack'>): string {
  return [
    '# Written by "sigctl startup"; "sigctl unstartup" takes it away.',
    '[Unit]',
    `Description=Looks each minute whether PM2 and the watchdog of sigctl stack ${escapeValue(stack)} are gone`,
    '',
    '[Timer]',
    'OnCalendar=minutely',
    'AccuracySec=10s',
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ].join('\n');
}
