import { setTimeout as sleep } from 'node:timers/promises';
import type { InterruptSignal } from '../commands/exit-code.js';
import type { WaitDeps } from '../commands/wait.js';
import type { Deps } from './deps.js';
import { lazySteps } from './lazy-steps.js';

/** What `sigctl wait` touches: it looks as `status` does. Ctrl-C ends it after the next look. */
export function createWaitDeps(deps: Deps): WaitDeps {
  let by: InterruptSignal | undefined;
  let isListening = false;
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    by = signal === 'SIGTERM' ? signal : 'SIGINT';
    controller.abort();
  };
  return {
    readView: deps.readView,
    // `performance` is a part of node that nothing else here loads.
    elapsedMs: () => Number(process.hrtime.bigint()) / 1e6,
    sleep: async (ms) => {
      // Once and for all: a Ctrl-C during the next look must not kill it either, and a second one ends it at once.
      if (!isListening) process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
      isListening = true;
      // The abort is no failure: the next look tells how it ended.
      await sleep(ms, undefined, { signal: controller.signal }).catch(() => undefined);
    },
    steps: () => lazySteps(deps.terminal),
    interruptedBy: () => by,
    out: deps.out,
  };
}
