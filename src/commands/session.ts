import type { UndeliveredAlerts } from '../core/alert-view.js';
import type { Progress, StartOutcome, StopOutcome } from '../core/outcome.js';
import type { ReloadOutcome, ReloadRefusal, ReloadStep } from '../core/reload-plan.js';
import type { ServiceReport } from '../core/service-report.js';
import type { Stack } from '../core/stack.js';
import type { StartStep } from '../core/start-plan.js';
import type { StopStep } from '../core/stop-plan.js';
import type { InterruptSignal } from './exit-code.js';

/** What a command that only looks may use. */
export interface StackView {
  readonly stack: Stack;
  /** Folder of the stack's state, `.sigctl`. */
  readonly home: string;
  /** The mode that was asked for last. */
  readonly mode: string | undefined;
  /** The pid of this stack's PM2 daemon. */
  readonly daemonPid: number | undefined;
  /** The daemon was stopped (SIGSTOP): it restarts nothing until it goes on. */
  readonly isDaemonStopped?: boolean;
  /** The stack's watchdog; `undefined` when none lives. */
  readonly watchdog?: WatchdogView | undefined;
  /** Alerts that no channel took so far; `undefined`: none. */
  readonly undelivered?: UndeliveredAlerts | undefined;
  /** @param only The processes of this service of the manifest; none where that does not have it. */
  readonly reports: (only?: string) => readonly ServiceReport[];
}

/** The watchdog, as the kernel shows it. */
export interface WatchdogView {
  readonly pid: number;
  readonly memoryBytes: number;
  /** It was stopped (SIGSTOP): it watches nothing until it goes on. */
  readonly isStopped: boolean;
}

/** What a command that changes something may use, while it holds the stack's lock. */
export interface StackSession {
  readonly stack: Stack;
  /** Names of processes that live and that the manifest no longer has. They can be stopped, and nothing else. */
  readonly unlisted: readonly string[];
  readonly mode: string | undefined;
  /** Services that run with another manifest entry than the one of now. */
  readonly changed: readonly string[];
  /** Pure decisions over what was seen when the lock was taken. */
  /** @param again Oneshot services that run again although they did their work: those that an operator named. */
  readonly planStart: (services: readonly string[], again?: readonly string[]) => readonly StartStep[];
  readonly planStop: (services: readonly string[]) => readonly StopStep[];
  /**
   * `running`: services with all their processes, or whose work is done; `completed`: the latter only; `present`: with any process, or
   * that PM2 would start again; `down`: of these, those of which no process lives.
   */
  readonly presence: () => {
    readonly running: ReadonlySet<string>;
    readonly completed: ReadonlySet<string>;
    readonly present: ReadonlySet<string>;
    readonly down?: ReadonlySet<string>;
  };
  /** What a boot brings back. */
  readonly bootServices: () => readonly string[];
  readonly applyStart: (steps: readonly StartStep[]) => Promise<readonly StartOutcome[]>;
  readonly applyStop: (steps: readonly StopStep[]) => Promise<readonly StopOutcome[]>;
  /** The same, and the next boot brings back what ran until now. */
  readonly applyShutdown: (steps: readonly StopStep[]) => Promise<readonly StopOutcome[]>;
  /** Ends the processes, and starts them anew from the manifest of now. */
  readonly applyRestart: (
    services: readonly string[],
    /** `watchdog`: that as well. `again`: as in `planStart`. */
    options: { readonly watchdog: boolean; readonly again: readonly string[] },
  ) => Promise<{ readonly stopped: readonly StopOutcome[]; readonly started: readonly StartOutcome[] }>;
  /** In the order of dependencies. @param orRestart What cannot be reloaded is restarted. */
  readonly planReload: (services: readonly string[], orRestart: boolean) => readonly (ReloadStep | ReloadRefusal)[];
  /** One service after the other; the first that fails ends it. */
  readonly applyReload: (
    steps: readonly ReloadStep[],
    /** The watchdog is restarted as well. */
    options: { readonly watchdog: boolean },
  ) => Promise<readonly ReloadOutcome[]>;
  readonly writeMode: (mode: string) => void;
  /** Ctrl-C, or SIGTERM; `undefined` while neither came. */
  readonly interruptedBy: () => InterruptSignal | undefined;
}

/** Where output goes. Results on stdout; progress, notes and errors on stderr. */
export interface Output {
  readonly print: (text: string) => void;
  readonly note: (text: string) => void;
  /** Shows work in progress: a spinner on a terminal, plain lines otherwise. */
  readonly showProgress: () => ProgressView;
  /** Width of stdout in columns. */
  readonly width: number;
  /** Whether stdout takes colour. */
  readonly colour: boolean;
  readonly setExitCode: (code: number) => void;
}

export interface ProgressView {
  readonly report: (progress: Progress) => void;
  readonly done: () => void;
}

export interface SessionRequest {
  /** `--config`. */
  readonly config: string | undefined;
  /** How long to wait for another command. */
  readonly waitMs: number;
  /** What was typed, for the one who waits for us. */
  readonly command: string;
  readonly onProgress: (progress: Progress) => void;
  /** What a first Ctrl-C means, for people; by default that services are left as they are. */
  readonly interruptNote?: string;
  /** A broken manifest does not matter: what runs can be stopped all the same. */
  readonly orLast?: boolean;
  /** Refuses a line that makes no sense for this stack: before anything is written, and before anybody is waited for. */
  readonly check?: (known: KnownNames) => void;
}

/** What a line can be about. */
export interface KnownNames {
  readonly stack: Stack;
  /** Processes that the manifest no longer names; some may have ended since. */
  readonly unlisted: readonly string[];
}

export interface MutatingDeps {
  /** Takes the stack's lock, works, and releases it in any case. */
  readonly withSession: <T>(request: SessionRequest, work: (session: StackSession) => Promise<T>) => Promise<T>;
  readonly out: Output;
}
