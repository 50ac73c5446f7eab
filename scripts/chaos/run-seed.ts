import { applyStep, type Deed } from './apply-step.js';
import { readRuns } from './evidence.js';
import { wantedAfter } from './expect-wanted.js';
import { checkCommands } from './invariants/commands.js';
import { checkLines } from './invariants/lines.js';
import { checkNeverTwice } from './invariants/never-twice.js';
import { checkNothingLeft } from './invariants/nothing-left.js';
import { checkPidFiles, pidFiles } from './invariants/pid-files.js';
import { checkRecovered } from './invariants/recovered.js';
import type { Violation } from './invariants/violation.js';
import { readProc } from './proc.js';
import { seededRandom } from './random.js';
import { readReality } from './reality.js';
import { SERVICES } from './services.js';
import { settle } from './settle.js';
import { describeStep, nextStep } from './step.js';
import { createWorld, type World } from './world.js';

export interface SeedOptions {
  readonly seed: number;
  /** No step begins later than this. */
  readonly forMs: number;
  /** Told of each step as it ends, in one line. */
  readonly onStep: (text: string) => void;
  /** Leaves the folder of a run without a violation too. */
  readonly keep: boolean;
}

export interface SeedResult {
  readonly seed: number;
  readonly steps: readonly string[];
  readonly violations: readonly Violation[];
  /** The folder of the world, where it was kept. */
  readonly folder: string | undefined;
  /** What could not be done here, in words. */
  readonly skipped: readonly string[];
  /** Runs of services that began and ended. */
  readonly runs: number;
}

/** One world, from its first start to its last stop, by the decisions of one seed. Ends at the first violation. */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const random = seededRandom(options.seed);
  const world = await createWorld(random.pick(['home', 'logs']));
  const steps: string[] = [];
  let violations: readonly Violation[] = [{ rule: 'the suite itself works', evidence: 'it was interrupted' }];
  try {
    violations = await setUp(world);
    const startedAt = performance.now();
    while (violations.length === 0 && performance.now() - startedAt < options.forMs) {
      const step = nextStep(random);
      const deeds = await applyStep(world, step);
      const reused = random.chance(0.3) ? await reusePid(world) : '';
      for (const [service, wanted] of wantedAfter(world.deeds.wanted, deeds)) world.deeds.wanted.set(service, wanted);
      violations = await check(world, deeds);
      steps.push(
        `${steps.length + 1}. ${describeStep(step)}${[...deeds.map(outcome), reused]
          .filter(Boolean)
          .map((text) => ` [${text}]`)
          .join('')}`,
      );
      options.onStep(steps.at(-1) ?? '');
    }
    if (violations.length === 0)
      violations = [...(await checkNothingLeft(world)), ...checkLines(world), ...checkStrangers(world)];
    const runs = SERVICES.reduce((sum, service) => sum + readRuns(world.evidence, service).length, 0);
    const skipped = world.disk === undefined ? ['full disk: a tmpfs cannot be mounted here'] : [];
    const folder = violations.length > 0 || options.keep ? world.base : undefined;
    return { seed: options.seed, steps, violations, folder, skipped, runs };
  } finally {
    await world.tearDown({ keep: violations.length > 0 || options.keep });
  }
}

/** Everything runs, and there is a backup for a table that gets lost. */
async function setUp(world: World): Promise<readonly Violation[]> {
  const start = await world.sigctl(['mode', 'full']);
  const backup = await world.sigctl(['backup']);
  for (const service of SERVICES) world.deeds.wanted.set(service, 'yes');
  if (start.exitCode === 0 && backup.exitCode === 0) return settle(world);
  // The flaky one may have ended before it counted as ready.
  if (start.exitCode === 1 && backup.exitCode === 0) return settle(world);
  return [start, backup].map((run) => ({
    rule: 'the first start works',
    evidence: `${run.args.join(' ')}: ${run.exitCode}\n${run.stdout}${run.stderr}`,
  }));
}

async function check(world: World, deeds: readonly Deed[]): Promise<readonly Violation[]> {
  return [
    ...checkCommands(deeds),
    ...(await checkNeverTwice(world)),
    ...checkPidFiles(world),
    ...checkStrangers(world),
    ...(await settle(world)),
    ...checkRecovered(deeds, world.deeds.wanted, readReality(world)),
  ];
}

function checkStrangers(world: World): readonly Violation[] {
  return world.decoys.harms().map((evidence) => ({ rule: 'no stranger is signalled', evidence }));
}

/**
 * Gives the number of a run that has ended to a stranger, so that whoever still believes in it can be caught. Not one that stands in a
 * PID file: nobody may be left who could take that file away, and numbers come round in hours otherwise, not at once.
 */
async function reusePid(world: World): Promise<string> {
  const ended = SERVICES.flatMap((service) => readRuns(world.evidence, service).slice(-2)).find(
    ({ pid }) => readProc(pid) === undefined && !isNamed(world, pid),
  );
  if (ended === undefined) return '';
  return (await world.decoys.reuse(ended.pid)) ? `pid ${ended.pid} now belongs to a stranger` : '';
}

function isNamed(world: World, pid: number): boolean {
  return pidFiles(world).some(({ text }) => text === String(pid));
}

function outcome({ run, note }: Deed): string {
  if (run === undefined) return note;
  return `${note === '' ? '' : `${note}; `}${run.signal ?? `exit ${run.exitCode}`} in ${run.tookMs} ms`;
}
