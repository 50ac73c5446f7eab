import { connect } from 'node:net';
import type { ProbeAnswer } from '../core/check-state.js';
import { formatDuration, formatLimit } from '../core/duration.js';
import { describeConnectFault } from './connect-fault.js';

/** Passes when a connection to 127.0.0.1 is accepted; it is closed at once. */
export function probeTcp({
  port,
  timeoutMs,
}: {
  readonly port: number;
  readonly timeoutMs: number;
}): Promise<ProbeAnswer> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const settle = (answer: ProbeAnswer) => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(answer);
    };
    const deadline = setTimeout(
      () => settle({ ok: false, reason: `no connection within ${formatLimit(timeoutMs)}` }),
      timeoutMs,
    );
    socket.once('connect', () => {
      settle({ ok: true, reason: `accepted in ${formatDuration(performance.now() - startedAt)}` });
    });
    socket.on('error', (error) => settle({ ok: false, reason: describeConnectFault(error) }));
  });
}
