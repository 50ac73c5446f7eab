import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAMS, shippedManifest } from './programs.js';

const REPO = fileURLToPath(new URL('../..', import.meta.url));

/** Programs and files that people have before they know sigctl, and manifests with one fault each. */
const FILES: Readonly<Record<string, string>> = {
  'project/ecosystem.config.cjs': `module.exports = require(${JSON.stringify(join(REPO, 'ecosystem.config.cjs'))});\n`,
  'project/hold-port.cjs': "require('node:http').createServer().listen(Number(process.argv[2]), '127.0.0.1');\n",
  'crash/crash.js': "console.error('Error: connect ECONNREFUSED 127.0.0.1:5432');\nprocess.exit(1);\n",
  'crash/ecosystem.config.cjs': `module.exports = {
  apps: [{ name: 'web', script: './crash.js', sigctl: { restart: { backoff: ['10ms', '10ms'], breaker: { exits: 3, within: '1m' } } } }],
  sigctl: { name: 'crash' },
};\n`,
  'missing/ecosystem.config.cjs': "module.exports = { apps: [{ name: 'web', script: './no-such-file.js' }] };\n",
  'invalid/ecosystem.config.cjs': `module.exports = {
  apps: [
    { name: 'web', script: './crash.js', kill_timeout: 'soon', sigctl: { afterr: ['api'], ready: { http: 'health' } } },
    { name: 'web', script: './crash.js', max_memory_restart: 'a lot' },
  ],
  sigctl: { modes: { small: ['api'] } },
};\n`,
  'package/package.json': `${JSON.stringify({ name: 'shop', scripts: { start: 'node server.js', worker: 'node worker.js', dev: 'concurrently "npm:start" "npm:worker"', test: 'node --test' } }, undefined, 2)}\n`,
  'package/server.js': 'setInterval(() => {}, 1000);\n',
  'package/worker.js': 'setInterval(() => {}, 1000);\n',
  'procfile/Procfile':
    'web: node server.js --port $PORT\nworker: node worker.js & node mailer.js & wait\nrelease: node migrate.js\n',
  'compose/docker-compose.yml': `services:
  web:
    image: node:22
    command: node server.js
    ports: ["3000:3000"]
    environment: { LOG_LEVEL: info, DATABASE_URL: "postgres://db/shop" }
    depends_on: [db]
    healthcheck: { test: ["CMD", "curl", "-f", "http://localhost:3000/health"], interval: 10s }
  db:
    image: postgres:16
    mem_limit: 512m
`,
  'supervisord/supervisord.conf': `[program:web]
command=/usr/bin/env node server.js
directory=/srv/shop
environment=LOG_LEVEL="info",PORT="3000"
autorestart=true
stopsignal=TERM
stopwaitsecs=10

[program:worker]
command=python3 worker.py
numprocs=2
process_name=%(program_name)s_%(process_num)02d
`,
  'pm2/pm2.config.js': `module.exports = {
  apps: [
    { name: 'api', script: './api.js', instances: 2, max_memory_restart: '300M', env: { PORT: 3000 } },
    { name: 'jobs', script: './jobs.js', cron_restart: '0 3 * * *', watch: true },
  ],
};\n`,
  'pm2-json/process.json': '{ "apps": [{ "name": "api", "script": "./api.js" }] }\n',
  'pm2-json/api.js': 'setInterval(() => {}, 1000);\n',
  'pm2/api.js': 'setInterval(() => {}, 1000);\n',
  'pm2/jobs.js': 'setInterval(() => {}, 1000);\n',
};

/** Stand-ins that keep what they are given below `tools/`, and some that fail. */
const TOOLS: Readonly<Record<string, string>> = {
  'tools/crontab': `#!/bin/sh
if [ "$1" = -l ]; then cat "$WALK/tools/tab" 2>/dev/null || { echo "no crontab for ann" >&2; exit 1; }; else cat >"$WALK/tools/tab"; fi
`,
  'tools/systemctl': '#!/bin/sh\nexit 0\n',
  'tools/loginctl': '#!/bin/sh\nexit 0\n',
  'broken-tools/systemctl': '#!/bin/sh\necho "Failed to connect to bus: No medium found" >&2\nexit 1\n',
};

/**
 * Writes the folders of one walk, and `bin/` with this checkout's `sigctl` for the PATH.
 *
 * @param port Of the website that is deployed.
 */
export function writeFolders(base: string, port: number): void {
  const files = { ...FILES, ...PROGRAMS, ...TOOLS, 'shipped/ecosystem.config.cjs': shippedManifest(port) };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, file)), { recursive: true });
    writeFileSync(join(base, file), text);
    if (text.startsWith('#!')) chmodSync(join(base, file), 0o755);
  }
  mkdirSync(join(base, 'sick/node_modules'));
  symlinkSync(REPO, join(base, 'sick/node_modules/sigctl'));
  mkdirSync(join(base, 'modules/.bin'), { recursive: true });
  symlinkSync(REPO, join(base, 'modules/sigctl'));
  symlinkSync(join(REPO, 'bin/sigctl'), join(base, 'modules/.bin/sigctl'));
  mkdirSync(join(base, 'empty'));
  mkdirSync(join(base, 'bin'));
  symlinkSync(join(REPO, 'bin/sigctl'), join(base, 'bin/sigctl'));
}
