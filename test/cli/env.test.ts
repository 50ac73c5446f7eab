import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { project, sigctl } from './rig.js';

const MANIFEST = `module.exports = {
  apps: [
    {
      name: 'trading',
      script: './trade.js',
      max_memory_restart: '400M',
      env_file: ['first.env', 'second.env'],
      env: { LEVEL: 'info', OF_BOTH: 'env', DEPOT: 'kept-secret in a text' },
      port: 3001,
      sigctl: { passEnv: ['FEED', 'ACCOUNT'] },
    },
    { name: 'web', script: './web.py', interpreter: 'python3', instances: 2 },
  ],
};\n`;

interface Shown {
  readonly key: string;
  readonly pid: number | null;
  readonly variables: readonly {
    name: string;
    value: string;
    isSecret: boolean;
    origin: { kind: string; file?: string };
  }[];
  readonly nodeFlags: readonly string[];
}

async function envOf(root: string, name: string, env: Record<string, string> = {}): Promise<readonly Shown[]> {
  const run = await sigctl(root, ['env', name, '--json'], env);
  assert.deepEqual([run.exitCode, run.stderr], [0, '']);
  return JSON.parse(run.stdout).processes;
}

test('env names the origin of every value, and the last one wins', async (t) => {
  const root = project(t, MANIFEST);
  writeFileSync(join(root, 'first.env'), 'OF_FILES=first\nOF_BOTH=file\nAPI_TOKEN=kept-secret\n');
  writeFileSync(join(root, 'second.env'), 'OF_FILES=second\n');
  mkdirSync(join(root, '.sigctl'));
  writeFileSync(join(root, '.sigctl/shell-env.json'), JSON.stringify({ ACCOUNT: 'demo', FEED: 'sim' }));
  const [shown, ...more] = await envOf(root, 'trading', { FEED: 'kraken', NOISE: 'x' });
  assert.deepEqual([shown?.key, shown?.pid, more], ['trading', null, []]);
  const of = (name: string) => {
    const found = shown?.variables.find((candidate) => candidate.name === name);
    return found && [found.value, found.origin];
  };
  assert.deepEqual(of('HOME'), [root, { kind: 'shell' }]);
  assert.deepEqual(of('OF_FILES'), ['second', { kind: 'env_file', file: 'second.env' }]);
  assert.deepEqual(of('API_TOKEN'), ['*****', { kind: 'env_file', file: 'first.env' }]);
  assert.deepEqual(of('OF_BOTH'), ['env', { kind: 'env' }]);
  assert.deepEqual(of('DEPOT'), ['***** in a text', { kind: 'env' }]);
  assert.deepEqual(of('PORT'), ['3001', { kind: 'port' }]);
  assert.deepEqual(of('FEED'), ['kraken', { kind: 'passEnv' }]);
  assert.deepEqual(of('ACCOUNT'), ['demo', { kind: 'kept' }]);
  assert.deepEqual(of('SIGCTL_SERVICE'), ['trading', { kind: 'sigctl' }]);
  assert.equal(of('NOISE'), undefined);
  assert.ok(shown?.nodeFlags.includes('--max-old-space-size=300'));
});

test('env shows each process of a service, or one by its name', async (t) => {
  const root = project(t, MANIFEST.replace(/env_file.*\n/, '\n'));
  const keys = (shown: readonly Shown[]) => shown.map(({ key }) => key);
  assert.deepEqual(keys(await envOf(root, 'web')), ['web-0', 'web-1']);
  const [one, ...more] = await envOf(root, 'web-1');
  assert.deepEqual(more, []);
  const python = one?.variables.find(({ name }) => name === 'PYTHONUNBUFFERED');
  assert.deepEqual([python?.value, python?.origin.kind], ['1', 'python']);
  assert.deepEqual(one?.nodeFlags, []);
  const unknown = await sigctl(root, ['env', 'wbe']);
  assert.equal(unknown.exitCode, 2);
  assert.match(unknown.stderr, /Cannot find service "wbe"\nhint: Did you mean "web"\?/);
  assert.equal(existsSync(join(root, '.sigctl')), false);
});

test('env for people puts the values under their origins, one a line', async (t) => {
  const root = project(t, MANIFEST.replace(/env_file.*\n/, '\n'));
  const run = await sigctl(root, ['env', 'trading'], { FEED: 'two\nlines', PATH: '/opt/tools' });
  assert.equal(run.exitCode, 0, run.stderr);
  assert.match(run.stdout, /^trading · does not run\n\nof this shell\n {2}HOME +\//);
  assert.match(run.stdout, /^ {2}PATH +\/opt\/tools:\S+ {2}\(and the folder of node\)$/m);
  assert.match(run.stdout, /\n\nof this shell, by passEnv\n {2}FEED +"two\\nlines"\n/);
});
