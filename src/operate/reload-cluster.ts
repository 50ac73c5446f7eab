import type { ReloadOutcome, ReloadStep } from '../core/reload-plan.js';
import { processKeys, type ServiceSpec } from '../core/stack.js';
import { SigctlError } from '../errors.js';
import type { Pm2App } from '../pm2/app-record.js';
import type { Pm2Client } from '../pm2/client.js';
import { workerPath } from '../process/home.js';
import { readLaunchRecord } from '../process/launch-record.js';
import { announceExit } from './announce.js';
import type { OperateContext } from './context.js';
import { connectAnswering, requireDaemon } from './daemon.js';

/** PM2 waits this long for a new process to listen (`listen_timeout`, 3 s), and for the old one to end. */
const RELOAD_MARGIN_MS = 20_000;

/** Lets PM2 replace the processes of a cluster, one after the other. Its own judgement: a new process counts once it listens. */
export async function reloadCluster(
  context: OperateContext,
  { service }: Extract<ReloadStep, { kind: 'pm2' }>,
): Promise<ReloadOutcome> {
  const startedMonoMs = context.monotonicMs();
  await requireDaemon(context);
  const client = await connectAnswering(context);
  const spec = context.stack.services.find(({ name }) => name === service);
  try {
    const apps = await appsOf(client, service);
    if (client === undefined || apps.length === 0) return failed(service, 'PM2 has no process of it');
    for (const app of apps) {
      announceOld(context, spec, app);
      await client.reload(app.pmId, (spec?.killTimeoutMs ?? 0) + RELOAD_MARGIN_MS);
      // One that did not come up is the last: those behind it serve on with the code that they have.
      const reason = findFault(app, await appsOf(client, service));
      if (reason !== undefined) return failed(service, reason);
    }
  } catch (error) {
    if (!(error instanceof SigctlError)) throw error;
    return failed(service, error.message);
  } finally {
    client?.close();
  }
  return { kind: 'reloaded', service, how: 'pm2', tookMs: context.monotonicMs() - startedMonoMs, note: null };
}

/** The process that PM2 is going to replace. */
function announceOld(context: OperateContext, spec: ServiceSpec | undefined, { pid }: Pm2App): void {
  for (const key of spec === undefined ? [] : processKeys(spec)) {
    const identity = readLaunchRecord(workerPath(context.paths, key))?.identity;
    if (identity !== undefined && identity.pid === pid) announceExit(context, key, identity);
  }
}

async function appsOf(client: Pm2Client | undefined, service: string): Promise<readonly Pm2App[]> {
  return ((await client?.list()) ?? []).filter((app) => app.name === service);
}

/** PM2 calls a reload done also where the new process died, or never listened. */
function findFault({ pmId, pid }: Pm2App, after: readonly Pm2App[]): string | undefined {
  const now = after.find((app) => app.pmId === pmId);
  if (now?.status !== 'online') return `process ${pmId} of PM2 is ${now?.status ?? 'gone'} after the reload`;
  return now.pid === pid ? `process ${pmId} of PM2 is the one that it was` : undefined;
}

function failed(service: string, reason: string): ReloadOutcome {
  return { kind: 'failed', service, how: 'pm2', reason, hint: `sigctl logs ${service}`, logTail: [] };
}
