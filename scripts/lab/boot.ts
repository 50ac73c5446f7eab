import assert from 'node:assert/strict';
import { EATERS, eatPastLimit, makeProject, readGroups } from './cgroup.js';
import { asUser, type Lab, PROJECT } from './lab.js';

/** In mode `some`, and the one that is not. */
const WANTED: readonly string[] = ['eater', 'neighbour'];
const OTHER = 'family';

/** systemd has done what it does at boot, `sigctl start --boot` among it. */
const BOOTED = 'systemctl is-system-running --wait';

/** Whose systemd has the unit: the system's, or that of the unprivileged user who owns the project in both cases. */
interface Manager {
  readonly systemctl: string;
  /** The cgroup of the unit. */
  readonly cgroup: string;
}

const SYSTEM: Manager = { systemctl: 'systemctl', cgroup: '/system.slice/sigctl-lab.service' };
const USER: Manager = {
  systemctl: `${asUser('operator')}systemctl --user`,
  cgroup: '/user.slice/user-4242.slice/user@4242.service/app.slice/sigctl-lab.service',
};

/**
 * A machine with systemd, a stack of an unprivileged user and `sigctl startup`: shut down before the unit ever ran, then
 * shut down in order, then a power cut. Each time mode and services come back, and `why` tells what happened.
 */
export async function showBoot(lab: Lab): Promise<void> {
  await lab.run(BOOTED);
  await makeProject(lab, EATERS, 'operator');
  await lab.sigctl('startup');
  await lab.sigctl('mode some', { as: 'operator' });

  // What was typed runs in the cgroup of a session, so that systemd ends it as it pleases.
  await lab.reboot('in order');
  await assertBack(lab, SYSTEM);
  const bySystemd = await lab.why('neighbour', 'operator');
  assert.match(bySystemd.cause ?? '', /^(reboot|pm2-death|signal)$/);
  assert.match(bySystemd.reason ?? '', /the machine went down|the machine was going down|started anew/);

  await assertLimited(lab, SYSTEM);
  await killDaemon(lab, SYSTEM);
  await killBoth(lab, SYSTEM);

  await lab.reboot('in order');
  await assertBack(lab, SYSTEM);
  const stopped = await lab.why('neighbour', 'operator');
  assert.equal(stopped.cause, 'boot');
  assert.match(stopped.reason ?? '', /in order with its boot unit/);

  await lab.reboot('power cut');
  await assertBack(lab, SYSTEM);
  const cut = await lab.why('neighbour', 'operator');
  assert.deepEqual([cut.cause, cut.actor], ['reboot', 'machine']);
  assert.match(cut.sequel ?? '', /^started by boot/);
  await lab.sigctl('doctor', { as: 'operator' });

  await lab.sh(`${SYSTEM.systemctl} stop sigctl-lab`);
  assert.deepEqual(await readGroups(lab), [], 'no cgroup is left');
  for (const service of WANTED) assert.equal(await lab.pid(service), 0);
}

/** The same with a unit of the user, who has no privilege and is not logged in. */
export async function showUserBoot(lab: Lab): Promise<void> {
  await lab.run(BOOTED);
  await makeProject(lab, EATERS, 'operator');
  await lab.sh('loginctl enable-linger operator');
  await lab.until(
    "the user's manager runs",
    () => lab.run(`${USER.systemctl} is-active default.target`),
    ({ exitCode }) => exitCode === 0,
  );
  await lab.sigctl('startup --user', { as: 'operator' });
  await lab.sigctl('mode some', { as: 'operator' });
  await lab.reboot('in order');
  await assertBack(lab, USER);
  await assertLimited(lab, USER);
  await killBoth(lab, USER);
  await lab.reboot('power cut');
  await assertBack(lab, USER);
  assert.equal((await lab.why('neighbour', 'operator')).cause, 'reboot');
  await lab.sigctl('stop', { as: 'operator' });
}

