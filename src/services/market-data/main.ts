import { openCandleStore } from '../../service/market/candle-store.js';
import { runCollector } from '../../service/market/collector.js';
import { createFeed, readFeedConfig } from '../../service/market/feed.js';
import { pause } from '../../service/market/pause.js';
import { dataPath } from '../../service/paths.js';
import { startService } from '../../service/start-service.js';
import { candleReport } from './candle-report.js';

const { env } = process;
const service = await startService({ name: 'market-data' });
const feed = createFeed(readFeedConfig(env), { nowMs: service.now, pause, log: service.log });
const collecting = collect();
// The lease is given back before the process ends, so that the next collector need not wait for its expiry.
service.onShutdown(() => collecting);
await collecting;

/** Opens the file anew whenever it was moved or deleted under the collector. */
async function collect(): Promise<void> {
  const onEvent = candleReport(service, feed);
  while (!service.signal.aborted) {
    const store = openCandleStore(dataPath(env, 'market.db'));
    await runCollector({
      service,
      store,
      feed,
      role: 'preferred',
      statusDb: env['SIGCTL_STATUS_DB'],
      holder: `market-data pid ${process.pid}`,
      onEvent,
    });
    store.close();
  }
}
