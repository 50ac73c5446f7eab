import type { Progress } from '../core/outcome.js';
import type { ServiceSpec, Stack } from '../core/stack.js';
import type { HomePaths } from '../process/home.js';
import type { StatusDb } from '../store/open.js';

/** What a change of the stack works with. */
export interface OperateContext {
  readonly stack: Stack;
  readonly paths: HomePaths;
  readonly db: StatusDb;
  /** `scripts/services/launch.sh` of the sigctl package. */
  readonly launcher: string;
  /** The sigctl executable, for services that call it. */
  readonly sigctlBin: string;
  /** `dist/services/watchdog/main.js` of the sigctl package. */
  readonly watchdog: string;
  /** Environment of the shell that typed the command. Services get an allow-list of it. */
  readonly shellEnv: Readonly<Record<string, string | undefined>>;
  /** Who asked: `operator root`, `website`. */
  readonly actor: string;
  /** What was typed after `sigctl`, for the record: `restart web`. */
  readonly command?: string;
  /** Why processes start and end, for the record, where neither actor nor command tells: `taken-back`. */
  readonly cause?: string;
  /** Of sigctl, for the record. */
  readonly version?: string;
  /** Epoch milliseconds, for what is written down. */
  readonly nowMs: () => number;
  /** Whole milliseconds of a clock that nobody sets, for deadlines and for how long something took. */
  readonly monotonicMs: () => number;
  /** Called before the first process of a command is started. */
  readonly onLaunch: () => void;
  /** One line for the operator that is no outcome of a service. */
  readonly onNote: (text: string) => void;
  readonly onProgress: (progress: Progress) => void;
  /** Ctrl-C: stop waiting, leave the services as they are. */
  readonly signal: AbortSignal;
}

/** One process of a service that is to be started or stopped. */
export interface Target {
  readonly spec: ServiceSpec;
  readonly key: string;
  readonly instance: string;
}
