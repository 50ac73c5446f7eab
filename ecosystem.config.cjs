// The stack that ships with sigctl, and an example to copy from. It is a plain PM2 file: what sigctl adds sits under the key
// "sigctl", for each app and for the stack as a whole. `sigctl` looks for it from the current folder upward.
//
// Another project can run this very stack:  module.exports = require('sigctl/ecosystem.config.cjs')
// That is why scripts are absolute here. In a manifest of your own a relative path begins at the manifest's folder.
const path = require('node:path');

const script = (name) => path.join(__dirname, 'dist/services', name, 'main.js');

/** Where candles come from: read by market-data, and by trading while market-data does not run. */
const FEED = [
  'MARKET_FEED', // sim (default), replay:<csv or csv.gz>, kraken
  'MARKET_SYMBOL',
  'MARKET_INTERVAL_S',
  'REPLAY_SPEED',
  'SIM_SEED',
  'SIM_TICK_MS',
  'SIM_HISTORY',
  'KRAKEN_URL',
  'KRAKEN_POLL_MS',
];

module.exports = {
  apps: [
    {
      name: 'website',
      script: script('website'),
      max_memory_restart: '512M', // restarted above it; sizes as in PM2: 512M, 2G
      kill_timeout: 8000, // a stop is SIGINT, then SIGKILL after so many milliseconds ("8s" works too)
      // A worker process serves, and the process of the service only looks after it: so `sigctl reload website` and a deploy replace the
      // one that serves without a request lost. '0': one process less, some 60 MB, and a restart is a gap of a second.
      env: { WORKERS: '1' },
      sigctl: {
        reload: { signal: 'SIGHUP', within: '20s' }, // how it takes up new code; without this `sigctl reload` refuses
        port: 3001, // where it listens; PORT of your shell wins, since passEnv lets it in
        ready: { http: '/health', within: '20s' }, // `sigctl start` returns when this answers 2xx
        // Alive but silent for longer: hung. A liveness check that fails three times in a row gets it restarted.
        health: { heartbeat: '15s', liveness: { http: '/health' } },
        passEnv: ['PORT', 'HOST', 'ALLOWED_HOSTS', 'LOG_LEVEL'], // nothing else of your shell gets in
      },
    },
    {
      name: 'trading',
      script: script('trading'),
      max_memory_restart: '2048M',
      kill_timeout: 15000, // an order in flight is written down before it leaves
      env: { NODE_OPTIONS: '--max-old-space-size=1536' }, // below the limit, so that node collects before it is restarted
      sigctl: {
        after: ['market-data'], // the order when both start; `needs` would start it as well
        takeBack: 'last', // when PM2 died: brought back after the others, and not in the middle of a cycle
        ready: { heartbeat: true, within: '20s' }, // its first row in the status table
        // A cycle is finished work. Heartbeats without one for this long: stale, however alive the process looks.
        health: { heartbeat: '15s', progress: { name: 'cycle', within: '90s' } },
        // Wait 250 ms before the first restart, half as much again before each further one; give up at the fifth exit in 2 minutes.
        restart: { backoff: ['250ms', '15s'], breaker: { exits: 5, within: '2m' } },
        passEnv: [
          ...FEED,
          'LOG_LEVEL',
          'PAPER_MODE',
          'FAST',
          'SLOW',
          'STARTING_CASH',
          'PAPER_FEE_BPS',
          'PAPER_SLIPPAGE_BPS',
          'TRADE_FRACTION',
          'PAPER_MIN_SIZE',
          'PAPER_MIN_COST',
          'TRADING_POLL_MS',
          'TRADING_LEASE_TTL_MS',
        ],
      },
    },
    {
      name: 'market-data',
      script: script('market-data'),
      max_memory_restart: '1024M',
      kill_timeout: 8000,
      env: { NODE_OPTIONS: '--max-old-space-size=768' },
      sigctl: {
        ready: { heartbeat: true, within: '20s' },
        health: { heartbeat: '15s', progress: { name: 'candle', within: '90s' } },
        passEnv: [...FEED, 'LOG_LEVEL'],
      },
    },
  ],
  sigctl: {
    name: 'sigctl',
    // `sigctl mode standard` starts what is missing, stops what is too much, and leaves the rest alone.
    modes: {
      minimal: ['website', 'trading'],
      standard: ['website', 'trading', 'market-data'],
      full: '*',
    },
  },
};
