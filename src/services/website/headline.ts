import type { ServiceReport } from '../../core/service-report.js';
import { isToRun, type Verdict } from '../../core/verdict.js';
import type { SiteSnapshot } from './site-snapshot.js';
import { type Tone, VERDICT_TONE } from './tone.js';

/** The first thing a person reads: one sentence, its colour, and the command to type when there is something to do. */
export interface Headline {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string | null;
  readonly next: string | null;
}

const PREDICATE = {
  healthy: 'is healthy',
  starting: 'is starting',
  degraded: 'is degraded',
  stopped: 'is stopped',
  unhealthy: 'is unhealthy',
  stale: 'is stale',
  hung: 'is hung',
  down: 'is down',
  'crash-loop': 'is in a crash loop',
  orphaned: 'is orphaned',
  duplicate: 'runs more than once',
} as const satisfies Record<Verdict, string>;

/** Worst first; what is left after these is healthy. */
const WORST_FIRST = [
  { tone: 'bad', several: 'need attention' },
  { tone: 'warn', several: 'are degraded' },
  { tone: 'wait', several: 'are starting' },
] as const;

/** Sums up the stack in one sentence about its worst services. Pure. */
export function summarize({ services }: SiteSnapshot): Headline {
  if (services.kind !== 'read') {
    const title = services.kind === 'missing' ? 'Nothing has been started yet' : 'The state of the services is unknown';
    return { tone: services.kind === 'missing' ? 'off' : 'bad', title, detail: services.reason, next: services.next };
  }
  const wanted = services.value.filter(isToRun);
  if (wanted.length === 0 && services.value.some((report) => report.wanted))
    return { tone: 'good', title: 'All work is done', detail: null, next: null };
  if (wanted.length === 0)
    return { tone: 'off', title: 'No service is asked to run', detail: null, next: 'sigctl start' };
  for (const { tone, several } of WORST_FIRST) {
    const affected = wanted.filter((report) => VERDICT_TONE[report.verdict] === tone);
    if (affected.length > 0) return summarizeAffected(affected, wanted.length, tone, several);
  }
  return { tone: 'good', title: allHealthy(wanted), detail: null, next: null };
}

function summarizeAffected(affected: readonly ServiceReport[], total: number, tone: Tone, several: string): Headline {
  const next = affected.find((report) => report.next !== null)?.next ?? null;
  const [only] = affected;
  if (affected.length === 1 && only !== undefined) {
    return { tone, title: `${only.key} ${PREDICATE[only.verdict]}`, detail: only.reason, next };
  }
  const detail = affected.map((report) => `${report.key} ${PREDICATE[report.verdict]}`).join(', ');
  return { tone, title: `${affected.length} of ${total} services ${several}`, detail, next };
}

function allHealthy(wanted: readonly ServiceReport[]): string {
  return wanted.length === 1 ? `${wanted[0]?.key} is healthy` : `All ${wanted.length} services are healthy`;
}
