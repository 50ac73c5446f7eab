// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's, not ours
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProcfile } from '../../src/init/procfile.js';
import { folderOf } from './folder.js';

const VIG = 'web: uvicorn dashboard:app --port $PORT & python3 main.py & wait\n';

test('one line that starts a website and a bot becomes two services', () => {
  const { services, leftOut } = parseProcfile(VIG, folderOf());
  assert.deepEqual(
    services.map(({ name, command }) => ({ name, command })),
    [
      {
        name: 'web',
        command: { script: '/bin/sh', args: ['-c', 'exec uvicorn dashboard:app --port $PORT'], interpreter: 'none' },
      },
      { name: 'main', command: { script: 'main.py', args: [], interpreter: 'python3' } },
    ],
  );
  assert.deepEqual(leftOut, []);
});

test('the program that listens on $PORT keeps the name, wherever it stands in the line', () => {
  const { services } = parseProcfile('web: python3 main.py & uvicorn dashboard:app --port $PORT & wait', folderOf());
  assert.deepEqual(
    services.map(({ name }) => name),
    ['main', 'web'],
  );
});

test("PORT has foreman's number, 5000 and 100 more for each line, and the shell's wins", () => {
  const { services } = parseProcfile('a: x\nb: run --port $PORT\nc: run --port $PORT', folderOf());
  assert.equal(services[0]?.port, undefined);
  assert.deepEqual(services[1]?.env, { PORT: '5100' });
  assert.deepEqual(services[1]?.passEnv, ['PORT']);
  assert.deepEqual(services[1]?.ready, { kind: 'tcp', port: 5100, withinMs: 30_000 });
  assert.equal(services[2]?.port, 5200);
});

test('a default in the line, and a PORT in .env, win over that number', () => {
  assert.equal(parseProcfile('web: x ${PORT:-8123}', folderOf()).services[0]?.port, 8123);
  const [service] = parseProcfile('web: x $PORT', folderOf({ '.env': 'PORT=7001\n' })).services;
  assert.equal(service?.port, 7001);
  assert.deepEqual(service?.env, { PORT: '7001' });
  assert.deepEqual(service?.envFiles, ['.env']);
});

test('variables that the line uses are let in, those that every service has are not named', () => {
  const [service] = parseProcfile('web: x $TOKEN "${KEY}" $HOME', folderOf()).services;
  assert.deepEqual(service?.passEnv, ['TOKEN', 'KEY']);
});

test('comments and blank lines are nothing, an odd line is told by its number, release runs once', () => {
  const plan = parseProcfile('# x\n\nno command here\nrelease: migrate\nweb: x\n: y\n', folderOf());
  assert.deepEqual(plan.notes, [
    'line 3 is no "name: command" and is passed over',
    'line 6 is no "name: command" and is passed over',
  ]);
  assert.deepEqual(
    plan.leftOut.map(({ name }) => name),
    ['release'],
  );
  assert.equal(plan.services.length, 1);
});

test('one broken line does not lose the others', () => {
  const plan = parseProcfile('a: "open\nb: fine\nc: wait', folderOf());
  assert.deepEqual(
    plan.leftOut.map(({ name, reason }) => [name, reason]),
    [
      ['a', 'line 1 leaves a quote or a bracket open'],
      ['c', 'line 3 starts no program'],
    ],
  );
  assert.deepEqual(
    plan.services.map(({ name }) => name),
    ['b'],
  );
});

test('npm start is what package.json says, that of the folder in which it runs', () => {
  const folder = folderOf({
    'package.json': '{"scripts":{"start":"node outer.js"}}',
    'api/package.json': '{"scripts":{"start":"node inner.js"}}',
  });
  const { services } = parseProcfile('web: npm start\napi: cd api && npm start\nother: cd gone && npm start', folder);
  assert.deepEqual(
    services.map(({ command, cwd }) => [command.script, cwd]),
    [
      ['outer.js', undefined],
      ['inner.js', 'api'],
      ['npm', 'gone'],
    ],
  );
});

test('a PORT in .env, which all of them read, is that of the one that asks for it', () => {
  const { services } = parseProcfile(
    'web: uvicorn a:b --port $PORT & python3 main.py & wait',
    folderOf({ '.env': 'PORT=7001' }),
  );
  assert.deepEqual(
    services.map(({ name, env, port }) => [name, env, port]),
    [
      ['web', { PORT: '7001' }, 7001],
      ['main', { PORT: '' }, undefined],
    ],
  );
});
