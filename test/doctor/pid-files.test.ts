import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgePidFile, type PidFileSituation } from '../../src/doctor/checks/pid-files.js';
import { brief } from './literals.js';

const DEAD: PidFileSituation = {
  key: 'web',
  path: '/p/.sigctl/run/web.pid',
  lock: '/p/.sigctl/run/web.lock',
  content: '812',
  live: undefined,
  wanted: true,
  isComingBack: false,
};
const judge = (rest: Partial<PidFileSituation>) => judgePidFile({ ...DEAD, ...rest }, 'run/web.pid');

test('a PID file that names its own process is in order', () => {
  assert.deepEqual(judge({ live: { command: 'node web.js', isOurs: true } }), []);
});

test('the number of a dead process is stale, and --fix can remove the file', () => {
  const [finding] = judge({});
  assert.equal(finding?.severity, 'warning');
  assert.match(finding?.evidence ?? '', /names pid 812, which does not live/);
  assert.equal(finding?.remedy?.kind, 'remove-pid-file');
});

test('after an orderly stop the file of a dead process is only a note', () => {
  assert.deepEqual(brief(judge({ wanted: false })), ['info STALE_PID_FILE']);
});

test("a stranger's number is a warning even for a stopped service, and names the stranger", () => {
  const [finding] = judge({ wanted: false, live: { command: 'sleep 600', isOurs: false } });
  assert.equal(finding?.severity, 'warning');
  assert.match(finding?.evidence ?? '', /pid 812 \(sleep 600\), which is not this service/);
});

test('while PM2 is about to start the service again its file is left to that', () => {
  const [finding] = judge({ isComingBack: true });
  assert.equal(finding?.remedy, null);
});

for (const [content, words] of [
  ['', /is empty/],
  ['no number', /holds no process number/],
  ['-1', /holds no process number/],
] as const) {
  test(`a PID file with ${JSON.stringify(content)} is stale`, () => {
    assert.match(judge({ content })[0]?.evidence ?? '', words);
  });
}
