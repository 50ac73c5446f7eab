import { parseArgs } from 'node:util';
import { showBoot } from './boot.js';
import { showCgroup } from './cgroup.js';
import { showClock } from './clock.js';
import { Lab } from './lab.js';
import { findMissing, type Init } from './missing.js';
import { showSuspend } from './suspend.js';

interface Scenario {
  readonly init: Init;
  readonly shows: string;
  readonly run: (lab: Lab) => Promise<void>;
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  cgroup: { init: 'plain', shows: "the kernel's memory limit", run: showCgroup },
  clock: { init: 'plain', shows: 'the clock jumps while services run', run: showClock },
  suspend: { init: 'plain', shows: 'the machine sleeps while services run', run: showSuspend },
  boot: { init: 'systemd', shows: 'a reboot, a power cut, and what systemd starts again', run: showBoot },
};

/** `npm run lab -- [cgroup] [clock] [suspend] [boot]`: what only a kernel of one's own can show (docs/lab.md). Exits with 1 at the first that fails, 4 where something is missing. */
async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const names = positionals.length === 0 ? Object.keys(SCENARIOS) : positionals;
  const scenarios = names.map((name) => ({ name, scenario: SCENARIOS[name] }));
  const unknown = scenarios.filter(({ scenario }) => scenario === undefined);
  if (unknown.length > 0) {
    console.error(
      `No scenario ${unknown.map(({ name }) => `"${name}"`).join(', ')}. There are: ${Object.keys(SCENARIOS).join(', ')}`,
    );
    return 2;
  }
  for (const { name, scenario } of scenarios) {
    if (scenario === undefined) continue;
    const missing = findMissing(scenario.init);
    if (missing.length > 0) {
      console.error(
        [`${name}: cannot be shown here, as this is missing:`, ...missing.map((what) => `  ${what}`)].join('\n'),
      );
      return 4;
    }
    const startedAt = performance.now();
    console.log(`== ${name}: ${scenario.shows}`);
    await Lab.with(scenario.init, console.log, scenario.run);
    console.log(`== ${name}: as promised, in ${Math.round((performance.now() - startedAt) / 1_000)} s\n`);
  }
  return 0;
}

process.exitCode = await main();
