// A stranger that looks like a service: the same words in its command line. Any signal that reaches it is put down.
import { appendFileSync } from 'node:fs';
import { constants } from 'node:os';

const [, , file] = process.argv;
const UNCATCHABLE = ['SIGKILL', 'SIGSTOP'];
/** A kernel's or a debugger's, or node's own. */
const LEFT_ALONE = [
  'SIGPROF',
  'SIGSEGV',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGABRT',
  'SIGTRAP',
  'SIGIOT',
  'SIGCHLD',
  'SIGPIPE',
];
for (const signal of Object.keys(constants.signals)) {
  if (UNCATCHABLE.includes(signal) || LEFT_ALONE.includes(signal)) continue;
  process.on(signal, () => appendFileSync(file, `${signal}\n`));
}
appendFileSync(file, '');
// The channel to the suite keeps it alive; without the suite nobody would look at it.
process.on('disconnect', () => process.exit(0));
