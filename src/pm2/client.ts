import { EXIT, SigctlError } from '../errors.js';
import { type Pm2App, parsePm2Apps } from './app-record.js';

/** PM2 answers in milliseconds; a daemon that needs longer is stopped (SIGSTOP), thrashing or broken. */
export const CALL_DEADLINE_MS = 5_000;

/**
 * One connection to a PM2 daemon. Every call has a deadline, which PM2's own client lacks.
 *
 * @throws {SigctlError} `PM2_UNREACHABLE` (exit 4) when nobody answers in time; `PM2_REFUSED` (exit 1) when PM2 reports an error.
 */
export interface Pm2Client {
  /** Every app the daemon knows, its environment left out. */
  readonly list: (withinMs?: number) => Promise<readonly Pm2App[]>;
  /** Starts an app from its record. PM2 does not look for an app of the same name: the caller does. */
  readonly prepare: (record: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Stops the app's process tree (SIGINT, SIGKILL after its kill_timeout) and forgets the app. */
  readonly remove: (pmId: number, withinMs: number) => Promise<void>;
  /** Replaces a process of a cluster by a new one. Resolves also where that one died: look at it afterwards. */
  readonly reload: (pmId: number, withinMs: number) => Promise<void>;
  /** Ends the daemon. Its apps must be gone. */
  readonly shutDown: () => Promise<void>;
  readonly close: () => void;
}

/** Connects to a daemon's `rpc.sock`; `undefined` when nobody listens there. */
export async function connectPm2(socketPath: string, withinMs: number): Promise<Pm2Client | undefined> {
  // Loaded here: the axon modules cost a read-only command more than all of its own work. By their files, as node imports no folder.
  const { default: axon } = await import('pm2/modules/pm2-axon/index.js');
  const { default: rpc } = await import('pm2/modules/pm2-axon-rpc/index.js');
  const socket = axon.socket('req');
  socket.set('retry timeout', 0);
  const connected = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), withinMs);
    const settle = (answer: boolean) => () => {
      clearTimeout(timer);
      resolve(answer);
    };
    socket.once('connect', settle(true));
    socket.on('error', settle(false));
    socket.on('close', settle(false));
    socket.connect(socketPath);
  });
  if (!connected) {
    socket.close();
    return undefined;
  }
  const client = new rpc.Client(socket);
  // One listener for all calls under way: when the daemon goes, none of them has to wait for its deadline.
  const underWay = new Set<() => void>();
  socket.once('close', () => {
    for (const abandon of underWay) abandon();
  });
  const call = (method: string, argument: unknown, deadlineMs: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const abandon = () => settle(() => reject(unanswered(method, deadlineMs)));
      const timer = setTimeout(abandon, deadlineMs);
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        underWay.delete(abandon);
        act();
      };
      underWay.add(abandon);
      client.call(method, argument, (error: Error | null, answer: unknown) =>
        settle(() => (error ? reject(refused(method, error)) : resolve(answer))),
      );
    });
  return {
    list: async (withinMs = CALL_DEADLINE_MS) => parsePm2Apps(await call('getMonitorData', {}, withinMs)),
    prepare: async (record) => void (await call('prepare', record, CALL_DEADLINE_MS)),
    remove: async (pmId, deadlineMs) => void (await call('deleteProcessId', pmId, deadlineMs)),
    reload: async (pmId, deadlineMs) => void (await call('reloadProcessId', { id: pmId, env: {} }, deadlineMs)),
    // The daemon closes the connection instead of answering, and would signal the pid it is given: none.
    shutDown: () => call('killMe', { pid: 0 }, CALL_DEADLINE_MS).then(ignore, ignore),
    close: () => socket.close(),
  };
}

function ignore(): void {
  // Nothing to do with the answer of a daemon that is ending: the caller waits for its process to be gone.
}

function unanswered(method: string, deadlineMs: number): SigctlError {
  return new SigctlError(`Cannot reach PM2: no answer to "${method}" within ${deadlineMs} ms`, {
    code: 'PM2_UNREACHABLE',
    hint: 'The services run on without it. If it stays so, end the daemon by its id (.sigctl/run/pm2.pid) and run "sigctl start"',
    exitCode: EXIT.environment,
  });
}

function refused(method: string, cause: Error): SigctlError {
  return new SigctlError(`PM2 refused "${method}": ${cause.message}`, {
    code: 'PM2_REFUSED',
    hint: 'Its own log is .sigctl/pm2/pm2.log',
    exitCode: EXIT.failed,
    cause,
  });
}
