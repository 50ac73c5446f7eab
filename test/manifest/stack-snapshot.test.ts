import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import type { Stack } from '../../src/core/stack.js';
import { readSnapshot } from '../../src/manifest/read-snapshot.js';
import { readStack, type StackRequest, writeSnapshot } from '../../src/manifest/stack-snapshot.js';
import { type Origin, snapshotText } from '../../src/manifest/stored-stack.js';
import { addFile, makeProject, requestFor } from './request.js';

const MANIFEST = `module.exports = { apps: [
  { name: 'web', script: 'web.js', env_file: '.env', interpreter: 'bun', sigctl: { passEnv: ['PORT'], port: 80 } },
  { name: 'tool', script: 'tool' },
] };`;

interface Project {
  readonly root: string;
  readonly home: string;
  readonly request: StackRequest;
}

function makeStack(t: TestContext): Project {
  const root = makeProject(t, { 'ecosystem.config.cjs': MANIFEST, '.env': 'TOKEN=one\n' });
  const request = requestFor(join(root, 'ecosystem.config.cjs'), { shellEnv: { PATH: join(root, 'bin') } });
  return { root, home: request.home, request };
}

/** Marks the stored stack, so that a test can tell it from one that was validated anew. */
function markSnapshot(home: string): void {
  const path = join(home, 'stack.json');
  const [head = '', stack = ''] = readFileSync(path, 'utf8').split('\n');
  const origin: Origin = JSON.parse(head);
  writeFileSync(path, snapshotText(origin, { ...JSON.parse(stack), name: 'from-the-snapshot' }));
}

const isHit = (stack: Stack): boolean => stack.name === 'from-the-snapshot';

test('readStack() answers from stack.json without ever loading zod', async (t) => {
  const { request } = makeStack(t);
  const program = join(import.meta.dirname, '../fixtures/manifests/read-without-zod.mts');
  const run = (): Promise<{ stdout: string }> =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', program, JSON.stringify(request)], { timeout: 60_000 });
  await assert.rejects(run(), /zod was loaded/, 'the check itself sees zod on a miss');
  await writeSnapshot(request);
  assert.equal((await run()).stdout, 'web tool\n');
});

test('a stack from stack.json is the one that was validated', async (t) => {
  const { request, home } = makeStack(t);
  const fresh = await writeSnapshot(request);
  const stored = await readStack(request);
  assert.equal(JSON.stringify(stored), JSON.stringify(fresh));
  assert.equal(JSON.stringify(readSnapshot(home)), JSON.stringify(fresh));
});

test('reading creates no .sigctl, writing does, and only the owner may read it', async (t) => {
  const { request, home } = makeStack(t);
  await readStack(request);
  assert.equal(existsSync(home), false);
  await writeSnapshot(request);
  assert.equal(statSync(home).mode & 0o777, 0o700);
  assert.equal(statSync(join(home, 'stack.json')).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(home), ['stack.json']);
});

test('reading renews stack.json where .sigctl exists already', async (t) => {
  const { request, home } = makeStack(t);
  mkdirSync(home);
  await readStack(request);
  markSnapshot(home);
  assert.ok(isHit(await readStack(request)));
});

for (const [change, apply] of Object.entries<(project: Project) => Partial<StackRequest>>({
  'the manifest': ({ root }) => {
    addFile(root, 'ecosystem.config.cjs', MANIFEST.replace("'tool' }", "'tool', kill_timeout: 5000 }"));
    return {};
  },
  'an env_file': ({ root }) => {
    addFile(root, '.env', 'TOKEN=second\n');
    return {};
  },
  'the node that runs services': () => ({ execPath: '/opt/node/bin/node' }),
  'the version of node': () => ({ nodeVersion: '22.18.0' }),
  'the version of sigctl': () => ({ sigctlVersion: '9.9.9' }),
  'PATH, which was searched,': () => ({ shellEnv: { PATH: '/usr/bin' } }),
  'PORT, which a service passes on,': ({ request }) => ({ shellEnv: { ...request.shellEnv, PORT: '4000' } }),
  'a command that appeared in PATH': ({ root }) => {
    addFile(root, 'bin/tool', '', 0o755);
    return {};
  },
  'an interpreter that was installed': ({ root }) => {
    addFile(root, 'node_modules/.bin/bun', '', 0o755);
    return {};
  },
})) {
  test(`a change of ${change} is seen at once`, async (t) => {
    const project = makeStack(t);
    await writeSnapshot(project.request);
    markSnapshot(project.home);
    assert.ok(isHit(await readStack(project.request)));
    const changed = { ...project.request, ...apply(project) };
    assert.equal(isHit(await readStack(changed)), false);
  });
}

