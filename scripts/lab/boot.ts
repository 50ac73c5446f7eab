import assert from 'node:assert/strict';
import { EATERS, eatPastLimit, makeProject, readGroups } from './cgroup.js';
import { type Lab, PROJECT } from './lab.js';

/** In mode `some`, and the one that is not. */
const WANTED = ['eater', 'neighbour'] as const;
const OTHER = 'family';

/** systemd has done what it does at boot, `sigctl start --boot` among it. */
const BOOTED = 'systemctl is-system-running --wait';

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
  await assertBack(lab);
  const bySystemd = await lab.why('neighbour', 'operator');
  assert.match(bySystemd.cause ?? '', /^(reboot|pm2-death|signal)$/);
  assert.match(bySystemd.reason ?? '', /the machine went down|the machine was going down|started anew/);

  // What the unit started is in its cgroup, which systemd leaves to its user: the kernel's limit without any privilege.
  lab.tell(await lab.sh('systemctl status sigctl-lab --no-pager'));
  const groups = await readGroups(lab);
  assert.deepEqual(groups.map(({ folder }) => folder.replace(/sigctl-lab-[0-9a-f]+/, '*')).sort(), [
    '/sys/fs/cgroup/system.slice/sigctl-lab.service/*/eater',
    '/sys/fs/cgroup/system.slice/sigctl-lab.service/*/neighbour',
  ]);
  await eatPastLimit(lab, 'eater');
  const killed = await lab.why('eater', 'operator');
  assert.deepEqual([killed.cause, killed.actor], ['memory-limit', 'kernel']);
  assert.match(await lab.sh('systemctl is-active sigctl-lab'), /^active/, 'the unit goes on (OOMPolicy=continue)');

  await lab.reboot('in order');
  await assertBack(lab);
  const stopped = await lab.why('neighbour', 'operator');
  assert.equal(stopped.cause, 'boot');
  assert.match(stopped.reason ?? '', /in order with its boot unit/);

  await lab.reboot('power cut');
  await assertBack(lab);
  const cut = await lab.why('neighbour', 'operator');
  assert.deepEqual([cut.cause, cut.actor], ['reboot', 'machine']);
  assert.match(cut.sequel ?? '', /^started by boot/);
  assert.equal(
    await lab.sh(`sqlite3 ${PROJECT}/.sigctl/status.db 'PRAGMA integrity_check' 2>&1 || :`).then(isOkOrMissing),
    true,
  );
  await lab.sigctl('doctor', { as: 'operator' });

  await lab.sh('systemctl stop sigctl-lab');
  assert.deepEqual(await readGroups(lab), [], 'no cgroup is left');
  for (const service of WANTED) assert.equal(await lab.pid(service), 0);
}

/** The mode and its services, healthy, of this boot, and no other. */
async function assertBack(lab: Lab): Promise<void> {
  await lab.run(BOOTED);
  assert.match(await lab.sh('systemctl is-active sigctl-lab'), /^active/);
  assert.match(await lab.sigctl('status', { as: 'operator' }), /mode some/);
  const reports = await lab.reports('operator');
  const healthy = reports.filter(({ verdict }) => verdict === 'healthy').map(({ service }) => service);
  assert.deepEqual(healthy.sort(), [...WANTED]);
  assert.equal(await lab.pid(OTHER), 0);
  const record = await lab.sh(`cat ${PROJECT}/.sigctl/run/neighbour.lock`);
  assert.equal(record.trim().split(' ')[2], lab.bootId, 'it runs in this boot');
}

/** Where there is no sqlite3, `doctor` has the word. */
function isOkOrMissing(text: string): boolean {
  return /^ok$/m.test(text) || /not found/.test(text);
}
