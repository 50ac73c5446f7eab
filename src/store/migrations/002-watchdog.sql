-- What was known of a process when it ended: the flight recorder is asked months later.
ALTER TABLE service_events ADD COLUMN memory_bytes INTEGER;
ALTER TABLE service_events ADD COLUMN version TEXT;
-- The last lines of its log, as a JSON list; values of secret variables are masked.
ALTER TABLE service_events ADD COLUMN log_tail_json TEXT;
CREATE INDEX service_events_by_time ON service_events (at_ms);

-- The last process of each key that the recorder has seen: what is not here yet has started, what is gone has ended.
CREATE TABLE service_processes (
  key           TEXT    NOT NULL PRIMARY KEY,
  service       TEXT    NOT NULL,
  instance      TEXT    NOT NULL,
  pid           INTEGER NOT NULL,
  start_token   TEXT    NOT NULL,
  boot_id       TEXT    NOT NULL,
  start_id      TEXT    NOT NULL,
  starts        INTEGER NOT NULL,
  started_at_ms INTEGER NOT NULL,
  manifest_hash TEXT,
  -- The largest memory of its tree that the watchdog saw.
  memory_bytes  INTEGER,
  ended         INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1))
) STRICT;

-- Why a process is going to start or to end: written before it is done, by whoever does it.
CREATE TABLE process_intents (
  id          INTEGER PRIMARY KEY,
  key         TEXT    NOT NULL,
  kind        TEXT    NOT NULL CHECK (kind IN ('start', 'exit')),
  -- The start id of a start; `<pid> <start token>` of an exit.
  ref         TEXT    NOT NULL,
  cause       TEXT    NOT NULL,
  actor       TEXT    NOT NULL,
  at_ms       INTEGER NOT NULL,
  detail_json TEXT,
  UNIQUE (kind, key, ref)
) STRICT;

-- The last answers of health checks. Those of another process than the one that runs now do not count.
CREATE TABLE service_checks (
  service     TEXT    NOT NULL,
  instance    TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  kind        TEXT    NOT NULL CHECK (kind IN ('liveness', 'readiness')),
  pid         INTEGER NOT NULL,
  start_token TEXT    NOT NULL,
  ok          INTEGER NOT NULL CHECK (ok IN (0, 1)),
  reason      TEXT    NOT NULL,
  since_ms    INTEGER NOT NULL,
  at_ms       INTEGER NOT NULL,
  PRIMARY KEY (service, instance, name)
) STRICT;

-- The verdict that the watchdog saw last, so that alerts are about changes only, also across its restarts.
CREATE TABLE service_verdicts (
  -- `*` with the instances `disk` and `pm2`: what concerns the stack as a whole.
  service           TEXT    NOT NULL,
  instance          TEXT    NOT NULL,
  verdict           TEXT    NOT NULL,
  reason            TEXT    NOT NULL,
  since_ms          INTEGER NOT NULL,
  -- The verdict that was told last; NULL: nothing bad was told since it was fine.
  alerted           TEXT,
  alerted_at_ms     INTEGER NOT NULL DEFAULT 0,
  -- How often it went bad, since when, and when it last ceased to be: a service that flaps is told once.
  episodes          INTEGER NOT NULL DEFAULT 0,
  episodes_since_ms INTEGER NOT NULL DEFAULT 0,
  calm_since_ms     INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (service, instance)
) STRICT;

-- Alerts on their way: one row for each channel. What is delivered or given up stays for a while, to be looked at.
CREATE TABLE alert_outbox (
  id             INTEGER PRIMARY KEY,
  created_at_ms  INTEGER NOT NULL,
  channel        TEXT    NOT NULL CHECK (channel IN ('telegram', 'webhook', 'command')),
  -- The same key waiting twice is one message: the newer body wins, and the count says how many. What may have been
  -- sent already is not changed any more; a newer one waits behind it.
  dedupe_key     TEXT    NOT NULL,
  body_json      TEXT    NOT NULL,
  count          INTEGER NOT NULL DEFAULT 1,
  state          TEXT    NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
  attempts       INTEGER NOT NULL DEFAULT 0,
  next_at_ms     INTEGER NOT NULL,
  last_error     TEXT,
  -- 1: an attempt began and nobody knows how it ended; the next one may be the second that arrives.
  uncertain      INTEGER NOT NULL DEFAULT 0 CHECK (uncertain IN (0, 1)),
  settled_at_ms  INTEGER
) STRICT;
CREATE INDEX alert_outbox_pending ON alert_outbox (next_at_ms) WHERE state = 'pending';
