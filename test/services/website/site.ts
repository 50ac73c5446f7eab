import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { createControl } from '../../../src/services/website/control.js';
import { controlEnv } from '../../../src/services/website/control-env.js';
import { listen } from '../../../src/services/website/listen.js';
import { runSigctl } from '../../../src/services/website/run-sigctl.js';
import { createServer, type ServerDeps } from '../../../src/services/website/server.js';
import type { StackOnDisk } from './rig.js';

export interface Site {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly port: number;
}

/** The website over a stack on disk, on a free port of this machine, as `main.ts` wires it but for the cache. */
export async function startSite(t: TestContext, stack: StackOnDisk, changes: Partial<ServerDeps> = {}): Promise<Site> {
  const app = createServer({
    log: pino({ level: 'silent' }),
    nowMs: () => Date.now(),
    startedAtMs: Date.now(),
    pid: process.pid,
    version: '1.2.3',
    ownService: 'website',
    allowedHosts: [],
    loopbackOnly: true,
    snapshot: stack.snapshot,
    control: createControl({
      bin: join(stack.root, 'fake-sigctl'),
      manifestPath: join(stack.root, 'ecosystem.config.cjs'),
      env: controlEnv({ PATH: process.env['PATH'], SIGCTL_HOME: stack.home, WHOP_ACCESS_TOKEN: 'hunter2' }),
      cwd: stack.root,
      run: runSigctl,
    }),
    ...changes,
  });
  t.after(() => app.close());
  const url = await listen(app, '127.0.0.1', 0);
  return { app, url, port: Number(new URL(url).port) };
}

/** Puts a shell script in the place of sigctl. */
export function writeFakeSigctl(stack: StackOnDisk, body: string): string {
  const path = join(stack.root, 'fake-sigctl');
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return path;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: () => Readonly<Record<string, unknown>>;
}

/** One request, with full say over its headers: `fetch` does not let a test set Host. */
export function ask(
  site: { readonly port: number },
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: site.port, method, path, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json: () => JSON.parse(text) }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** As the button on the page asks. */
export function control(
  site: Site,
  service: string,
  action: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return ask(site, 'POST', `/api/control/${service}/${action}`, { 'x-sigctl-control': '1', ...headers });
}
