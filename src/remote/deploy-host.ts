import { setTimeout as sleep } from 'node:timers/promises';
import type { DeployHost, HostFacts, SwitchOutcome } from '../core/deploy.js';
import { isRecord } from '../core/is-record.js';
import { RELEASE_ID } from '../core/release.js';
import type { Connection } from './connection.js';
import * as errors from './deploy-errors.js';
import * as scripts from './deploy-scripts.js';
import type { Host } from './find-host.js';
import { collectRun, isLost, runScript, type ScriptRun, startScript } from './run-script.js';
import { uploadFolder, uploadTar } from './upload.js';

/** A connection that was lost during the switch is tried again for so long; the switch goes on meanwhile. */
const RECONNECT_MS = 120_000;
const RECONNECT_EVERY_MS = 1_000;

/** @param signal Ctrl-C: ends what is under way; a switch goes back. */
export function createDeployHost(connection: Connection, host: Host, signal: AbortSignal): DeployHost {
  let unlock = (): void => undefined;
  const run = (script: string, args: readonly string[], onLine?: (line: string) => void): Promise<ScriptRun> =>
    runScript(connection, host, { script, args, signal, ...(onLine === undefined ? {} : { onLine }) });
  const must = async (script: string, args: readonly string[], what: string): Promise<ScriptRun> => {
    const result = await run(script, args);
    if (result.exitCode !== 0) throw errors.scriptFailed(host, result, what);
    return result;
  };
  return {
    lock: async (root, who) => {
      const child = startScript(connection, host, { script: scripts.HOLD_LOCK, args: [root, who] });
      unlock = () => child.stdin?.end();
      const locked = new Promise<true>((resolve) => child.stdout?.once('data', () => resolve(true)));
      const ended = collectRun(child, { signal });
      const result = await Promise.race([locked, ended]);
      if (result !== true) throw errors.lockFailed(host, result);
    },
    check: async (create) => {
      const { dir } = host.address;
      if (dir === undefined) throw errors.withoutFolder(host);
      const result = await must(scripts.CHECK, [dir, create ? 'yes' : 'no'], 'look at the host');
      return parseFacts(host, result.stdout);
    },
    upload: async ({ root, current, hasRsync }, source, release) => {
      await must(scripts.MAKE_RELEASE, [root, release], 'make the folder of the release');
      const place = { root, release, current };
      const result =
        source.kind === 'git'
          ? await uploadTar(connection, host, { source, place, signal })
          : await uploadFolder(connection, host, { source, place, signal, hasRsync });
      if (result.exitCode !== 0) throw errors.scriptFailed(host, result, 'upload the release');
      await must(scripts.LINK_SHARED, [root, release], 'link what all releases share');
    },
    install: async ({ root }, release, { install = '', build = '' }) => {
      const args = [scripts.INSTALL, root, release, install, build];
      const child = startScript(connection, host, { script: scripts.WHILE_CONNECTED, args });
      const result = await collectRun(child, { signal });
      if (result.exitCode !== 0) throw errors.installFailed(host, result);
    },
    inspect: async ({ root }, release) => {
      const result = await run(scripts.RUN_SIGCTL, [`${root}/releases/${release}`, '__deploy', 'inspect']);
      if (result.exitCode !== 0) throw errors.inspectFailed(host, result);
    },
    switchTo: async (request, onStep) => {
      const { root, release } = request;
      const args = [`${root}/releases/${release}`, root, JSON.stringify(request)];
      // Not by the signal: what it has begun is ended by going back, and in no other way.
      const started = await runScript(connection, host, { script: scripts.START_SWITCH, args });
      if (started.exitCode === scripts.DEPLOY_EXIT.locked) throw errors.lockFailed(host, started);
      if (started.exitCode !== 0 && !isLost(started)) throw errors.scriptFailed(host, started, 'begin the switch');
      const interrupt = (): void => {
        onStep('interrupted: going back');
        void runScript(connection, host, { script: scripts.INTERRUPT_SWITCH, args: [root] });
      };
      signal.addEventListener('abort', interrupt, { once: true });
      try {
        if (signal.aborted) interrupt();
        return await followSwitch(connection, host, { root, id: request.id, onStep });
      } finally {
        signal.removeEventListener('abort', interrupt);
      }
    },
    lastOutcome: ({ root }, onStep) => followSwitch(connection, host, { root, id: undefined, onStep }),
    prune: async ({ root }, keep) => {
      const result = await run(scripts.RUN_SIGCTL, [`${root}/current`, '__deploy', 'prune', root, String(keep)]);
      // What is in force is in force: old releases that stay are no failure.
      const answer = result.exitCode === 0 ? parseJson(result.stdout) : undefined;
      const removed = isRecord(answer) ? answer['removed'] : undefined;
      return Array.isArray(removed) ? removed.map(String) : [];
    },
    discard: async ({ root }, release) => {
      await runScript(connection, host, { script: scripts.DISCARD, args: [root, release] });
    },
    close: () => unlock(),
  };
}

async function followSwitch(
  connection: Connection,
  host: Host,
  {
    root,
    id,
    onStep,
  }: { readonly root: string; readonly id: string | undefined; readonly onStep: (text: string) => void },
): Promise<SwitchOutcome> {
  let known = 0;
  let outcome: unknown;
  const onLine = (line: string): void => {
    if (line.startsWith('= ')) outcome = parseJson(line.slice(2));
    if (!line.startsWith('> ')) return;
    known++;
    onStep(line.slice(2));
  };
  const giveUpAt = { ms: performance.now() + RECONNECT_MS };
  for (;;) {
    const before = known;
    const result = await runScript(connection, host, {
      script: scripts.FOLLOW_SWITCH,
      args: [root, String(known)],
      onLine,
    });
    if (known > before) giveUpAt.ms = performance.now() + RECONNECT_MS;
    if (isRecord(outcome)) return readOutcome(host, outcome, id);
    if (!isLost(result)) throw errors.switchLost(host);
    if (performance.now() > giveUpAt.ms) throw errors.connectionLost(host, result);
    await sleep(RECONNECT_EVERY_MS);
  }
}

/** It was written by sigctl on the host, maybe of another version: the parts that decide are looked at. */
function readOutcome(
  host: Host,
  { id: found, outcome }: Readonly<Record<string, unknown>>,
  id: string | undefined,
): SwitchOutcome {
  if (!isRecord(outcome) || (id !== undefined && found !== id)) throw errors.switchLost(host);
  const { kind } = outcome;
  if (kind !== 'done' && kind !== 'rolled-back') throw errors.switchLost(host);
  return outcome as unknown as SwitchOutcome;
}

function parseFacts(host: Host, text: string): HostFacts {
  const pairs = text.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  const value = (name: string) => pairs.find(([key]) => key === name)?.[1];
  const release = (name: string) => [value(name)].find((id) => id !== undefined && RELEASE_ID.test(id));
  for (const tool of ['flock', 'setsid', 'tar']) if (value(tool) !== 'yes') throw errors.withoutTool(host, tool);
  if (value('plain') === 'yes') throw errors.folderInUse(host);
  return {
    root: value('root') ?? '',
    node: value('node') ?? '',
    hasRsync: value('rsync') === 'yes',
    freeBytes: Number(value('free') ?? 0) * 1_024,
    current: release('current'),
    previous: release('previous'),
    releases: pairs.flatMap(([key, id = '']) => (key === 'release' && RELEASE_ID.test(id) ? [id] : [])),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A line that was cut off with the connection: it is asked for again.
    return undefined;
  }
}
