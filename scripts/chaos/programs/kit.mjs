// A service on the kit: heartbeat, progress and a numbered log line every 50 ms.
import { startService } from '../../../dist/service.js';
import { beginRun } from './evidence.mjs';

const run = beginRun();
const service = await startService({ name: 'kit', heartbeatEveryMs: 500, shutdownWithinMs: 2_000 });
const timer = setInterval(() => {
  run.line((text) => {
    service.log.info(text);
    return true;
  });
  service.progress('line', { withinMs: 5_000 });
}, 50);
service.onShutdown(() => clearInterval(timer));
service.state('running');
