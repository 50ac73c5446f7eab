// Like a website: answers /health on PORT, and prints a numbered line every 100 ms.
import { createServer } from 'node:http';
import { beginRun } from './evidence.mjs';

const run = beginRun();
const server = createServer((_, response) => response.end('ok'));
server.listen(Number(process.env.PORT), '127.0.0.1');
const timer = setInterval(() => run.line(), 100);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    clearInterval(timer);
    server.close();
    server.closeAllConnections();
  });
