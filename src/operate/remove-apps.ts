import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, SigctlError } from '../errors.js';
import { readDaemonPid } from '../observe/observe-processes.js';
import type { Pm2App } from '../pm2/app-record.js';
import type { Pm2Client } from '../pm2/client.js';
import { readProcStat } from '../process/proc-stat.js';
import type { OperateContext, Target } from './context.js';

/** On top of the kill timeout: PM2 walks the process tree with `ps`, and polls. */
const REMOVE_MARGIN_MS = 15_000;
/** Above PM2's longest delay of a restart, 15 s. */
const STRANGER_DEADLINE_MS = 20_000;
const POLL_MS = 100;

/** Makes PM2 end and forget every app of this process. PM2 has no check of names, so there may be several. */
export async function removeApps(
  context: Pick<OperateContext, 'paths'>,
  client: Pm2Client,
  { spec, key }: Target,
): Promise<void> {
  const name = spec.kind === 'cluster' ? spec.name : key;
  await removeApp(context, client, { name, killTimeoutMs: spec.killTimeoutMs });
}

/** The same for any app of ours. */
export async function removeApp(
  context: Pick<OperateContext, 'paths'>,
  client: Pm2Client,
  { name, killTimeoutMs }: { readonly name: string; readonly killTimeoutMs: number },
): Promise<void> {
  const find = async () => (await client.list()).filter((app) => app.name === name);
  await waitOutStrangers(context, find);
  await Promise.all((await find()).map((app) => client.remove(app.pmId, killTimeoutMs + REMOVE_MARGIN_MS)));
}

/**
 * While PM2 waits to restart an app it keeps the pid of the dead process, and would signal it. When the kernel has given that
 * number to a stranger meanwhile, we wait until PM2 has a process of its own again.
 */
async function waitOutStrangers(
  { paths }: Pick<OperateContext, 'paths'>,
  find: () => Promise<readonly Pm2App[]>,
): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const daemonPid = readDaemonPid(paths);
    const stranger = (await find()).find((app) => isStranger(app.pid, daemonPid));
    if (stranger === undefined) return;
    if (performance.now() - startedAt > STRANGER_DEADLINE_MS) throw heldByStranger(stranger);
    await sleep(POLL_MS);
  }
}

function isStranger(pid: number | undefined, daemonPid: number | undefined): boolean {
  const stat = pid === undefined ? undefined : readProcStat(pid);
  return stat !== undefined && stat.ppid !== daemonPid;
}

function heldByStranger({ name, pid }: Pm2App): SigctlError {
  return new SigctlError(`Cannot make PM2 forget "${name}": its old pid ${pid} belongs to a stranger by now`, {
    code: 'PID_OF_STRANGER',
    hint: `End PM2's daemon (kill -9 $(cat .sigctl/run/pm2.pid)) and run the command again: the services survive that`,
    exitCode: EXIT.failed,
  });
}
