import type { Pm2Client } from '../pm2/client.js';
import type { Target } from './context.js';

/** On top of the kill timeout: PM2 walks the process tree with `ps`, and polls. */
const REMOVE_MARGIN_MS = 15_000;

/** Makes PM2 end and forget every app of this process. PM2 has no check of names, so there may be several. */
export async function removeApps(client: Pm2Client, { spec, key }: Target): Promise<void> {
  const name = spec.kind === 'cluster' ? spec.name : key;
  const apps = (await client.list()).filter((app) => app.name === name);
  await Promise.all(apps.map((app) => client.remove(app.pmId, spec.killTimeoutMs + REMOVE_MARGIN_MS)));
}
