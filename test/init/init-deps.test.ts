import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createInitDeps } from '../../src/cli/init-deps.js';
import { type InitOptions, runInit } from '../../src/commands/init.js';
import { addFile, makeProject, refusalOf } from '../manifest/request.js';

/** The command on real files, with its real dependencies. */
function project(t: TestContext, files: Readonly<Record<string, string>>) {
  const root = makeProject(t, files);
  const output = { out: '', err: '' };
  const out = {
    print: (text: string) => {
      output.out += `${text}\n`;
    },
    note: (text: string) => {
      output.err += `${text}\n`;
    },
    showProgress: () => ({ report: () => undefined, done: () => undefined }),
    width: 80,
    colour: false,
    setExitCode: () => undefined,
  };
  const deps = createInitDeps({ out, pkg: { root: '/nonexistent', version: '0.0.0' } }, root, {
    PATH: process.env['PATH'],
    PORT: '1',
  });
  const run = (options: Partial<InitOptions> = {}): Promise<number> =>
    runInit(deps, { from: undefined, config: undefined, dryRun: false, force: false, json: false, ...options });
  return { root, output, run, manifest: () => readFileSync(join(root, 'ecosystem.config.cjs'), 'utf8') };
}

test('the first known file is used, the others are named, and a dry run leaves the folder as it was', async (t) => {
  const { root, output, run } = project(t, {
    Procfile: 'web: node a.js\n',
    'package.json': '{"scripts":{"start":"x"}}',
    'compose.yaml': 'services: {}\n',
    'a.js': '',
  });
  const before = readdirSync(root);
  await run({ dryRun: true });
  assert.match(output.err, /made from Procfile; also here: compose\.yaml, package\.json/);
  assert.match(output.out, /name: 'web'/);
  assert.deepEqual(readdirSync(root), before);
  await run();
  assert.deepEqual(readdirSync(root).sort(), [...before, 'ecosystem.config.cjs'].sort());
});

test('a known file without a service is passed over, and said so', async (t) => {
  const { output, run, manifest } = project(t, {
    'docker-compose.yml': 'services: { db: { image: postgres } }\n',
    'package.json': '{"scripts":{"start":"node a.js"}}',
  });
  await run();
  assert.match(output.err, /docker-compose\.yml has no service to take over; db: its program comes as the image/);
  assert.match(manifest(), /script: 'a\.js'/);
});

test("PM2's files of other names are taken over as they are, before package.json", async (t) => {
  for (const name of ['pm2.config.js', 'pm2.json', 'process.json']) {
    const file = '{ "apps": [{ "name": "api", "script": "a.js", "instances": 2 }] }';
    const { output, run, manifest } = project(t, {
      [name]: name.endsWith('.js') ? `module.exports = ${file};\n` : file,
      'package.json': '{"scripts":{"start":"node a.js"}}',
      'a.js': '',
    });
    await run();
    assert.match(output.err, new RegExp(`made from ${name}`));
    assert.match(manifest(), /"name": "api", "script": "a\.js", "instances": 2/);
  }
});

test('no line of a made manifest is longer than 80 columns', async (t) => {
  const { run, manifest } = project(t, {
    Procfile: 'web: node a.js --port $PORT\nworker: node b.js & node c.js & wait\nrelease: node migrate.js\n',
    'a.js': '',
  });
  await run();
  assert.deepEqual(
    manifest()
      .split('\n')
      .filter((line) => line.length > 80),
    [],
  );
});

test('an empty folder gets an example', async (t) => {
  const { output, run, manifest } = project(t, {});
  await run();
  assert.match(output.err, /nothing to take over is here: this is an example/);
  assert.match(manifest(), /name: 'web'/);
});

test('--force without any source takes the manifest over itself, with everything in it', async (t) => {
  const { run, manifest } = project(t, {
    'ecosystem.config.cjs': `module.exports = { apps: [{ name: 'mine', script: 'a.js' }] };\n`,
  });
  await run({ force: true });
  assert.match(manifest(), /name: 'mine'/);
  assert.match(manifest(), /\/\/ sigctl: \{/);
});

test('a PM2 file may require its neighbours', async (t) => {
  const { run, manifest } = project(t, {
    'ecosystem.config.js': `const { name } = require('./name.cjs');\nmodule.exports = { apps: [{ name, script: __dirname + '/a.js' }] };\n`,
    'name.cjs': `exports.name = 'shared';\n`,
  });
  await run({ from: 'ecosystem.config.js', force: true });
  assert.match(manifest(), /require\('\.\/name\.cjs'\)/);
});

test('what the loader refuses is told with its faults, and nothing is written', async (t) => {
  const { root, run } = project(t, { 'pm2.json': '{"apps":[{"name":"a","script":"a.js","instances":"many"}]}' });
  const error = await refusalOf(() => run({ from: 'pm2.json' }));
  assert.equal(error.code, 'INIT_INVALID');
  assert.match(error.message, /apps\[0\]\.instances .*found "many"/);
  assert.deepEqual(readdirSync(root), ['pm2.json']);
});

test('a source that is not there, a folder, a pipe, a huge one and one of no kind are refused with a code', async (t) => {
  const { root, run } = project(t, { 'notes.txt': 'words\n', huge: 'a: b\n'.repeat(300_000) });
  mkdirSync(join(root, 'folder'));
  assert.equal(spawnSync('mkfifo', [join(root, 'pipe')]).status, 0);
  const codeOf = async (from: string): Promise<string> => (await refusalOf(() => run({ from }))).code;
  assert.equal(await codeOf('gone'), 'INIT_SOURCE_MISSING');
  for (const from of ['folder', 'pipe', 'huge', 'notes.txt'])
    assert.equal(await codeOf(from), 'INIT_SOURCE_BROKEN', from);
  assert.equal((await refusalOf(() => run({ config: 'x.json' }))).code, 'INIT_NAME');
});

test('a manifest that came in between is not overwritten, and no draft stays behind', async (t) => {
  const { root, run } = project(t, { Procfile: 'web: node a.js\n' });
  const deps = createInitDeps(
    {
      out: {
        print: () => undefined,
        note: () => undefined,
        showProgress: () => ({ report: () => undefined, done: () => undefined }),
        width: 80,
        colour: false,
        setExitCode: () => undefined,
      },
      pkg: { root: '/nonexistent', version: '0' },
    },
    root,
    {},
  );
  const target = deps.findTarget(undefined);
  const draft = await deps.draft(undefined, target);
  writeFileSync(target.path, '// mine\n');
  assert.equal((await refusalOf(() => deps.write(draft, target, { replace: false }))).code, 'INIT_NOT_WRITTEN');
  assert.equal(readFileSync(target.path, 'utf8'), '// mine\n');
  assert.deepEqual(readdirSync(root).sort(), ['Procfile', 'ecosystem.config.cjs']);
  assert.equal(await run(), 0);
});

test('secrets of a private file get into a private one', async (t) => {
  const { root, run } = project(t, {});
  addFile(
    root,
    'docker-compose.yml',
    'services: { a: { build: ., command: node a.js, environment: { T: s } } }\n',
    0o600,
  );
  await run();
  assert.equal(statSync(join(root, 'ecosystem.config.cjs')).mode & 0o777, 0o600);
});

test('a missing program, folder and interpreter are told before the first start', async (t) => {
  const { output, run } = project(t, { Procfile: 'a: no-such-program-xyz\nb: cd gone && node b.js\n', 'b.js': '' });
  await run();
  assert.match(output.err, /a: "no-such-program-xyz" is no file here and no command in PATH/);
  assert.match(output.err, /b: its folder "gone" does not exist/);
});
