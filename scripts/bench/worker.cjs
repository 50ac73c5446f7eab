// The service of the bench: writes down its pid and the instant of its first line, then waits.
const { appendFileSync } = require('node:fs');
const { performance } = require('node:perf_hooks');

appendFileSync(process.env.STAMPS, `${process.pid} ${performance.timeOrigin + performance.now()}\n`);
setInterval(() => undefined, 60_000);
