import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { installTarball, ROOT } from './installed.js';

const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const installation = installTarball();
after(() => installation?.remove());

describe('sigctl installed from its tarball into an empty folder', {
  skip: installation ? false : 'no registry',
}, () => {
  const folder = installation?.folder ?? '';
  const run = (program: string, ...args: readonly string[]): SpawnSyncReturns<string> =>
    spawnSync(program, args, { cwd: folder, encoding: 'utf8', timeout: 120_000 });

  test('npx sigctl --version and --help answer', () => {
    assert.equal(run('npx', 'sigctl', '--version').stdout.trim(), version);
    const help = run('npx', 'sigctl', '--help');
    assert.equal(help.status, 0, help.stderr);
    for (const verb of ['start', 'stop', 'restart', 'status', 'mode', 'logs'])
      assert.match(help.stdout, new RegExp(`^  ${verb}`, 'm'));
  });

  test('installed for the whole machine, its man page is where man looks for it, and a half that npm did not compile is named', (t) => {
    // Not below the folder, whose better-sqlite3 is compiled, and would be found.
    const prefix = mkdtempSync(join(tmpdir(), 'sigctl-prefix-'));
    t.after(() => rmSync(prefix, { recursive: true, force: true }));
    const install = ['install', '--global', '--prefix', prefix, '--ignore-scripts', '--prefer-offline', '--no-audit'];
    const { status, stderr } = run('npm', ...install, installation?.tarball ?? '');
    assert.equal(status, 0, stderr);
    const page = join(prefix, 'share/man/man1/sigctl.1');
    assert.match(readFileSync(page, 'utf8'), /^\.TH SIGCTL 1/m);
    assert.equal(run(join(prefix, 'bin/sigctl'), '--version').stdout.trim(), version);
    // Install scripts are off, as npm has them for whoever did not allow them.
    const manifest = join(prefix, 'ecosystem.config.cjs');
    writeFileSync(manifest, "module.exports = { apps: [{ name: 'a', script: '/bin/true', interpreter: 'none' }] };");
    const start = run(join(prefix, 'bin/sigctl'), 'start', '--json', '--config', manifest);
    assert.equal(start.status, 4, start.stdout + start.stderr);
    const { code, hint } = JSON.parse(start.stdout).error;
    assert.equal(code, 'DATABASE_DRIVER_MISSING');
    const compiles = /^\(cd '(.*)' && npm run install\)/.exec(hint)?.[1] ?? '';
    assert.equal(compiles, join(realpathSync(prefix), 'lib/node_modules/sigctl/node_modules/better-sqlite3'));
    assert.match(run('npm', 'run', '--prefix', compiles).stdout, /^ {2}install$/m);
    if (run('man', '--version').status !== 0) return;
    const found = run('man', '-M', join(prefix, 'share/man'), '-w', 'sigctl');
    assert.equal(found.stdout.trim(), realpathSync(page));
  });

  test('the shipped stack is a manifest that another project can take over', () => {
    writeFileSync(join(folder, 'ecosystem.config.cjs'), `module.exports = require('sigctl/ecosystem.config.cjs');\n`);
    const status = run('npx', 'sigctl', 'status');
    assert.equal(status.status, 0, status.stderr);
    for (const service of ['website', 'trading', 'market-data'])
      assert.match(status.stdout, new RegExp(`^${service} +stopped`, 'm'));
  });

  test('a service of somebody else runs on the kit', () => {
    writeFileSync(
      join(folder, 'service.js'),
      `import { startService } from 'sigctl/service';
       const service = await startService({ name: 'prices' });
       service.state('running');
       service.progress('price');
       service.stop('done');\n`,
    );
    const service = run(process.execPath, 'service.js');
    assert.equal(service.status, 0, service.stderr);
  });

  test('the kit has types for a strict project that resolves like node', () => {
    writeFileSync(
      join(folder, 'typed.ts'),
      `import { dataPath, readConfig, type Service, startService } from 'sigctl/service';
       import { z } from 'zod';
       const service: Service = await startService({ name: 'prices', heartbeatEveryMs: 1_000 });
       const config = readConfig(z.object({ LIMIT: z.coerce.number() }), process.env);
       const limit: number = config.LIMIT;
       const path: string = dataPath(process.env, 'prices.db');
       service.progress('price', { withinMs: limit, detail: { path } });
       // @ts-expect-error: a state that does not exist
       service.state('fine');\n`,
    );
    mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
    for (const name of ['@types/node', 'undici-types'])
      symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    const compiled = run(join(ROOT, 'node_modules/.bin/tsc'), ...options, 'typed.ts');
    assert.equal(compiled.stdout, '');
    assert.equal(compiled.status, 0);
  });
});