test('what validation did not ask for does not matter', async (t) => {
  const { root, request, home } = makeStack(t);
  await writeSnapshot(request);
  markSnapshot(home);
  addFile(root, 'unrelated.js', '');
  addFile(root, 'ecosystem.config.cjs', `// a comment\n${MANIFEST}`);
  assert.ok(isHit(await readStack({ ...request, shellEnv: { ...request.shellEnv, TOKEN: 'x', HOME: '/root' } })));
});

test('a manifest that became faulty is refused, however good its snapshot', async (t) => {
  const { root, request } = makeStack(t);
  await writeSnapshot(request);
  addFile(root, 'ecosystem.config.cjs', MANIFEST.replace("script: 'tool'", "script: 'tool', args: () => 'x'"));
  await assert.rejects(readStack(request), { code: 'MANIFEST_INVALID' });
});

test('a corrupt stack.json is ignored, whatever is wrong with it', async (t) => {
  const { request, home } = makeStack(t);
  const fresh = JSON.stringify(await writeSnapshot(request));
  const path = join(home, 'stack.json');
  const stored = readFileSync(path, 'utf8');
  const edited = (from: string, to: string): string => {
    assert.ok(stored.includes(from), from);
    return stored.replace(from, to);
  };
  const corrupt = {
    empty: '',
    'cut off': stored.slice(0, stored.length / 2),
    'no JSON': 'stack',
    null: 'null',
    'a list': '[]',
    'without services': edited('"services"', '"service"'),
    'a port as text': edited('"port":80', '"port":"80"'),
    'a variable that is a number': edited('"TOKEN":"one"', '"TOKEN":1'),
    'an unknown kind of readiness': edited('"kind":"delay"', '"kind":"wish"'),
    'an unknown kind of lookup': edited('"kind":"content"', '"kind":"oracle"'),
    'modes as a list': edited('"modes":{', '"modes":[],"x":{'),
  };
  for (const [what, text] of Object.entries(corrupt)) {
    writeFileSync(path, text);
    assert.equal(readSnapshot(home), undefined, what);
    assert.equal(JSON.stringify(await readStack(request)), fresh, what);
    assert.equal(readFileSync(path, 'utf8'), stored, `${what}: renewed`);
  }
});

test('readSnapshot() knows nothing where sigctl never ran', (t) => {
  assert.equal(readSnapshot(join(makeProject(t, {}), '.sigctl')), undefined);
});

test('a .sigctl that cannot be written does not stop a read, and does stop a write', async (t) => {
  const { request, home } = makeStack(t);
  // A folder in the place of the file: even root cannot rename onto it.
  mkdirSync(join(home, 'stack.json'), { recursive: true });
  chmodSync(home, 0o700);
  assert.equal((await readStack(request)).services.length, 2);
  await assert.rejects(writeSnapshot(request));
  assert.deepEqual(readdirSync(home), ['stack.json']);
});

test('twenty reads at once leave one whole stack.json', async (t) => {
  const { request, home } = makeStack(t);
  mkdirSync(home);
  const stacks = await Promise.all(Array.from({ length: 20 }, () => readStack(request)));
  assert.equal(new Set(stacks.map((stack) => JSON.stringify(stack))).size, 1);
  assert.deepEqual(readdirSync(home), ['stack.json']);
  assert.ok(readSnapshot(home));
});

test('a release that is not in force is validated without a trace in the state that it shares', async (t) => {
  const { request, home } = makeStack(t);
  mkdirSync(home);
  assert.equal((await readStack({ ...request, isDraft: true })).services.length, 2);
  assert.equal(existsSync(join(home, 'stack.json')), false);
});
