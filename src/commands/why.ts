import { type ExitStory, type StoryProcess, tellExit } from '../core/exit-story.js';
import { keyOf } from '../core/service-event.js';
import { EXIT } from '../errors.js';
import { renderJson } from '../render/json.js';
import { renderStories } from '../render/why.js';
import { type AboutService, aboutServiceCommand } from './about-service.js';
import type { Declaration } from './declaration.js';
import type { RecordView, WithRecord } from './record-view.js';
import { unknownService } from './select-services.js';
import type { Output } from './session.js';

/** The only things `why` may touch. */
export interface WhyDeps {
  readonly withRecord: WithRecord;
  readonly nowMs: () => number;
  readonly out: Pick<Output, 'print' | 'width' | 'colour' | 'setExitCode'>;
}

/** A crash loop of days, and what came before it. */
const MAX_EVENTS = 1_000;

/** Declares `sigctl why`. Tests of parsing pass their own `run`. */
export function whyCommand(deps: WhyDeps, run = runWhy): Declaration {
  return aboutServiceCommand({ name: 'why', help: EXAMPLES }, async (options) =>
    deps.out.setExitCode(await run(deps, options)),
  );
}

const EXAMPLES = `
Examples:
  sigctl why trading               the last exit: when, the cause in words and numbers, the last words, what came next
  sigctl why web-1                 one process of a service that has several
  sigctl why trading --json        the same, with the last 50 log lines of the process
  sigctl why pm2                   PM2's daemon itself; likewise the watchdog

Causes: operator, mode, boot, cron, completed; crash, signal, heap-limit, port-taken, dependency, refused;
memory-limit, hung, stale, unhealthy, taken-back (by the watchdog); pm2-death, reboot.

Exit codes: 0 told, also when there is nothing to tell; 2 wrong use; 4 the database cannot be reached.`;

export async function runWhy(deps: WhyDeps, options: AboutService): Promise<number> {
  const nowMs = deps.nowMs();
  const tell = (view: RecordView) =>
    chooseProcesses(view, options.service).map((process) => tellStory(view, process, nowMs));
  const stories = await deps.withRecord(options.config, tell, options.service);
  deps.out.print(options.json ? renderJson({ stories }) : renderStories(stories, nowMs, deps.out));
  return EXIT.ok;
}

function chooseProcesses({ stack, readListed, readProcesses }: RecordView, name: string): readonly StoryProcess[] {
  const isMeant = ({ service, key }: StoryProcess): boolean => service === name || key === name;
  const listed = readListed(name).filter(isMeant);
  const found = listed.length > 0 ? listed : readProcesses().filter(isMeant);
  if (found.length > 0) return found;
  throw unknownService(
    name,
    stack.services.map((spec) => spec.name),
  );
}

/** How one process ended last, as the record has it. */
export function tellStory(
  { stack, readEvents }: Pick<RecordView, 'stack' | 'readEvents'>,
  process: StoryProcess,
  nowMs: number,
): ExitStory {
  const { service, key } = process;
  const spec = stack.services.find(({ name }) => name === service);
  const events = readEvents({ services: [service], kinds: [], limit: MAX_EVENTS });
  return tellExit({
    process,
    events: events.filter((event) => keyOf(event) === key),
    manifestHash: spec?.hash,
    nowMs,
  });
}
