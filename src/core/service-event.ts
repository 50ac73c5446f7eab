/** What the flight recorder and the commands write. Others may add to it. */
export const EVENT_KINDS = [
  'start',
  'ready',
  'exit',
  'start-failed',
  'stop',
  'stop-failed',
  'reload',
  'reload-failed',
  'refused',
  'crash-loop',
  'snapshot',
  'memory-soft',
  'leftovers-ended',
  'restore',
  'clock-step',
  'disk-low',
  'disk-recovered',
] as const;

/** Something that happened to a service and will be asked about: a start, an exit, an operator's command. */
export interface ServiceEvent {
  readonly atMs: number;
  readonly service: string;
  readonly instance: string;
  /** One word, see `EVENT_KINDS`. */
  readonly kind: string;
  /** One word, see `CAUSES` in exit-cause.ts; the words stand in `detail.reason`. */
  readonly cause: string | null;
  /** Who did it: `operator root`, `website ann`, `pm2`, `watchdog`, `machine`, `service` (by itself), `unknown` (a signal from outside). */
  readonly actor: string;
  readonly pid: number | null;
  readonly exitCode: number | null;
  /** `SIGKILL`, … when the process was ended by a signal. */
  readonly exitSignal: string | null;
  readonly manifestHash: string | null;
  /** Of sigctl that recorded it. */
  readonly version: string | null;
  /** Memory of the process tree when it was last seen, or its largest. */
  readonly memoryBytes: number | null;
  /** The last lines of its log, oldest first, secrets masked. */
  readonly logTail: readonly string[] | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
}

/** The words of an event, `undefined` where it has none. */
export function reasonOf({ detail }: Pick<ServiceEvent, 'detail'>): string | undefined {
  const reason = detail?.['reason'];
  return typeof reason === 'string' && reason !== '' ? reason : undefined;
}

/** The process of an event: `trading`, or `web-1` where there are several. */
export function keyOf({ detail, service }: Pick<ServiceEvent, 'detail' | 'service'>): string {
  const key = detail?.['key'];
  return typeof key === 'string' ? key : service;
}
