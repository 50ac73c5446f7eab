-- The status table: a public contract, any language may write it (docs/architecture.md §5).
CREATE TABLE service_status (
  service            TEXT    NOT NULL,
  instance           TEXT    NOT NULL DEFAULT '0',
  host               TEXT    NOT NULL DEFAULT '',
  pid                INTEGER,
  start_token        TEXT,
  state              TEXT    NOT NULL CHECK (state IN ('starting', 'running', 'scanning', 'idle', 'error', 'stopped')),
  reason             TEXT,
  heartbeat_at_ms    INTEGER NOT NULL,
  heartbeat_every_ms INTEGER,
  progress_name      TEXT,
  progress_seq       INTEGER,
  progress_at_ms     INTEGER,
  progress_within_ms INTEGER,
  generation         INTEGER NOT NULL DEFAULT 0,
  version            TEXT,
  mode               TEXT,
  rss_bytes          INTEGER,
  loop_lag_ms        REAL,
  detail_json        TEXT,
  PRIMARY KEY (service, instance)
) STRICT;

-- The flight recorder: one row for each start, ready, exit, restart and operator action.
CREATE TABLE service_events (
  id            INTEGER PRIMARY KEY,
  at_ms         INTEGER NOT NULL,
  service       TEXT    NOT NULL,
  instance      TEXT    NOT NULL DEFAULT '0',
  kind          TEXT    NOT NULL,
  cause         TEXT,
  actor         TEXT    NOT NULL,
  pid           INTEGER,
  exit_code     INTEGER,
  exit_signal   TEXT,
  manifest_hash TEXT,
  detail_json   TEXT
) STRICT;
CREATE INDEX service_events_by_service ON service_events (service, at_ms);

-- Who does a job that only one may do. `generation` rises with each new holder, and fences the writes of the old one.
CREATE TABLE leases (
  name          TEXT    NOT NULL PRIMARY KEY,
  holder        TEXT    NOT NULL,
  generation    INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT;

-- What the operator asked for, apart from what is observed.
CREATE TABLE service_desired (
  service       TEXT    NOT NULL PRIMARY KEY,
  wanted        TEXT    NOT NULL CHECK (wanted IN ('running', 'stopped')),
  since_ms      INTEGER NOT NULL,
  actor         TEXT    NOT NULL,
  manifest_hash TEXT
) STRICT;

-- Facts about the whole stack: the mode that was asked for last.
CREATE TABLE stack_facts (
  key   TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
