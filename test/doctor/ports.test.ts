import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgePort, type PortSituation } from '../../src/doctor/checks/ports.js';
import { brief } from './literals.js';

const WEB: PortSituation = {
  service: 'web',
  port: 3001,
  wanted: true,
  isUp: true,
  ownPids: [100, 101],
  ownPorts: [],
  holders: [],
  ownerOf: (pid) => (pid === 200 ? 'api' : undefined),
};
const holder = (pid: number | undefined, command = 'nc -l 3001') => ({ port: 3001, pid, command });

test('a port that the service itself or a child of it listens on is in order, whoever shares it', () => {
  assert.deepEqual(judgePort({ ...WEB, holders: [holder(101)] }), []);
  assert.deepEqual(judgePort({ ...WEB, holders: [holder(812), holder(100)] }), []);
});

test('a stranger on the port of a service that should run is an error that names its pid and command', () => {
  const [finding] = judgePort({ ...WEB, ownPids: [], isUp: false, holders: [holder(812)] });
  assert.equal(finding?.severity, 'error');
  assert.equal(finding?.code, 'PORT_HELD');
  assert.match(finding?.evidence ?? '', /port 3001 is held by pid 812 \(nc -l 3001\).*cannot start, and should run/);
  assert.match(finding?.mend ?? '', /kill 812/);
});

test('a stranger on the port of a service that need not run is a warning', () => {
  assert.deepEqual(brief(judgePort({ ...WEB, wanted: false, ownPids: [], holders: [holder(812)] })), [
    'warning PORT_HELD',
  ]);
});

test('another service of the stack is named by its name, and is not to be killed', () => {
  const [finding] = judgePort({ ...WEB, ownPids: [], holders: [holder(200)] });
  assert.match(finding?.evidence ?? '', /held by the service api/);
  assert.doesNotMatch(finding?.mend ?? '', /kill/);
});

test('a process of another user has no pid to show, and the hint says how to learn it', () => {
  const [finding] = judgePort({ ...WEB, holders: [holder(undefined, 'a process of another user')] });
  assert.match(finding?.mend ?? '', /sudo ss -ltnp 'sport = :3001'/);
});

test('a service that is up and listens elsewhere is a warning that says where; one that still starts is not', () => {
  const [finding] = judgePort({ ...WEB, ownPorts: [4000] });
  assert.equal(finding?.code, 'PORT_SILENT');
  assert.match(finding?.evidence ?? '', /does not listen on its port 3001: it listens on 4000 instead/);
  assert.deepEqual(judgePort({ ...WEB, isUp: false }), []);
});

test('a long command line of a stranger is cut', () => {
  const [finding] = judgePort({ ...WEB, holders: [holder(812, 'x'.repeat(5_000))] });
  assert.ok((finding?.evidence.length ?? 0) < 300);
});
