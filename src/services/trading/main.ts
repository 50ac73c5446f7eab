import { EXIT } from '../../errors.js';
import { readConfig } from '../../service/config.js';
import { createFeed, readFeedConfig } from '../../service/market/feed.js';
import { pause } from '../../service/market/pause.js';
import { sourceLabel } from '../../service/market/source-label.js';
import { dataPath } from '../../service/paths.js';
import { startService } from '../../service/start-service.js';
import { candleSource } from './candle-source.js';
import { runEngine } from './engine.js';
import { waitForLease } from './engine-lease.js';
import { engineReport } from './engine-report.js';
import { startFallbackCollector } from './fallback-collector.js';
import { openLedger } from './ledger.js';
import { tradingEnvSchema, tradingRules } from './trading-config.js';

const { env } = process;
const service = await startService({ name: 'trading' });
const config = readConfig(tradingEnvSchema, env);
const feedConfig = readFeedConfig(env);
const feed = createFeed(feedConfig, { nowMs: service.now, pause, log: service.log });
const { series } = feed;
service.log.info({ series, rules: tradingRules(config) }, `PAPER trading on ${sourceLabel(series.source)}`);

const holder = `trading pid ${process.pid}`;
const marketPath = dataPath(env, 'market.db');
// Hooks run last to first: the collector ends, then the engine with its batch in flight, then the files are closed.
const ledger = openLedger(dataPath(env, 'trading.paper.db'));
service.onShutdown(() => ledger.close());
const source = candleSource(marketPath, series);
service.onShutdown(() => source.close());

const ttlMs = config.TRADING_LEASE_TTL_MS;
const lease = service.lease('trading', {
  ttlMs,
  onLost: () => service.stop('lost the lease "trading": another engine may run', EXIT.failed),
});
const collector = startFallbackCollector({ service, marketPath, feed, statusDb: env['SIGCTL_STATUS_DB'], holder });
const engine = trade();
service.onShutdown(() => engine);
service.onShutdown(() => collector.done);
await engine;

async function trade(): Promise<void> {
  if (!(await waitForLease(lease, service, { ttlMs, pause }))) return;
  const generation = ledger.claim(holder, () => lease.tryAcquire());
  if (generation === undefined) return service.stop('lost the lease "trading" at once', EXIT.failed);
  const accountId = ledger.openAccount(series, config.STARTING_CASH);
  const end = await runEngine(
    {
      series,
      feed: { kind: feedConfig.kind, expectEveryMs: feed.expectEveryMs },
      rules: tradingRules(config),
      accountId,
      generation,
      pollMs: config.TRADING_POLL_MS,
    },
    { service, ledger, source, report: engineReport(service), pause, collectorTrouble: () => collector.trouble() },
  );
  if (end === 'fenced') service.stop('another engine has taken the ledger over', EXIT.failed);
}
