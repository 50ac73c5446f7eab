/** One line of a log, understood as far as it can be. `atMs` is epoch milliseconds. */
export interface ParsedLine {
  /** The time that the line itself states. */
  readonly atMs: number | undefined;
  /** Lower case: `trace debug info warn error fatal`, or a word of the writer's own. */
  readonly level: string | undefined;
  /** The message; for plain text the whole line. May hold newlines and control characters: clean it before it is shown. */
  readonly msg: string;
  /** What a JSON line says besides time, level and message. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The line as written, without its line ending. */
  readonly raw: string;
  readonly json: boolean;
}

/** A line and the process that wrote it. */
export interface LogRecord extends ParsedLine {
  readonly service: string;
  readonly instance: string;
  /** Name of the log: the service, or `web-0` and `web-1` where there are several processes. */
  readonly key: string;
}

/** One log to read: the process `key` of a service. */
export interface LogSource {
  readonly service: string;
  readonly instance: string;
  readonly key: string;
}

/** What happened to a followed log or its process, between two lines. */
export type LogHappening =
  | { readonly kind: 'started'; readonly pid: number }
  /** `times` counts the processes since the last one that was seen. */
  | { readonly kind: 'restarted'; readonly fromPid: number; readonly pid: number; readonly times: number }
  /** The file goes on under the same name, its past is in a segment. */
  | { readonly kind: 'rotated' }
  /** The file began anew, and its past is gone. */
  | { readonly kind: 'renewed' };

/** A happening in the sequence of lines. */
export interface LogRule {
  readonly service: string;
  readonly key: string;
  readonly happening: LogHappening;
}

export type LogEntry = LogRecord | LogRule;

export function isLogRule(entry: LogEntry): entry is LogRule {
  return 'happening' in entry;
}
