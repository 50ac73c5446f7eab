/** What a host is like before a deploy. */
export interface HostFacts {
  /** Folder of the releases, absolute, without symbolic links. */
  readonly root: string;
  /** `v20.19.1`. */
  readonly node: string;
  readonly hasRsync: boolean;
  readonly freeBytes: number;
  readonly current: string | undefined;
  readonly previous: string | undefined;
  readonly releases: readonly string[];
}

/** Where the files of a release come from, on this machine. */
export type DeploySource =
  | {
      readonly kind: 'folder';
      readonly folder: string;
      /** Relative paths, by git where it is a checkout; `undefined`: everything but `EXCLUDED`. */
      readonly files: readonly string[] | undefined;
      readonly shortId: string;
      readonly shown: string;
    }
  | {
      readonly kind: 'git';
      readonly folder: string;
      readonly commit: string;
      readonly shortId: string;
      readonly shown: string;
    };

/** Never part of a release: made on the host, or kept for all releases together. */
export const EXCLUDED = ['.git', 'node_modules', '.sigctl', 'logs', 'backups', '.env'] as const;

/** What the switch from one release to another is to do. */
export interface SwitchRequest {
  /** Of this switch alone: an outcome of another one is not its. */
  readonly id: string;
  /** `/srv/app`. */
  readonly root: string;
  readonly release: string;
  /** Put in force afterwards; `undefined`: what runs goes on, and a first deploy starts what `sigctl start` does. */
  readonly mode: string | undefined;
  /** How long all that should run may take to be healthy. */
  readonly gateMs: number;
  /** For so long it has to stay that way. */
  readonly settleMs: number;
}

/** How the switch ended. It never ends half-way: what is in force is `release`, or what it was before. */
export type SwitchOutcome =
  | {
      readonly kind: 'done';
      readonly release: string;
      readonly previous: string | null;
      readonly services: readonly ServiceSwitch[];
      readonly tookMs: number;
    }
  | ({
      readonly kind: 'rolled-back';
      readonly release: string;
      /** The release in force again; `null`: there was none before. */
      readonly to: string | null;
      readonly isInterrupted: boolean;
      /** Why the way back did not end well either; `null`: all is as it was. */
      readonly rollbackFault: string | null;
      readonly tookMs: number;
    } & SwitchFault);

export interface ServiceSwitch {
  readonly service: string;
  readonly how: string;
  readonly tookMs: number | null;
}

export interface SwitchFault {
  readonly reason: string;
  /** The next command to type on the host, when there is one. */
  readonly hint: string | null;
  readonly logTail: readonly string[];
}

/** What a deploy is about to do on a host, or did. */
export interface DeployPlan {
  readonly host: string;
  readonly facts: HostFacts;
  readonly release: string;
  readonly source: string;
  readonly files: number | undefined;
  readonly install: string | undefined;
  readonly build: string | undefined;
  readonly mode: string | undefined;
  readonly keep: number;
}

/** One host while it is deployed to. All methods throw `SigctlError`; `signal` of its maker ends what is under way. */
export interface DeployHost {
  /** Until `close`, or until the connection is gone. @throws {SigctlError} `DEPLOY_LOCKED` (exit 1). */
  readonly lock: (root: string, who: string) => Promise<void>;
  readonly check: (create: boolean) => Promise<HostFacts>;
  readonly upload: (facts: HostFacts, source: DeploySource, release: string) => Promise<void>;
  readonly install: (facts: HostFacts, release: string, commands: InstallCommands) => Promise<void>;
  readonly inspect: (facts: HostFacts, release: string) => Promise<void>;
  /** Runs on though the connection is lost, and is asked for its outcome again. `interrupt` makes it go back. */
  readonly switchTo: (request: SwitchRequest, onStep: (text: string) => void) => Promise<SwitchOutcome>;
  /** How the last switch ended, waiting for it when it still runs. */
  readonly lastOutcome: (facts: HostFacts, onStep: (text: string) => void) => Promise<SwitchOutcome>;
  /** Removes old releases, and returns their names. */
  readonly prune: (facts: HostFacts, keep: number) => Promise<readonly string[]>;
  /** Removes a release that did not come into force. Never throws. */
  readonly discard: (facts: HostFacts, release: string) => Promise<void>;
  readonly close: () => void;
}

export interface InstallCommands {
  /** `undefined`: npm, by what the release holds. */
  readonly install: string | undefined;
  readonly build: string | undefined;
}
