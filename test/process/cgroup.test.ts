import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { unitName } from '../../src/core/boot-unit.js';
import {
  type CgroupPlace,
  divideUnitCgroup,
  findCgroupPlace,
  findParent,
  makeCgroup,
  noteCgroup,
  readCgroup,
  readKernelLimit,
  readOomKills,
  removeCgroup,
} from '../../src/process/cgroup.js';
import { homeDigest } from '../../src/process/home-digest.js';
import { tempFolder } from './rig.js';

const MIB = 1024 ** 2;

/** A cgroup2 file system as far as files go: `controllers` are those that a cgroup gives to its children. */
function fakeTree(t: TestContext, controllers: Readonly<Record<string, string>>) {
  const point = join(tempFolder(t), 'cgroup two');
  for (const [path, given] of Object.entries(controllers)) {
    const folder = join(point, path);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'cgroup.subtree_control'), given);
    writeFileSync(join(folder, 'cgroup.procs'), '');
  }
  const mountinfo = (root = '/') =>
    [
      '22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw',
      `29 23 0:26 ${root} ${point.replaceAll(' ', '\\040')} rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate`,
      '',
    ].join('\n');
  return { point, mountinfo };
}

test('findParent() goes up from our own cgroup to one that gives its children a memory limit', (t) => {
  const { point, mountinfo } = fakeTree(t, {
    '/': 'cpu memory pids',
    '/user.slice': 'cpu memory pids\n',
    '/user.slice/app.slice': 'memory',
    '/user.slice/app.slice/term.scope': '',
  });
  assert.equal(findParent(mountinfo(), '0::/user.slice/app.slice/term.scope\n'), join(point, 'user.slice/app.slice'));
  assert.equal(findParent(mountinfo(), '1:name=x:/\n0::/user.slice\n'), join(point, 'user.slice'));
  assert.equal(findParent(mountinfo('/user.slice'), '0::/user.slice\n'), point);
  assert.equal(findParent(mountinfo(), '0::/\n'), point);
});

test('findParent() passes by a cgroup without the memory controller, and one into which we may move no process', (t) => {
  const { point, mountinfo } = fakeTree(t, { '/': 'memory', '/a': 'memory', '/a/b': 'cpu pids' });
  assert.equal(findParent(mountinfo(), '0::/a/b\n'), join(point, 'a'));
  // For root every file may be written that is there.
  rmSync(join(point, 'a/cgroup.procs'));
  assert.equal(findParent(mountinfo(), '0::/a/b\n'), point);
});

test('findParent() answers undefined where there is no cgroup2, no memory controller, or no place of ours in it', (t) => {
  const { mountinfo } = fakeTree(t, { '/': 'cpu pids', '/a': '' });
  assert.equal(findParent(mountinfo(), '0::/a\n'), undefined);
  assert.equal(findParent(mountinfo('/elsewhere'), '0::/a\n'), undefined);
  assert.equal(findParent(mountinfo(), '4:memory:/a\n'), undefined);
  assert.equal(findParent('30 23 0:26 / /sys/fs/cgroup rw - cgroup cgroup rw,memory\n', '0::/a\n'), undefined);
  assert.equal(findParent('', ''), undefined);
});

test('makeCgroup() sets a limit a tenth above that of the service, and ends the service as a whole', (t) => {
  const { point } = fakeTree(t, { '/': 'memory' });
  const place: CgroupPlace = { parent: point, stackFolder: 'sigctl-demo-aaaaaa' };
  const folder = makeCgroup(place, 'web-0', 100 * MIB);
  assert.equal(folder, join(point, 'sigctl-demo-aaaaaa/web-0'));
  const read = (file: string) => readFileSync(join(point, 'sigctl-demo-aaaaaa', file), 'utf8');
  assert.equal(read('cgroup.subtree_control'), '+memory');
  assert.equal(read('web-0/memory.max'), String(110 * MIB));
  assert.equal(read('web-0/memory.oom.group'), '1');
  assert.equal(read('web-0/memory.swap.max'), '0');
  assert.equal(readKernelLimit(join(point, 'sigctl-demo-aaaaaa/web-0')), 110 * MIB);
  assert.equal(makeCgroup(place, 'web-0', 50 * MIB), folder);
  assert.equal(read('web-0/memory.max'), String(55 * MIB));
});

test('makeCgroup() answers undefined when the kernel forbids it', (t) => {
  const { point } = fakeTree(t, { '/': 'memory' });
  // In place of the folder: nothing can be made below it.
  writeFileSync(join(point, 'sigctl-demo-aaaaaa'), '');
  assert.equal(makeCgroup({ parent: point, stackFolder: 'sigctl-demo-aaaaaa' }, 'web', MIB), undefined);
});

