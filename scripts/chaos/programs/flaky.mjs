// Ends by itself after one to six seconds with a code of its own choice, never 0 alone.
import { beginRun } from './evidence.mjs';

const CODES = [0, 1, 3, 17, 100, 139, 255];
const run = beginRun();
setInterval(() => run.line(), 100);
setTimeout(
  () => {
    run.line();
    process.exit(CODES[Math.floor(Math.random() * CODES.length)]);
  },
  1_000 + Math.random() * 5_000,
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
