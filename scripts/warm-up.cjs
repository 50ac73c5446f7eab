// Run by the build: `node warm-up.cjs <cli.pack.js> <list file> <cache file or ''> <command…>`. Runs one command, lists the pieces of the
// CLI that it loaded, and keeps what V8 compiled for it.
const { readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');

const [pack, listFile, cacheFile, ...command] = process.argv.slice(2);
const script = new Script(readFileSync(pack, 'latin1'), { filename: pack });
const cli = script.runInThisContext()(require, pack);

cli.main(command).then((exitCode) => {
  writeFileSync(listFile, JSON.stringify(cli.loadedPieces()));
  if (cacheFile !== '') writeFileSync(cacheFile, script.createCachedData());
  process.exitCode = exitCode;
});
