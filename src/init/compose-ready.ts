import { composeDuration, interpolation } from './compose-values.js';
import type { PlannedReady } from './init-plan.js';
import { READY_WITHIN_MS } from './line-service.js';
import { type Block, blockAt, textOf, textsOf } from './record.js';
import { quoteWord } from './shell-words.js';
import { shellTextOf } from './template.js';

const LOCAL_HTTP = /\bhttp:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::(\d{1,5}))?(\/[^\s'"|;)]*)?/;

/** `healthcheck` as a rule of readiness, else that the port answers; `undefined`: neither is there. */
export function composeReady(entry: Block, port: number | undefined): PlannedReady | undefined {
  const health = blockAt(entry, 'healthcheck');
  const withinMs = withinOf(health);
  const command = health['disable'] === true ? undefined : testOf(health['test']);
  if (command === undefined) return port === undefined ? undefined : { kind: 'tcp', port, withinMs };
  const [address, typedPort = '80', path = '/'] = /\b(?:curl|wget)\b/.test(command)
    ? (LOCAL_HTTP.exec(command) ?? [])
    : [];
  if (address !== undefined && Number(typedPort) === port) return { kind: 'http', path, port, withinMs };
  return { kind: 'command', command, withinMs };
}

/** As long as compose tries before it says "unhealthy", and never shorter than a start usually takes. */
function withinOf(health: Block): number {
  const everyMs = composeDuration(health['interval']) ?? 0;
  const tries = Number(textOf(health['retries']) ?? 3);
  const triedMs = (composeDuration(health['start_period']) ?? 0) + everyMs * (Number.isInteger(tries) ? tries : 3);
  return Math.max(READY_WITHIN_MS, triedMs);
}

/** One line of shell from `CMD-SHELL line`, `CMD word…` or a text; `undefined` for none. */
function testOf(test: unknown): string | undefined {
  if (typeof test === 'string') return shellTextOf(interpolation(test));
  const [kind, ...words] = textsOf(test ?? []);
  if (kind === 'CMD-SHELL') return shellTextOf(interpolation(words.join(' ')));
  return kind === 'CMD' && words.length > 0
    ? words.map((word) => quoteWord(shellTextOf(interpolation(word)))).join(' ')
    : undefined;
}
