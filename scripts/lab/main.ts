import { parseArgs } from 'node:util';
import { Lab } from './lab.js';
import { findMissing } from './missing.js';
import { SCENARIOS } from './scenarios.js';

/**
 * `npm run lab -- [cgroup] [boot] …` (docs/lab.md): what only a kernel of one's own can show. Exits with 1 at the first thing that is
 * not as promised, with 2 for an unknown name, and with 4 where something is missing.
 */
async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown.length > 0) {
    const names = SCENARIOS.map(({ name }) => name).join(', ');
    console.error(`No scenario ${unknown.map((name) => `"${name}"`).join(', ')}. There are: ${names}`);
    return 2;
  }
  const chosen = SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  for (const { name, init, shows, run } of chosen) {
    const missing = findMissing(init);
    if (missing.length > 0) {
      console.error([`${name} cannot be shown on this machine. Missing:`, ...missing].join('\n  '));
      return 4;
    }
    console.log(`== ${name}: ${shows}`);
    const startedAt = performance.now();
    await Lab.with(init, console.log, run);
    console.log(`== ${name}: as promised, in ${Math.round((performance.now() - startedAt) / 1_000)} s\n`);
  }
  return 0;
}

process.exitCode = await main();
