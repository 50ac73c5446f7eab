// Run by the build: `node warm-up.cjs <dist> <report.json> <keep> <command line…>`, each command line in JSON. Runs them one after the
// other, lists the pieces of the CLI that the first and all of them loaded, and with `keep` leaves V8's code of each pack beside it.
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const [dist, report, keep, ...commands] = process.argv.slice(2);
const scripts = new Map();

function runPack(name) {
  const filename = join(dist, name);
  const source = readFileSync(filename, 'latin1');
  const script = new Script(source, { filename });
  scripts.set(source.slice(source.lastIndexOf('//') + 2), script);
  return script.runInThisContext();
}

async function warmUp() {
  const cli = runPack('cli.pack.js')(require, join(dist, 'cli.pack.js'), runPack);
  let first;
  for (const command of commands) {
    const exitCode = await cli.main(JSON.parse(command));
    // 3: shown, and not in the wanted state.
    if (exitCode !== 0 && exitCode !== 3)
      throw new Error(`sigctl ${JSON.parse(command).join(' ')}: exit code ${exitCode}`);
    first ??= cli.loadedPieces();
  }
  writeFileSync(report, JSON.stringify({ first, all: cli.loadedPieces() }));
  if (keep === 'keep')
    for (const [cache, script] of scripts) writeFileSync(join(dist, cache), script.createCachedData());
}

warmUp().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
