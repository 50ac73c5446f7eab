import { parseArgs } from 'node:util';
import { timeCommands } from './command-times.js';
import { timeCrashes } from './crash-times.js';
import { benchLeak } from './leak.js';
import { benchLogs } from './logs.js';
import { measureMemory } from './memory.js';
import { type BenchReport, renderReport } from './report.js';
import { pm2Stack, sigctlStack } from './stack.js';
import { benchReads, benchSizes } from './status-times.js';
import { benchWatchdog } from './watchdog-cost.js';

/**
 * `npm run bench -- [services|reads|sizes] [--runs 15] [--json]`: sigctl, plain PM2 and bare node side by side, from one run on one
 * machine. `reads`: every command that only looks; `sizes`: 5, 50 and 200 services, supervisor too where it is installed.
 * `npm run bench -- logs [--megabytes 1024]`: reading, searching and following logs.
 * `npm run bench -- leak [--seconds 60]`: a service that leaks 50 MB/s against a limit of 200 MB.
 * `npm run bench -- watchdog [--seconds 60]`: what the watchdog costs.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string', default: '15' },
      megabytes: { type: 'string', default: '1024' },
      seconds: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
    },
  });
  if (positionals.includes('logs')) {
    return benchLogs({ megabytes: Number(values.megabytes), runs: Number(values.runs), json: values.json });
  }
  if (positionals.includes('leak')) return benchLeak({ seconds: Number(values.seconds), json: values.json });
  if (positionals.includes('watchdog')) return benchWatchdog({ seconds: Number(values.seconds), json: values.json });
  const sections = positionals.length === 0 ? ['services', 'reads', 'sizes'] : positionals;
  const options = { runs: Number(values.runs), json: values.json };
  if (sections.includes('services')) await benchServices(options);
  if (sections.includes('reads')) benchReads(options);
  if (sections.includes('sizes')) benchSizes(options);
}

/** The same five services of node under sigctl, under plain PM2 and under nobody. */
async function benchServices({ runs, json }: { readonly runs: number; readonly json: boolean }): Promise<void> {
  const [sigctl, pm2] = [sigctlStack(), pm2Stack()];
  const tearDown = (): void => {
    sigctl.tearDown();
    pm2.tearDown();
  };
  process.once('SIGINT', () => {
    tearDown();
    process.exit(130);
  });
  try {
    await sigctl.start();
    await pm2.start();
    const report: BenchReport = {
      node: process.version,
      memory: await measureMemory(sigctl, pm2),
      commands: timeCommands(sigctl, pm2, runs),
      crashes: await timeCrashes(sigctl, pm2),
    };
    console.log(json ? JSON.stringify(report, undefined, 2) : `${renderReport(report)}\n`);
  } finally {
    tearDown();
  }
}

await main();
