import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readEvents, type ServiceEvent } from '../../src/store/events.js';
import { openStatusDb } from '../../src/store/open.js';
import { app, REPO, type Rig, until } from './rig.js';

/** One app that runs a fixture of the watchdog's tests. */
export function watchedApp(name: string, script: string, rest: Record<string, unknown> = {}): Record<string, unknown> {
  return app(name, '', { script: join(REPO, 'test/fixtures/watchdog', script), ...rest });
}

/** What is on record of one service, oldest first. */
export function events(rig: Rig, service: string): readonly ServiceEvent[] {
  const db = openStatusDb(join(rig.home, 'status.db'), { readonly: true });
  try {
    return readEvents(db, { service, limit: 1_000 });
  } finally {
    db.close();
  }
}

/** Waits for an event, and returns it. */
export async function eventOf(rig: Rig, service: string, kind: string, cause?: string): Promise<ServiceEvent> {
  const find = () =>
    events(rig, service).find((event) => event.kind === kind && (cause === undefined || event.cause === cause));
  await until(() => find() !== undefined);
  const found = find();
  if (found === undefined) throw new Error(`No ${kind} of ${service}`);
  return found;
}

/** Waits until the watchdog has begun to watch. */
export async function watching(rig: Rig): Promise<void> {
  await until(() => existsSync(join(rig.root, 'logs/watchdog.log')) && rig.log('watchdog').includes('"watches"'));
}