/** The mode and its services, healthy, of this boot, and no other. */
async function assertBack(lab: Lab, manager: Manager): Promise<void> {
  await lab.run(BOOTED);
  await lab.until(
    'the unit has started',
    () => lab.run(`${manager.systemctl} is-active sigctl-lab`),
    ({ stdout }) => stdout.trim() === 'active',
  );
  assert.match(await lab.sigctl('status', { as: 'operator' }), /mode some/);
  const reports = await lab.reports('operator');
  const healthy = reports.filter(({ verdict }) => verdict === 'healthy').map(({ service }) => service);
  assert.deepEqual(healthy.sort(), [...WANTED]);
  assert.equal(await lab.pid(OTHER), 0);
  const record = await lab.sh(`cat ${PROJECT}/.sigctl/run/neighbour.lock`);
  assert.equal(record.trim().split(' ')[2], lab.bootId, 'it runs in this boot');
}

/** What the unit started is in its cgroup, which systemd leaves to its user: the kernel's limit without any privilege. */
async function assertLimited(lab: Lab, manager: Manager): Promise<void> {
  lab.tell(await lab.sh(`${manager.systemctl} status sigctl-lab --no-pager`));
  await assertPlaces(lab, manager);
  await eatPastLimit(lab, 'eater');
  const killed = await lab.why('eater', 'operator');
  assert.deepEqual([killed.cause, killed.actor], ['memory-limit', 'kernel']);
  assert.match(await lab.sh(`${manager.systemctl} is-active sigctl-lab`), /^active/, 'it goes on (OOMPolicy=continue)');
}

async function assertPlaces(lab: Lab, manager: Manager): Promise<void> {
  const places = (await readGroups(lab)).filter(({ pids }) => pids.length > 0).map(({ folder }) => folder);
  assert.deepEqual(
    places.map((folder) => folder.replace(/sigctl-lab-[0-9a-f]+/, '*')).sort(),
    WANTED.map((service) => `/sys/fs/cgroup${manager.cgroup}/*/${service}`),
  );
}

/** The services are taken back by a new daemon, which is born where the old one was, and so are their cgroups. */
async function killDaemon(lab: Lab, manager: Manager): Promise<void> {
  const [before, neighbour] = [await lab.pid('pm2'), await lab.pid('neighbour')];
  await lab.sh(`kill -KILL ${before}`);
  await lab.until(
    'all are taken back',
    async () => [await lab.pid('pm2'), await lab.reports('operator')] as const,
    ([daemon, reports]) =>
      daemon !== before &&
      reports.every(({ service, verdict }) => !WANTED.includes(service) || verdict === 'healthy') &&
      reports.some(({ service, pid }) => service === 'neighbour' && pid !== null && pid !== neighbour),
  );
  await assertPlaces(lab, manager);
}

/** Nobody is left who would start anything again, until the timer looks: then the new daemon is born in the cgroup of the boot unit. */
async function killBoth(lab: Lab, manager: Manager): Promise<void> {
  assert.match(await lab.sh(`${manager.systemctl} is-active sigctl_recover-lab.timer`), /^active/);
  const pids = async () => [await lab.pid('pm2'), await lab.pid('watchdog')] as const;
  const before = await pids();
  const neighbour = await lab.pid('neighbour');
  await lab.sh(`kill -KILL ${before.join(' ')}`);
  await lab.until('the timer brings PM2 and the watchdog back', pids, (now) =>
    now.every((pid, index) => pid !== 0 && pid !== before[index]),
  );
  await lab.until(
    'all are taken back',
    () => lab.reports('operator'),
    (reports) =>
      reports.every(({ service, verdict }) => !WANTED.includes(service) || verdict === 'healthy') &&
      reports.some(({ service, pid }) => service === 'neighbour' && pid !== null && pid !== neighbour),
  );
  await assertPlaces(lab, manager);
  const daemon = await lab.sh(`cat /proc/${await lab.pid('pm2')}/cgroup`);
  assert.equal(daemon.trim(), `0::${manager.cgroup}/supervisor`);
  lab.tell(await lab.sh(`${manager.systemctl} status sigctl_recover-lab.timer sigctl-lab --no-pager`));
}
