/** What to execute, as the manifest spells it. */
export interface PlannedCommand {
  readonly script: string;
  readonly args: readonly string[];
  /** Left out: the manifest's own choice by the file's extension. */
  readonly interpreter?: string;
}

/** When the service counts as ready; the manifest's `ready` block. */
export type PlannedReady =
  | { readonly kind: 'http'; readonly path: string; readonly port: number; readonly withinMs: number }
  | { readonly kind: 'tcp'; readonly port: number; readonly withinMs: number }
  | { readonly kind: 'command'; readonly command: string; readonly withinMs: number }
  | { readonly kind: 'delay'; readonly delayMs: number };

/** One service to be, with what its source says of it. A field that is left out keeps the manifest's default. */
export interface PlannedService {
  /** As in the source, until `settleServices` makes it a name that the manifest takes. */
  readonly name: string;
  readonly command: PlannedCommand;
  /** Relative to the folder of the source. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly envFiles?: readonly string[];
  readonly passEnv?: readonly string[];
  readonly instances?: number;
  readonly autorestart?: boolean;
  readonly maxRestarts?: number;
  readonly killTimeoutMs?: number;
  readonly memoryLimitBytes?: number;
  readonly after?: readonly string[];
  readonly needs?: readonly string[];
  readonly port?: number;
  readonly ready?: PlannedReady;
  /** What the operator has to know of it, one sentence each: told on stderr, and above the service in the file. */
  readonly notes: readonly string[];
}

/** Something of the source that becomes no service, and why. */
export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

/** What one source file comes to. */
export interface InitPlan {
  readonly services: readonly PlannedService[];
  readonly leftOut: readonly LeftOut[];
  /** Mode name → names of services, as in the source. */
  readonly modes: Readonly<Record<string, readonly string[]>>;
  /** On the source as a whole. */
  readonly notes: readonly string[];
}

/** What parsers may ask of the source's folder. Paths are relative to it. */
export interface SourceFolder {
  /** Content as UTF-8; `undefined` when there is no such file, or it cannot be read. */
  readonly read: (path: string) => string | undefined;
}
