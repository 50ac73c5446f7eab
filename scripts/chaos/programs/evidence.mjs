// What a service of the chaos world puts down about itself, apart from everything that sigctl records:
//   <key>.runs   start <pid> <token> | overlap <pid> <token> | end <pid> <token> <exit code>
//   <key>.acked  <pid>-<token> <seq> <uptime in ms>: this line was printed, and the write had succeeded
import { appendFileSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const file = (kind) => join(process.env.CHAOS_EVIDENCE, `${process.env.SIGCTL_SERVICE}.${kind}`);

/** Kernel start time of a live process, `undefined` when there is none. */
function startToken(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function previousRun() {
  try {
    const starts = readFileSync(file('runs'), 'utf8').match(/^start .*$/gm) ?? [];
    return starts.at(-1)?.split(' ').slice(1) ?? [];
  } catch {
    return [];
  }
}

const uptimeMs = () => Math.round(Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1_000);

/** Puts down that this run began, and any other run that still lives. */
export function beginRun() {
  const [pid, token] = previousRun();
  const me = `${process.pid} ${startToken(process.pid)}`;
  appendFileSync(file('runs'), `start ${me}\n`);
  if (pid !== undefined && startToken(pid) === token) appendFileSync(file('runs'), `overlap ${pid} ${token}\n`);
  process.on('exit', (code) => appendFileSync(file('runs'), `end ${me} ${code}\n`));
  const run = me.replace(' ', '-');
  let seq = 0;
  return {
    /** Prints the next numbered line; `print` answers whether every byte was taken. */
    line(print = printWhole) {
      seq += 1;
      if (print(`@${run}:${seq};`)) appendFileSync(file('acked'), `${run} ${seq} ${uptimeMs()}\n`);
    },
  };
}

/** One write(2) to standard output. */
function printWhole(text) {
  const bytes = Buffer.from(`${text}\n`);
  try {
    return writeSync(1, bytes) === bytes.length;
  } catch {
    // A full disk: this line is lost, and nobody was told otherwise.
    return false;
  }
}
