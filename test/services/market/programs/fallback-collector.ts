import { openCandleStore } from '../../../../src/service/market/candle-store.js';
import { runCollector } from '../../../../src/service/market/collector.js';
import { createFeed, readFeedConfig } from '../../../../src/service/market/feed.js';
import { pause } from '../../../../src/service/market/pause.js';
import { dataPath } from '../../../../src/service/paths.js';
import { startService } from '../../../../src/service/start-service.js';

// Collects as trading does, and prints each event of the collector.
const { env } = process;
const service = await startService({ name: 'trading' });
const feed = createFeed(readFeedConfig(env), { nowMs: service.now, pause, log: service.log });
const store = openCandleStore(dataPath(env, 'market.db'));
const done = runCollector({
  service,
  store,
  feed,
  role: 'fallback',
  statusDb: env['SIGCTL_STATUS_DB'],
  holder: `fallback pid ${process.pid}`,
  onEvent: (event) => service.log.info({ event: event.kind }, `event ${event.kind}`),
});
service.onShutdown(() => done);
service.state('running');
await done;
