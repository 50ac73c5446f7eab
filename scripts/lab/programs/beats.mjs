// A service on the kit that works twice a second, until the file `hang` appears in its folder: then its event loop stands still for
// as many seconds as the file says.
import { readFileSync, rmSync } from 'node:fs';
import { startService } from '../../../dist/service.js';

const service = await startService({ name: 'beats', heartbeatEveryMs: 1_000 });
const timer = setInterval(work, 500);
service.onShutdown(() => clearInterval(timer));
work();
service.state('running');

function work() {
  hangAsTold();
  service.progress('beat', { withinMs: 15_000 });
}

function hangAsTold() {
  let seconds;
  try {
    seconds = Number(readFileSync('hang', 'utf8'));
    rmSync('hang');
  } catch {
    return;
  }
  service.log.info(`hanging for ${seconds} s`);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1_000);
}
