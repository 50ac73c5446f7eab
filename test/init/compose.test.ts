// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's, not ours
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCompose } from '../../src/init/compose.js';
import { composeBytes, composeDuration, composePorts, interpolation } from '../../src/init/compose-values.js';
import type { InitPlan, PlannedService } from '../../src/init/init-plan.js';
import { readYaml } from '../../src/init/read-yaml.js';
import { refusalOf } from '../manifest/request.js';
import { folderOf } from './folder.js';

async function plan(yaml: string, files: Readonly<Record<string, string>> = {}): Promise<InitPlan> {
  return parseCompose(await readYaml(yaml, 'compose.yml'), folderOf(files), 'compose.yml');
}

/** The one service `x` with these keys. */
async function one(keys: string, files: Readonly<Record<string, string>> = {}): Promise<PlannedService> {
  const indented = keys.replaceAll(/^/gm, '    ');
  const { services, leftOut } = await plan(`services:\n  x:\n${indented}\n`, files);
  const [service] = services;
  assert.ok(service, JSON.stringify(leftOut));
  return service;
}

test('an image without a command of ours is left out, and its reason says what to do', async () => {
  const { services, leftOut } = await plan(`services:
  db: { image: postgres:16 }
  cache: { image: "docker.io/library/redis:7-alpine", command: redis-server --appendonly yes }
  app: { image: ours/app, command: node a.js }
  odd: 5
`);
  assert.deepEqual(
    services.map(({ name }) => name),
    ['app'],
  );
  assert.deepEqual(
    leftOut.map(({ name }) => name),
    ['db', 'cache', 'odd'],
  );
  assert.match(leftOut[0]?.reason ?? '', /image "postgres:16": leave it in compose, or install it/);
});

test('entrypoint and command make one command line, which no shell reads', async () => {
  const text = await one('image: python:3.11\nentrypoint: [python3, main.py]\ncommand: --name "a b" & --money 5$$');
  assert.deepEqual(text.command, {
    script: 'main.py',
    args: ['--name', 'a b', '&', '--money', '5$'],
    interpreter: 'python3',
  });
});

test('variables that compose filled in become those of a shell', async () => {
  const service = await one('build: .\ncommand: uvicorn app:app --port ${PORT:-8000} --name "x ${WHO}"');
  assert.deepEqual(service.command.args, ['-c', `exec uvicorn app:app --port \${PORT:-8000} --name 'x '"\${WHO}"`]);
  assert.deepEqual(service.passEnv, ['PORT', 'WHO']);
  assert.equal(service.port, 8000);
});

test('sh -c keeps its script, with the dollars that compose would have left', async () => {
  const service = await one('build: .\ncommand: sh -c "python a.py && python b.py $$HOME ${X}"');
  assert.deepEqual(service.command.args, ['-c', 'python a.py && exec python b.py $HOME ${X}']);
});

test('the command of a build comes from its Dockerfile', async () => {
  const files = { 'api/Dockerfile': 'FROM node\nCMD ["old"]\nENTRYPOINT ["node"]\nCMD [ "server.js", \\\n "--x" ]\n' };
  const service = await one('build: { context: ./api }', files);
  assert.deepEqual(service.command, { script: 'server.js', args: ['--x'] });
  assert.equal(service.cwd, './api');
  const { leftOut } = await plan('services: { x: { build: . } }');
  assert.match(leftOut[0]?.reason ?? '', /Dockerfile/);
});

test('a folder in the container is the one that is mounted there', async () => {
  const service = await one(
    'image: python\nworking_dir: /app/sub\nvolumes: ["./src:/app:ro", "data:/data"]\ncommand: python a.py',
  );
  assert.equal(service.cwd, './src/sub');
});

test('environment: values, lists, names alone, defaults, and what cannot be known', async () => {
  const service = await one(
    `build: .
command: node a.js
environment:
  PLAIN: 5
  ON: true
  OWN: \${OWN}
  DEFAULTED: "\${LEVEL:-info}"
  FOREIGN: \${SECRET}
  FILED: \${IN_FILE:-no}
  DOLLAR: a$$b
  EMPTY:`,
    { '.env': 'IN_FILE=yes\n' },
  );
  assert.deepEqual(service.env, { PLAIN: '5', ON: 'true', DEFAULTED: 'info', DOLLAR: 'a$b' });
  assert.deepEqual(service.passEnv, ['OWN', 'EMPTY']);
  assert.match(service.notes.join('\n'), /"FOREIGN" came from \$SECRET/);
  assert.match(service.notes.join('\n'), /"FILED" came from \$IN_FILE/);
  const listed = await one('build: .\ncommand: node a.js\nenvironment: [A=b=c, SHELL_ONE]');
  assert.deepEqual([listed.env, listed.passEnv], [{ A: 'b=c' }, ['SHELL_ONE']]);
});

test('env_file is kept where it is there', async () => {
  const service = await one('build: .\ncommand: node a.js\nenv_file: [a.env, {path: b.env, required: false}]', {
    'a.env': 'A=1',
  });
  assert.deepEqual(service.envFiles, ['a.env']);
  assert.match(service.notes.join(), /b\.env is missing/);
});

test('depends_on is needs, and without "required" only an order; jobs that end are left out', async () => {
  const { services, leftOut } = await plan(`services:
  a:
    build: .
    command: node a.js
    depends_on: { b: { condition: service_healthy }, c: { condition: service_started, required: false }, job: { condition: service_completed_successfully } }
  b: { build: ., command: node b.js, depends_on: [c] }
  c: { build: ., command: node c.js }
  job: { build: ., command: node job.js }
`);
  assert.deepEqual([services[0]?.needs, services[0]?.after], [['b', 'job'], ['c']]);
  assert.deepEqual(services[1]?.needs, ['c']);
  assert.match(leftOut[0]?.reason ?? '', /runs once and ends/);
});

