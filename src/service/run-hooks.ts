import type { ShutdownHook } from './service.js';

/** How the hooks ended. `late`: at least one was still running at the deadline. */
export interface ShutdownOutcome {
  readonly late: boolean;
  readonly failures: readonly unknown[];
}

/**
 * Runs hooks one after the other, last added first, all within one deadline. A hook that throws does not stop the others.
 *
 * @returns At the latest after `withinMs`; a hook that runs longer is left alone.
 */
export async function runHooks(
  hooks: readonly ShutdownHook[],
  reason: string,
  withinMs: number,
): Promise<ShutdownOutcome> {
  const failures: unknown[] = [];
  const all = async (): Promise<boolean> => {
    for (const hook of hooks.toReversed()) {
      try {
        await hook(reason);
      } catch (error) {
        failures.push(error);
      }
    }
    return false;
  };
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, withinMs, true);
  });
  const late = await Promise.race([all(), deadline]);
  clearTimeout(timer);
  return { late, failures };
}
