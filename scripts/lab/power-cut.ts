import assert from 'node:assert/strict';
import { type Lab, PROGRAMS, PROJECT } from './lab.js';

const SERVICES = ['first', 'second'];

const STACK = {
  apps: SERVICES.map((name) => ({
    name,
    script: `${PROGRAMS}/neighbour.cjs`,
    cwd: PROJECT,
    sigctl: { passEnv: ['FEED'] },
  })),
  sigctl: { name: 'lab', modes: { one: ['first'], two: SERVICES } },
};

/** cron's environment (crontab(5)). */
const CRON = 'env -i HOME=/root LOGNAME=root SHELL=/bin/sh PATH=/usr/bin:/bin /bin/sh -c';

/**
 * The plug is pulled at the very moment at which a command has ended: what was acknowledged holds after the boot. What starts the stack
 * is the line of `startup --cron`, as cron runs it.
 */
export async function showPowerCut(lab: Lab): Promise<void> {
  await lab.writeProject(STACK);
  const line = (await lab.sigctl('startup --cron --print')).split('\n').find((text) => text.startsWith('@reboot'));
  assert.ok(line !== undefined);
  // As cron reads it.
  const command = line.slice('@reboot'.length).trim().replaceAll('\\%', '%');

  await lab.sigctl('mode one');
  // From here on the watchdog has the status table open, so that SQLite does not write its log back when a command ends.
  await lab.until(
    'the watchdog is at work',
    () => lab.run(`grep watches ${PROJECT}/logs/watchdog.log`),
    ({ exitCode }) => exitCode === 0,
  );
  await lab.sh('sync');
  await lab.sigctl('mode two', { variables: 'FEED=kraken' });
  await lab.reboot('power cut');
  await boot(lab, command);
  assert.match(await lab.sigctl('status'), /mode two/);
  assert.deepEqual(await running(lab), SERVICES);
  assert.match(await lab.sigctl('env second'), /FEED +kraken/);
  assert.equal((await lab.why('second')).cause, 'reboot');

  await lab.sigctl('stop first');
  await lab.reboot('power cut');
  await boot(lab, command);
  assert.deepEqual(await running(lab), ['second']);
  await lab.sigctl('doctor');
  await lab.sigctl('stop');
}

async function boot(lab: Lab, command: string): Promise<void> {
  lab.tell(`@reboot ${command}`);
  await lab.sh(`${CRON} '${command.replaceAll("'", `'\\''`)}'`);
}

async function running(lab: Lab): Promise<readonly string[]> {
  return (await lab.reports()).filter(({ verdict }) => verdict === 'healthy').map(({ service }) => service);
}
