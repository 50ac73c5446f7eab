// Run by the build: `node warm-up.cjs <dist> <report.json> <keep> <command line…>`, each command line in JSON. Runs them one after the
// other, lists the pieces of the CLI that they loaded, and with `keep` leaves V8's code of each pack beside it, where none is yet.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const [dist, report, keep, ...lines] = process.argv.slice(2);
const commands = lines.map((line) => JSON.parse(line));
const scripts = new Map();
// The CLI finds the pack of a command by the words that were typed.
process.argv = [process.execPath, join(dist, '../bin/sigctl'), ...commands[0]];

function runPack(name) {
  const filename = join(dist, 'packs', `${name}.js`);
  const source = readFileSync(filename, 'latin1');
  const script = new Script(source, { filename });
  scripts.set(join(dist, 'packs', `${source.slice(source.lastIndexOf('//') + 2)}-${process.version}.cache`), script);
  return script.runInThisContext();
}

async function warmUp() {
  const cli = runPack('cli')(require, join(dist, 'packs'), runPack);
  for (const command of commands) {
    const exitCode = await cli.main(command);
    // 3: shown, and not in the wanted state.
    if (exitCode !== 0 && exitCode !== 3) throw new Error(`sigctl ${command.join(' ')}: exit code ${exitCode}`);
  }
  writeFileSync(report, JSON.stringify(cli.loadedPieces()));
  if (keep !== 'keep') return;
  for (const [cache, script] of scripts) if (!existsSync(cache)) writeFileSync(cache, script.createCachedData());
}

warmUp().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
