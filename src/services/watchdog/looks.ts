import { type ProcessIdentity, processName } from '../../core/observed-process.js';
import type { WatchContext } from './context.js';
import { type DiagnoseContext, type Diagnosis, diagnose } from './diagnose.js';

/** Looks into processes that are in trouble, beside the duties, and never twice at once into the same one. */
export interface Looks {
  /** Begins to look, then calls `then`. Does nothing while the process is being looked into. What fails is logged. */
  readonly begin: (diagnosis: Diagnosis, then: () => void) => void;
  readonly isUnderWay: (process: ProcessIdentity) => boolean;
  /** Waits for those that are under way. */
  readonly drain: () => Promise<void>;
}

/** The only things that looking into a process touches. */
type LooksContext = DiagnoseContext & { readonly log: Pick<WatchContext['log'], 'trouble'> };

export function createLooks(context: LooksContext): Looks {
  const underWay = new Map<string, Promise<void>>();
  const look = async (diagnosis: Diagnosis, then: () => void): Promise<void> => {
    const { key } = diagnosis.instance;
    try {
      await diagnose(context, diagnosis);
    } catch (error) {
      context.log.trouble(`cannot write down what ${key} was doing`, error);
    }
    try {
      then();
    } catch (error) {
      // Nobody waits for it who could catch it.
      context.log.trouble(`cannot end ${key}`, error);
    }
  };
  return {
    begin: (diagnosis, then) => {
      const name = processName(diagnosis.process);
      if (underWay.has(name)) return;
      underWay.set(
        name,
        look(diagnosis, then).finally(() => underWay.delete(name)),
      );
    },
    isUnderWay: (process) => underWay.has(processName(process)),
    drain: async () => void (await Promise.all(underWay.values())),
  };
}
