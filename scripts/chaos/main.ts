import { parseArgs } from 'node:util';
import { FEATURES } from './features.js';
import { runSeed, type SeedResult } from './run-seed.js';

const DEFAULT_MINUTES = 5;

/**
 * `npm run chaos -- [--seed 7] [--seeds 10] [--minutes 5] [--keep]`: random misfortune, and after each step the promises of
 * docs/architecture.md §1 are checked. Exits with 1 at the first violation: seed, steps and evidence are printed, and the folder is kept.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string', default: '1' },
      minutes: { type: 'string', default: String(DEFAULT_MINUTES) },
      keep: { type: 'boolean', default: false },
    },
  });
  const first = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
  for (const [name, present] of Object.entries(FEATURES)) {
    if (!present) console.log(`not checked: this checkout has no ${name}`);
  }
  for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
    console.log(`seed ${seed}, ${values.minutes} minutes`);
    const result = await runSeed({
      seed,
      forMs: Number(values.minutes) * 60_000,
      keep: values.keep,
      onStep: console.log,
    });
    console.log(renderResult(result));
    if (result.violations.length > 0) return 1;
  }
  return 0;
}

function renderResult({ seed, steps, violations, folder, skipped, runs }: SeedResult): string {
  const kept = folder === undefined ? [] : [`folder: ${folder}`];
  const left = skipped.map((what) => `skipped: ${what}`);
  if (violations.length === 0)
    return [`seed ${seed}: ${steps.length} steps, ${runs} runs of services, no violation`, ...left, ...kept].join('\n');
  return [
    `seed ${seed}: VIOLATION in step ${steps.length}`,
    ...violations.map(({ rule, evidence }) => `  ${rule}: ${evidence}`),
    ...left,
    ...kept,
    `again: npm run chaos -- --seed ${seed}`,
  ].join('\n');
}

process.exitCode = await main();
