// The leaking service of the bench: 50 MB more each second, every page of it touched.
const { appendFileSync } = require('node:fs');
const { performance } = require('node:perf_hooks');

const STEP_BYTES = 5 * 1024 ** 2;
const STEP_MS = 100;
/** Nobody's machine is to suffer from a supervisor that never acts. */
const MOST_BYTES = 3 * 1024 ** 3;

appendFileSync(process.env.STAMPS, `${process.pid} ${performance.timeOrigin + performance.now()}\n`);
const kept = [];
setInterval(() => {
  kept.push(Buffer.alloc(STEP_BYTES, 1));
  if (kept.length * STEP_BYTES > MOST_BYTES) process.exit(9);
}, STEP_MS);
