/** Programs of the walk's own stacks: each has one trouble. */
const KIT = "import { startService } from 'sigctl/service';\n";

export const PROGRAMS: Readonly<Record<string, string>> = {
  'sick/hung.mjs': `${KIT}const service = await startService({ name: 'hung', heartbeatEveryMs: 300 });
service.state('running');
setTimeout(() => { for (;;); }, 1500);
`,
  'sick/stale.mjs': `${KIT}const service = await startService({ name: 'stale', heartbeatEveryMs: 300 });
service.state('running');
service.progress('cycle');
setInterval(() => {}, 1000);
`,
  'sick/unhealthy.mjs':
    "process.on('SIGINT', () => process.exit(0));\nsetInterval(() => {}, 1000);\nconsole.log('no database');\n",
  'sick/fat.mjs': "process.on('SIGINT', () => process.exit(0));\nsetInterval(() => {}, 1000);\n",
  'sick/once.mjs': "console.log('12 tables migrated');\n",
  'sick/bad.mjs': "console.error('Error: no such table: orders');\nprocess.exit(3);\n",
  'sick/ecosystem.config.cjs': `module.exports = {
  apps: [
    { name: 'hung', script: './hung.mjs', sigctl: { ready: { heartbeat: true }, health: { heartbeat: '1s', on_hung: 'alert' } } },
    { name: 'stale', script: './stale.mjs', sigctl: { ready: { heartbeat: true }, health: { heartbeat: '5s', progress: { name: 'cycle', within: '1s' } } } },
    { name: 'unhealthy', script: './unhealthy.mjs', sigctl: { ready: { delay: '200ms', within: '1s' }, health: { on_unhealthy: 'alert', readiness: { command: 'echo "connection refused"; exit 1', every: '500ms', failures: 1 } } } },
    { name: 'fat', script: './fat.mjs', max_memory_restart: '500M', kill_timeout: 900, sigctl: { memory: { soft: '10M' } } },
    { name: 'once', script: './once.mjs', sigctl: { oneshot: true } },
    { name: 'bad', script: './bad.mjs', sigctl: { restart: { backoff: ['10ms', '10ms'], breaker: { exits: 2, within: '1m' } } } },
  ],
  sigctl: {
    name: 'sick',
    modes: { well: ['hung', 'stale', 'unhealthy', 'fat', 'once'], bad: ['fat', 'bad'] },
    alerts: { command: 'echo "no route to the pager" >&2; exit 7' },
  },
};
`,
  'slow/slow.mjs':
    "process.on('SIGINT', () => process.exit(0));\nsetInterval(() => {}, 1000);\nconsole.log('warming up');\n",
  'slow/ecosystem.config.cjs': `module.exports = {
  apps: [
    { name: 'slow', script: './slow.mjs', sigctl: { ready: { log: 'never said', within: '60s' } } },
    { name: 'quick', script: './slow.mjs', sigctl: { ready: { log: 'never said', within: '2s' } } },
  ],
  sigctl: { name: 'slow' },
};
`,
  'shipped/release': 'one\n',
  'shipped/web.mjs': `import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
const release = readFileSync(new URL('release', import.meta.url), 'utf8').trim();
if (release === 'crash') throw new Error('no such table: orders');
createServer((request, response) => {
  response.statusCode = release === 'sick' && request.url === '/health' ? 500 : 200;
  response.end(release);
}).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('web', release, 'listens'));
process.on('SIGINT', () => process.exit(0));
`,
  'shipped/jobs.mjs':
    "process.on('SIGINT', () => process.exit(0));\nsetInterval(() => {}, 1000);\nconsole.log('jobs wait');\n",
};

/** The port is fixed in the file: the environment of an ssh session has none. */
export function shippedManifest(port: number): string {
  return `module.exports = {
  apps: [
    { name: 'web', script: './web.mjs', port: ${port}, sigctl: { ready: { http: '/health', within: '4s' } } },
    { name: 'jobs', script: './jobs.mjs', sigctl: { after: ['web'] } },
  ],
  sigctl: { name: 'shipped', modes: { half: ['web'], full: '*' }, watchdog: false },
};
`;
}
