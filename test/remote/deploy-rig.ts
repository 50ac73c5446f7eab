import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { sigctl, spawnSigctl } from '../cli/rig.js';
import { freePort } from '../e2e/free-port.js';
import { REPO, type Run, removeRig } from '../e2e/rig.js';
import { type SshServer, startSshd } from './sshd.js';

/** A website that reloads by its worker. What the file "release" says is what it answers; "sick" fails its health. */
const WEB = `
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { serveReloadable, startService } from 'sigctl/service';

const service = await startService({ name: 'web', heartbeatEveryMs: 500 });
const release = readFileSync(new URL('release', import.meta.url), 'utf8').trim();
console.log('its key is', process.env.WEB_API_KEY);
await serveReloadable(service, {
  workers: 1,
  health: '/health',
  open: () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/health' && release === 'sick' ? 500 : 200;
      setTimeout(() => response.end(release), 10);
    });
    return {
      server,
      listen: () => new Promise((done) => server.listen(Number(process.env.PORT), '127.0.0.1', done)),
      close: () => server.closeAllConnections(),
    };
  },
});
service.state('running');
`;

const IDLE = `process.on('SIGINT', () => process.exit(0));\nsetInterval(() => undefined, 1000);\nconsole.log('idle');\n`;
const CRASH = `console.error('jobs: no such table: orders');\nprocess.exit(3);\n`;

export interface DeployRig {
  /** The folder over there. */
  readonly root: string;
  readonly home: string;
  readonly port: number;
  readonly ssh: SshServer;
  /** The project here. */
  readonly project: string;
  /** What the project says and does from now on. */
  readonly write: (release: string, options?: { readonly jobs?: 'idle' | 'crash'; readonly ready?: string }) => void;
  readonly deploy: (...args: readonly string[]) => Promise<Run>;
  /** The same, without waiting for its end. */
  readonly spawn: (...args: readonly string[]) => ReturnType<typeof spawnSigctl>;
  readonly there: (...args: readonly string[]) => Promise<Run>;
  readonly releases: () => readonly string[];
  readonly current: () => string | undefined;
}

/** A project here, and an empty folder on a host behind a real sshd. Modules are linked, so that no registry is asked. */
export async function startDeployRig(t: TestContext): Promise<DeployRig> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'sigctl-deploy-')));
  const root = join(base, 'srv app');
  const home = join(root, 'shared/.sigctl');
  t.after(() => removeRig(base, home));
  const ssh = await startSshd(t);
  const port = await freePort();
  const modules = join(base, 'modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(REPO, join(modules, 'sigctl'));
  symlinkSync(join(REPO, 'bin/sigctl'), join(modules, '.bin/sigctl'));
  const project = join(base, 'project');
  mkdirSync(project);
  const host = `vps:${root}`;
  const line = (args: readonly string[]) =>
    args.includes('--rollback') || args.includes('--outcome')
      ? ['deploy', host, ...args]
      : ['deploy', host, '--from', project, '--install', `ln -s '${modules}' node_modules`, ...args];
  const write: DeployRig['write'] = (release, { jobs = 'idle', ready } = {}) => {
    writeFileSync(join(project, 'release'), release);
    writeFileSync(join(project, 'web.mjs'), WEB);
    writeFileSync(join(project, 'jobs.mjs'), jobs === 'crash' ? CRASH : IDLE);
    const web = { ready: { http: '/health', within: '60s' }, reload: { signal: 'SIGHUP', within: '60s' }, port };
    const manifest = {
      apps: [
        {
          name: 'web',
          script: './web.mjs',
          env: { PORT: String(port), WEB_API_KEY: 'hunter2-hunter2' },
          kill_timeout: 8000,
          sigctl: web,
        },
        {
          name: 'jobs',
          script: './jobs.mjs',
          sigctl: { after: ['web'], ...(ready === undefined ? {} : { ready: { command: ready, within: '60s' } }) },
        },
      ],
      sigctl: { name: 'app', modes: { half: ['web'], full: '*' }, watchdog: false },
    };
    writeFileSync(join(project, 'ecosystem.config.cjs'), `module.exports = ${JSON.stringify(manifest)};\n`);
  };
  write('one');
  return {
    root,
    home,
    port,
    ssh,
    project,
    write,
    deploy: (...args) => sigctl(base, line(args), ssh.env),
    spawn: (...args) => spawnSigctl(base, line(args), { env: ssh.env }),
    there: (...args) => sigctl(base, ['--host', host, ...args], ssh.env),
    releases: () => (existsSync(join(root, 'releases')) ? readdirSync(join(root, 'releases')).sort() : []),
    current: () => (existsSync(join(root, 'current')) ? basename(readlinkSync(join(root, 'current'))) : undefined),
  };
}

/** The pid that a PID file over there names. */
export async function pidOf(rig: DeployRig, key: string): Promise<number> {
  const status = JSON.parse((await rig.there('status', '--json')).stdout);
  const found = status.services.find((one: { key: string }) => one.key === key);
  assert.ok(found, `${key} has no status`);
  return found.pid;
}