test("readOomKills() reads the kernel's count, and nothing where there is no cgroup", (t) => {
  const { point } = fakeTree(t, { '/': 'memory' });
  const place: CgroupPlace = { parent: point, stackFolder: 'sigctl-demo-aaaaaa' };
  const web = join(place.parent, place.stackFolder, 'web');
  assert.equal(readOomKills(web), undefined);
  mkdirSync(web, { recursive: true });
  const events = 'low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 1\n';
  writeFileSync(join(web, 'memory.events'), events);
  assert.deepEqual(readOomKills(web), { kills: 2, hits: 3, inode: statSync(web).ino });
});

test('noteCgroup() keeps where a process was put, and takes away where it was before', (t) => {
  const run = tempFolder(t);
  const [old, now] = [join(run, 'old/web'), join(run, 'now/web')];
  for (const folder of [old, now]) mkdirSync(folder, { recursive: true });
  assert.equal(readCgroup({ run }, 'web'), undefined);
  noteCgroup({ run }, 'web', old);
  noteCgroup({ run }, 'web', old);
  assert.deepEqual([readCgroup({ run }, 'web'), existsSync(old)], [old, true]);
  noteCgroup({ run }, 'web', now);
  assert.deepEqual([readCgroup({ run }, 'web'), existsSync(old)], [now, false]);
  noteCgroup({ run }, 'web', undefined);
  assert.deepEqual([readCgroup({ run }, 'web'), existsSync(now)], [undefined, false]);
});

test('divideUnitCgroup() moves us to a child of our own unit and lets others have a limit, and touches no cgroup but that', (t) => {
  const { point, mountinfo } = fakeTree(t, { '/': 'memory', '/sigctl-shop.service': '', '/ssh.service': '' });
  for (const unit of ['sigctl-shop.service', 'ssh.service'])
    writeFileSync(join(point, unit, 'cgroup.controllers'), 'memory pids\n');
  divideUnitCgroup(['sigctl-shop.service'], mountinfo(), '0::/ssh.service\n');
  assert.equal(existsSync(join(point, 'ssh.service/supervisor')), false);
  divideUnitCgroup(['sigctl-shop.service'], mountinfo(), '0::/sigctl-shop.service\n');
  assert.equal(readFileSync(join(point, 'sigctl-shop.service/supervisor/cgroup.procs'), 'utf8'), '0');
  assert.equal(readFileSync(join(point, 'sigctl-shop.service/cgroup.subtree_control'), 'utf8'), '+memory');
});

test('divideUnitCgroup() knows the unit of a second stack of the same name, and leaves that of a third alone', (t) => {
  const [plain, own, third] = [undefined, '/srv/shop/.sigctl', '/srv/third/.sigctl'].map((home) =>
    unitName({ stack: 'shop' }, home && homeDigest(home)),
  ) as [string, string, string];
  const { point, mountinfo } = fakeTree(t, { '/': 'memory', [`/${own}`]: '', [`/${third}`]: '' });
  for (const unit of [own, third]) {
    writeFileSync(join(point, unit, 'cgroup.controllers'), 'memory pids\n');
    divideUnitCgroup([plain, own], mountinfo(), `0::/${unit}\n`);
  }
  assert.match(own, /^sigctl-shop-[0-9a-f]{6}\.service$/);
  assert.equal(readFileSync(join(point, own, 'supervisor/cgroup.procs'), 'utf8'), '0');
  assert.equal(readFileSync(join(point, own, 'cgroup.subtree_control'), 'utf8'), '+memory');
  assert.equal(existsSync(join(point, third, 'supervisor')), false);
  // Where systemd reloads it, what runs then is in a cgroup beside: the unit is the one above.
  mkdirSync(join(point, own, '.control'));
  rmSync(join(point, own, 'supervisor'), { recursive: true });
  divideUnitCgroup([plain, own], mountinfo(), `0::/${own}/.control\n`);
  assert.equal(existsSync(join(point, own, 'supervisor/cgroup.procs')), true);
});

test('removeCgroup() takes away what is empty, and leaves what others live in', (t) => {
  const { point } = fakeTree(t, { '/': 'memory' });
  const place: CgroupPlace = { parent: point, stackFolder: 'sigctl-demo-aaaaaa' };
  const [stack, web] = [join(point, place.stackFolder), join(point, place.stackFolder, 'web')];
  mkdirSync(join(stack, 'api'), { recursive: true });
  mkdirSync(web);
  removeCgroup(web);
  assert.deepEqual([existsSync(web), existsSync(stack)], [false, true]);
  removeCgroup(join(stack, 'api'));
  assert.equal(existsSync(stack), false);
  removeCgroup(join(stack, 'api'));
});

test('findCgroupPlace() gives two stacks of one name two places, where this machine has any', () => {
  const places = ['/a/.sigctl', '/b/.sigctl'].map((home) => findCgroupPlace({ name: 'demo', home }));
  if (places.every((place) => place === undefined)) return;
  assert.match(places[0]?.stackFolder ?? '', /^sigctl-demo-[0-9a-f]{6}$/);
  assert.notEqual(places[0]?.stackFolder, places[1]?.stackFolder);
});