test('ports, memory, grace, replicas and restart keep their meaning', async () => {
  const service = await one(`build: .
command: node a.js
ports: ["127.0.0.1:80:8000", "9000"]
deploy: { replicas: 2, resources: { limits: { memory: 1.5gb } } }
stop_grace_period: 1m30s
restart: on-failure:3`);
  assert.equal(service.port, 8000);
  assert.deepEqual(service.ready, { kind: 'tcp', port: 8000, withinMs: 30_000 });
  assert.equal(service.memoryLimitBytes, 1.5 * 1024 ** 3);
  assert.equal(service.killTimeoutMs, 90_000);
  assert.equal(service.instances, 2);
  assert.equal(service.maxRestarts, 3);
  assert.match(service.notes.join('\n'), /published on port 80: .* listens on 8000/);
  assert.match(service.notes.join('\n'), /listens on 9000 too/);
  assert.equal((await one('build: .\ncommand: x\nrestart: "no"')).autorestart, false);
  assert.equal((await one('build: .\ncommand: x\nrestart: no')).autorestart, false);
  assert.equal((await one('build: .\ncommand: x\nrestart: always')).autorestart, undefined);
});

test('a health check of its own port becomes http, any other a command', async () => {
  const http = await one(`build: .
command: node a.js
ports: ["8000:8000"]
healthcheck: { test: ["CMD", "curl", "-f", "http://localhost:8000/health"], interval: 10s, retries: 5, start_period: 1m }`);
  assert.deepEqual(http.ready, { kind: 'http', path: '/health', port: 8000, withinMs: 110_000 });
  const command = await one('build: .\ncommand: node a.js\nhealthcheck: { test: ["CMD", "check", "a b", "$$X"] }');
  assert.deepEqual(command.ready, { kind: 'command', command: `check 'a b' '$X'`, withinMs: 30_000 });
  const disabled = await one('build: .\ncommand: node a.js\nhealthcheck: { disable: true, test: x }');
  assert.equal(disabled.ready, undefined);
});

test('another service as a host is told, as that name ends with compose', async () => {
  const { services } = await plan(`services:
  web: { build: ., command: node a.js, environment: { URL: "postgres://u:p@db:5432/x", MODE: debug } }
  db: { image: postgres }
`);
  assert.match(services[0]?.notes.join('\n') ?? '', /uses "db" as a host/);
});

test('what has no counterpart is named', async () => {
  const service = await one('build: .\ncommand: node a.js\nnetworks: [a]\nlabels: [b]\nx-own: 1\nstop_signal: SIGTERM');
  assert.match(service.notes.join('\n'), /not taken over: networks, labels$/m);
  assert.match(service.notes.join('\n'), /SIGTERM/);
});

test('merge keys and anchors are followed', async () => {
  const { services } = await plan(`x-base: &base { restart: "no", build: . }
services:
  a: { <<: *base, command: node a.js }
`);
  assert.equal(services[0]?.autorestart, false);
});

for (const [what, yaml, code] of [
  ['a tab for an indent', 'services:\n\ta: 1\n', /line 2 is no YAML/],
  ['an open quote', 'services:\n  a: "secret\n', /no YAML/],
  ['a key twice', 'services:\n  a: {}\n  a: {}\n', /line 3 is no YAML \(duplicate key\)/],
  ['an alias of nothing', 'services: *gone\n', /./],
  ['nothing', '', /no "services"/],
  ['a list', '- a\n', /no "services"/],
  ['a text', 'secret words', /no "services"/],
  ['services as a list', 'services: [a]', /no "services"/],
] as const) {
  test(`a compose file with ${what} is refused without quoting it`, async () => {
    const error = await refusalOf(() => plan(yaml));
    assert.equal(error.code, 'INIT_SOURCE_BROKEN');
    assert.match(error.message, code);
    assert.doesNotMatch(error.message, /secret/);
  });
}

test('aliases that multiply are refused', async () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level}, `.repeat(9)}]`,
  );
  const error = await refusalOf(() => plan(`l0: &l0 [x]\n${levels.join('\n')}\nservices: { a: *l12 }\n`));
  assert.match(error.message, /aliases/);
});

test('values of compose, one by one', () => {
  assert.equal(composeBytes('512m'), 512 * 1024 ** 2);
  assert.equal(composeBytes('1GB'), 1024 ** 3);
  assert.equal(composeBytes(2_000_000), 2_000_000);
  assert.equal(composeBytes('lots'), undefined);
  assert.equal(composeDuration('1m30s'), 90_000);
  assert.equal(composeDuration('500ms'), 500);
  assert.equal(composeDuration('soon'), undefined);
  assert.deepEqual(composePorts(['3000-3005', '6060:6060/udp', '8000', 80, { target: 90, published: '91' }]), [
    { target: 8000, published: undefined },
    { target: 80, published: undefined },
    { target: 90, published: 91 },
  ]);
  assert.deepEqual(composePorts(['${P:-80}:${P:-80}']), [{ target: 80, published: 80 }]);
  assert.deepEqual(interpolation('a$$b${C:?must}$D'), [
    { kind: 'text', text: 'a' },
    { kind: 'text', text: '$' },
    { kind: 'text', text: 'b' },
    { kind: 'variable', variable: { name: 'C' } },
    { kind: 'variable', variable: { name: 'D' } },
  ]);
});
