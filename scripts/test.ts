import { readdirSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

/** A file that takes longer hangs. The long forms of some tests (SIGCTL_LONG=1) are asked for one by one. */
const FILE_DEADLINE_MS = (process.env['SIGCTL_LONG'] === '1' ? 90 : 10) * 60_000;

/** Most tests wait for processes, and their deadlines are generous: more at once than this only makes them slower. */
const CONCURRENCY = Math.min(2, cpus().length);

/** Runs `test/**\/*.test.ts`, or the files and folders named on the command line, and ends with one line that counts. */
function main(args: readonly string[]): void {
  const files = (args.length > 0 ? args : ['test']).flatMap(testFiles);
  const counts = { pass: 0, fail: 0, cancelled: 0, skipped: 0 };
  const results = run({ files, concurrency: CONCURRENCY, timeout: FILE_DEADLINE_MS });
  // Node's own totals, as its reporters show them: `pass 12`.
  results.on('test:diagnostic', ({ message, nesting }) => {
    const [, name, count] = /^(pass|fail|cancelled|skipped) (\d+)$/.exec(message) ?? [];
    if (nesting === 0 && name !== undefined) counts[name as keyof typeof counts] = Number(count);
  });
  results.compose(new spec()).pipe(process.stdout, { end: false });
  results.on('end', () => {
    const failed = counts.fail + counts.cancelled;
    process.on('exit', () => console.log(`${counts.pass} passed, ${failed} failed, ${counts.skipped} skipped`));
    if (failed > 0 || counts.pass === 0) process.exitCode = 1;
  });
}

function testFiles(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .sort()
    .map((file) => join(path, file));
}

main(process.argv.slice(2));
