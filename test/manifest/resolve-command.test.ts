import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { ServiceSpec } from '../../src/core/stack.js';
import { readStack, type StackRequest } from '../../src/manifest/stack-snapshot.js';
import { addFile, makeProject, requestFor } from './request.js';

/** The command line of one app: `interpreter interpreterArgs script args`, the project's folder written as `.`. */
async function commandLine(root: string, app: object, changes: Partial<StackRequest> = {}): Promise<string> {
  addFile(root, 'ecosystem.config.cjs', `module.exports = [${JSON.stringify({ name: 'app', ...app })}];`);
  const [spec] = (await readStack(requestFor(join(root, 'ecosystem.config.cjs'), changes))).services;
  assert.ok(spec);
  return lineOf(spec).replaceAll(root, '.');
}

function lineOf({ interpreter, interpreterArgs, script, args }: ServiceSpec): string {
  return [...(interpreter === undefined ? [] : [interpreter]), ...interpreterArgs, script, ...args].join(' ');
}

function makeMachine(t: TestContext): { root: string; bin: string } {
  const root = makeProject(t, {});
  const bin = join(makeProject(t, {}), 'bin');
  for (const name of ['npm', 'bash', 'python3']) addFile(bin, name, '#!/bin/sh\n', 0o755);
  addFile(bin, 'notes', 'not executable');
  return { root, bin };
}

test('the interpreter follows from the extension, and a script without a known one runs itself', async (t) => {
  const root = makeProject(t, {});
  const line = (script: string): Promise<string> => commandLine(root, { script });
  assert.equal(await line('a.js'), '/usr/bin/node ./a.js');
  assert.equal(await line('a.cjs'), '/usr/bin/node ./a.cjs');
  assert.equal(await line('a.mjs'), '/usr/bin/node ./a.mjs');
  assert.equal(await line('a.py'), 'python3 ./a.py');
  assert.equal(await line('a.sh'), 'bash ./a.sh');
  assert.equal(await line('a.rb'), 'ruby ./a.rb');
  assert.equal(await line('a.pl'), 'perl ./a.pl');
  assert.equal(await line('a.php'), 'php ./a.php');
  assert.equal(await line('./bin/server'), './bin/server');
  assert.equal(await line('/usr/bin/redis-server'), '/usr/bin/redis-server');
});

test('a named interpreter is taken at its word: none, node, a path, node_modules/.bin, or a command of PATH', async (t) => {
  const root = makeProject(t, { 'venv/bin/python': '' });
  addFile(root, 'node_modules/.bin/ts-node', '', 0o755);
  const line = (interpreter: string): Promise<string> => commandLine(root, { script: 'a.js', interpreter });
  assert.equal(await line('none'), './a.js');
  assert.equal(await line('node'), '/usr/bin/node ./a.js');
  assert.equal(await line('./venv/bin/python'), './venv/bin/python ./a.js');
  assert.equal(await line('/opt/bun'), '/opt/bun ./a.js');
  assert.equal(await line('ts-node'), './node_modules/.bin/ts-node ./a.js');
  assert.equal(await line('bun'), 'bun ./a.js');
  assert.equal(
    await commandLine(root, { script: 'a.js', exec_interpreter: 'bun', interpreter_args: '-b --hot' }),
    'bun -b --hot ./a.js',
  );
});

test('a relative script is looked for in the cwd, as PM2 does, then beside the manifest', async (t) => {
  const root = makeProject(t, { 'sub/in-sub.js': '', 'beside.js': '', 'both.js': '', 'sub/both.js': '' });
  const line = (script: string): Promise<string> => commandLine(root, { script, cwd: 'sub' });
  assert.equal(await line('in-sub.js'), '/usr/bin/node ./sub/in-sub.js');
  assert.equal(await line('beside.js'), '/usr/bin/node ./beside.js');
  assert.equal(await line('both.js'), '/usr/bin/node ./sub/both.js');
  assert.equal(await line('missing.js'), '/usr/bin/node ./sub/missing.js');
});

test('TypeScript runs by type stripping from node 22.18, and by tsx before', async (t) => {
  const root = makeProject(t, {});
  const line = (nodeVersion: string, packageRoot?: string): Promise<string> =>
    commandLine(
      root,
      { script: 'a.ts', node_args: '--flag' },
      { nodeVersion, ...(packageRoot ? { packageRoot } : {}) },
    );
  assert.equal(await line('22.18.0'), '/usr/bin/node --flag ./a.ts');
  assert.equal(await line('24.0.0'), '/usr/bin/node --flag ./a.ts');
  const sigctl = makeProject(t, {});
  addTsx(sigctl);
  const shipped = pathToFileURL(join(sigctl, 'node_modules/tsx/loader.mjs')).href;
  assert.equal(await line('23.5.0', sigctl), `/usr/bin/node --import ${shipped} --flag ./a.ts`);
  addTsx(root);
  assert.equal(
    await line('20.19.0', sigctl),
    '/usr/bin/node --import file://./node_modules/tsx/loader.mjs --flag ./a.ts',
  );
});

function addTsx(folder: string): void {
  addFile(folder, 'node_modules/tsx/package.json', '{ "name": "tsx", "exports": { ".": "./loader.mjs" } }');
  addFile(folder, 'node_modules/tsx/loader.mjs', '');
}

test('a script that is no file but a command of PATH is that command', async (t) => {
  const { root, bin } = makeMachine(t);
  const line = async (app: object): Promise<string> =>
    (await commandLine(root, app, { shellEnv: { PATH: `relative:/nowhere:${bin}` } })).replaceAll(bin, '$bin');
  assert.equal(await line({ script: 'npm', args: 'run serve' }), '$bin/npm run serve');
  assert.equal(await line({ script: 'python3', args: ['x.py', 5] }), '$bin/python3 x.py 5');
  assert.equal(await line({ script: 'npm', interpreter: 'none' }), '$bin/npm');
  assert.equal(await line({ script: 'notes' }), './notes');
  addFile(root, 'node_modules/.bin/npm', '', 0o755);
  assert.equal(await line({ script: 'npm' }), './node_modules/.bin/npm');
  addFile(root, 'npm', '');
  assert.equal(await line({ script: 'npm' }), './npm');
});

test('a script with spaces that is no file is a line for the shell, as in PM2', async (t) => {
  const { root, bin } = makeMachine(t);
  assert.equal(await commandLine(root, { script: 'npm run serve' }), '/bin/sh -c npm run serve');
  const withBash = await commandLine(root, { script: 'npm run serve' }, { shellEnv: { PATH: bin } });
  assert.equal(withBash, `${bin}/bash -c npm run serve`);
  addFile(root, 'my server.js', '');
  assert.equal(await commandLine(root, { script: 'my server.js' }), '/usr/bin/node ./my server.js');
});

test('Python writes its lines at once, unless the manifest says otherwise', async (t) => {
  const root = makeProject(t, {});
  const unbuffered = async (app: object): Promise<string | undefined> => {
    addFile(root, 'ecosystem.config.cjs', `module.exports = [${JSON.stringify({ name: 'app', ...app })}];`);
    const { services } = await readStack(requestFor(join(root, 'ecosystem.config.cjs')));
    return services[0]?.env['PYTHONUNBUFFERED'];
  };
  assert.equal(await unbuffered({ script: 'a.py' }), '1');
  assert.equal(await unbuffered({ script: 'a.py', interpreter: './venv/bin/python3.11' }), '1');
  assert.equal(await unbuffered({ script: 'a.py', env: { PYTHONUNBUFFERED: '' } }), '');
  assert.equal(await unbuffered({ script: 'a.js' }), undefined);
});
