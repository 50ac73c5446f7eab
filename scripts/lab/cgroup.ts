import assert from 'node:assert/strict';
import { type Lab, PROGRAMS, PROJECT } from './lab.js';

const MIB = 1024 ** 2;

/** What a service may have, and what the kernel lets it have (src/process/cgroup.ts). */
const LIMIT_MIB = 100;
const KERNEL_LIMIT_MIB = 110;

const limited = (name: string, script: string, args: readonly string[] = []) => ({
  name,
  script: `${PROGRAMS}/${script}`,
  args,
  // Each reads the order to eat in a folder of its own.
  cwd: `${PROJECT}/${name}`,
  max_memory_restart: `${LIMIT_MIB}M`,
  sigctl: { restart: { backoff: ['100ms', '200ms'] } },
});

export const EATERS = {
  apps: [
    limited('eater', 'eater.cjs'),
    limited('family', 'eater.cjs', ['--child']),
    limited('neighbour', 'neighbour.cjs'),
  ],
  sigctl: { name: 'lab', modes: { all: '*', some: ['eater', 'neighbour'] } },
};

/**
 * The kernel's memory limit: a real cgroup v2, a service that takes memory faster than anybody looks, and its neighbour.
 */
export async function showCgroup(lab: Lab): Promise<void> {
  // What systemd does on every machine that has it.
  await lab.sh('echo +memory >/sys/fs/cgroup/cgroup.subtree_control');
  // Which a leak would fill first.
  await lab.sh('fallocate -l 1G /srv/swap; chmod 600 /srv/swap; mkswap /srv/swap; swapon /srv/swap');
  await makeProject(lab, EATERS);
  await lab.sigctl('start');

  const groups = await readGroups(lab);
  lab.tell(groups.map(({ folder, max, pids }) => `${folder}: memory.max ${max}, pids ${pids.join(' ')}`).join('\n'));
  for (const service of ['eater', 'family', 'neighbour']) {
    const group = groups.find(({ folder }) => folder.endsWith(`/${service}`));
    assert.equal(group?.max, KERNEL_LIMIT_MIB * MIB);
    assert.ok(group.pids.includes(await lab.pid(service)), `${service} lives in its own cgroup`);
  }

  const neighbour = await lab.pid('neighbour');
  await eatPastLimit(lab, 'eater');
  const killed = await lab.why('eater');
  assert.deepEqual([killed.cause, killed.actor], ['memory-limit', 'kernel']);
  assert.match(killed.reason ?? '', /memory limit of 100 MB.*the kernel killed it at 110 MB/);
  assert.match(lab.kernelLog(), /Memory cgroup out of memory: Killed process/);

  await killByHand(lab);
  const byHand = await lab.why('eater');
  assert.equal(byHand.cause, 'signal', 'a kill by hand afterwards is not taken for one of the kernel');

  await runOutOfMemory(lab);
  const chosen = await lab.why('eater');
  assert.deepEqual([chosen.cause, chosen.actor], ['signal', 'kernel'], 'its own limit was not what was wanting');
  assert.match(chosen.reason ?? '', /the machine ran out of memory/);

  // A new cgroup, which counts from 0.
  await lab.sigctl('restart eater');
  await eatPastLimit(lab, 'eater');
  assert.equal((await lab.why('eater')).cause, 'memory-limit');

  // A child takes the memory, and its parent goes with it.
  await eatPastLimit(lab, 'family');
  const family = await lab.why('family');
  assert.deepEqual([family.cause, family.actor], ['memory-limit', 'kernel']);

  assert.equal(await lab.pid('neighbour'), neighbour, 'the neighbour was never touched');
  await lab.sigctl('status');
  await lab.sigctl('stop');
  assert.deepEqual(await readGroups(lab), [], 'no cgroup is left');
}

export async function makeProject(
  lab: Lab,
  manifest: typeof EATERS,
  owner: 'root' | 'operator' = 'root',
): Promise<void> {
  await lab.sh(`mkdir -p ${manifest.apps.map(({ cwd }) => cwd).join(' ')}`);
  await lab.writeProject(manifest, owner);
}

/**
 * Makes a service take four times its limit at once, and returns when it runs again. Watchdog and PM2 are stopped meanwhile, as they
 * would be faster here, where every page costs a call of the host: what they do is shown by the tests of `test/e2e`.
 */
export async function eatPastLimit(lab: Lab, service: string): Promise<void> {
  const before = await lab.pid(service);
  const others = `${await lab.pid('watchdog')} ${await lab.pid('pm2')}`;
  const folder = (await lab.sh(`cat ${PROJECT}/.sigctl/run/${service}.cgroup`)).trim();
  await lab.sh(`kill -STOP ${others}; echo ${4 * LIMIT_MIB} >${PROJECT}/${service}/eat`);
  try {
    const events = await lab.until(
      `the kernel kills ${service}`,
      () => lab.sh(`cat ${folder}/memory.events`),
      (text) => /^oom_group_kill 1$/m.test(text),
    );
    lab.tell(`${service} (pid ${before}) was killed: ${events.trim().replaceAll('\n', ', ')}`);
  } finally {
    await lab.sh(`kill -CONT ${others}`);
  }
  await lab.until(
    `${service} runs again`,
    () => lab.report(service),
    ({ verdict, pid }) => verdict === 'healthy' && pid !== before,
  );
}

/** As far as the kernel goes: it is told to act as if the machine had no memory left, and that the eater is to go first. */
async function runOutOfMemory(lab: Lab): Promise<void> {
  const before = await lab.pid('eater');
  await lab.sh(`echo 1000 >/proc/${before}/oom_score_adj; echo f >/proc/sysrq-trigger`);
  await lab.until(
    'eater runs again',
    () => lab.report('eater'),
    ({ pid, verdict }) => pid !== before && verdict === 'healthy',
  );
}

async function killByHand(lab: Lab): Promise<void> {
  const before = await lab.pid('eater');
  await lab.sh(`kill -KILL ${before}`);
  await lab.until(
    'eater runs again',
    () => lab.report('eater'),
    ({ pid, verdict }) => pid !== before && verdict === 'healthy',
  );
}

export interface Group {
  readonly folder: string;
  readonly max: number;
  readonly pids: readonly number[];
}

/** Every cgroup that sigctl made for a process. */
export async function readGroups(lab: Lab): Promise<readonly Group[]> {
  const text = await lab.sh(
    "find /sys/fs/cgroup -path '*/sigctl-lab-*/*' -type d | while read -r f; do echo \"$f $(cat $f/memory.max) $(tr '\\n' ' ' <$f/cgroup.procs)\"; done",
  );
  return text
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [folder = '', max = '', ...pids] = line.trim().split(' ');
      return { folder, max: Number(max), pids: pids.map(Number) };
    });
}
