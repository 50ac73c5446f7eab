// Takes memory, all at once and faster than anybody could look, when the file `eat` appears in its folder. `eat` holds how many MiB.
// With `--child` a child of it does so instead.
const { spawn } = require('node:child_process');
const { readFileSync, rmSync } = require('node:fs');

if (process.argv[2] === '--child') spawn(process.execPath, [__filename], { stdio: 'inherit' });
else setInterval(look, 50);
setInterval(() => undefined, 1_000);
console.log('ready');

const kept = [];

function look() {
  let wanted;
  try {
    wanted = Number(readFileSync('eat', 'utf8'));
    rmSync('eat');
  } catch {
    return;
  }
  console.log(`taking ${wanted} MiB`);
  for (let taken = 0; taken < wanted; taken += 4) kept.push(Buffer.alloc(4 * 1024 ** 2, 1));
  console.log(`took ${wanted} MiB`);
}
