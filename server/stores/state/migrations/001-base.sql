-- Users and how they prove who they are. Times are milliseconds since 1970 UTC everywhere.
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  disabled INTEGER NOT NULL DEFAULT 0,
  epoch INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL,
  last_seen INTEGER
) STRICT;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL REFERENCES users (id),
  csrf TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  ip TEXT NOT NULL,
  agent TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id),
  created INTEGER NOT NULL,
  last_used INTEGER,
  expires INTEGER,
  revoked INTEGER
) STRICT;

-- What happened, each entry chained to the one before by hash. Only ever inserted into.
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  before TEXT,
  after TEXT,
  ip TEXT,
  hash TEXT NOT NULL
) STRICT;

-- Rules as they were when loaded, by hash of their text: old alerts show the text that fired.
CREATE TABLE rule_texts (
  hash TEXT PRIMARY KEY,
  rule_id TEXT NOT NULL,
  facts TEXT NOT NULL,
  loaded INTEGER NOT NULL
) STRICT;

CREATE TABLE alerts (
  number INTEGER PRIMARY KEY,
  rule_id TEXT NOT NULL,
  rule_hash TEXT NOT NULL,
  rule_title TEXT NOT NULL,
  title TEXT NOT NULL,
  severity TEXT NOT NULL,
  severity_rank INTEGER NOT NULL,
  status TEXT NOT NULL,
  verdict TEXT,
  reason TEXT,
  owner TEXT,
  dedup_hash TEXT NOT NULL,
  count INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  changed_at INTEGER,
  changed_by TEXT,
  version INTEGER NOT NULL,
  previous INTEGER,
  host TEXT,
  user TEXT,
  src_ip TEXT,
  dst_ip TEXT,
  source TEXT NOT NULL,
  tags TEXT NOT NULL,
  event_id TEXT NOT NULL
) STRICT;
CREATE INDEX alerts_by_dedup ON alerts (dedup_hash, number);
CREATE INDEX alerts_by_rule ON alerts (rule_id, number);
CREATE INDEX alerts_by_state ON alerts (status, severity);
CREATE INDEX alerts_by_last_seen ON alerts (last_seen, number);

-- Apart from the alerts, so that the rows that every match changes stay small: the first event, never
-- changed, and the ids of the newest.
CREATE TABLE alert_events (
  alert INTEGER PRIMARY KEY REFERENCES alerts (number),
  event TEXT NOT NULL
) STRICT;

CREATE TABLE alert_event_ids (
  alert INTEGER PRIMARY KEY REFERENCES alerts (number),
  ids TEXT NOT NULL
) STRICT;

CREATE TABLE alert_activity (
  id INTEGER PRIMARY KEY,
  alert INTEGER NOT NULL REFERENCES alerts (number),
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  before TEXT,
  after TEXT
) STRICT;
CREATE INDEX alert_activity_by_alert ON alert_activity (alert, id);

-- How far detection's matches are in alerts: one row, written in the alerts' own transaction.
CREATE TABLE match_cursor (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch TEXT NOT NULL,
  sequence INTEGER NOT NULL
) STRICT;

CREATE TABLE rule_counters (
  rule_id TEXT PRIMARY KEY,
  matches INTEGER NOT NULL,
  suppressed INTEGER NOT NULL,
  alerts INTEGER NOT NULL,
  last INTEGER
) STRICT;

CREATE TABLE links (
  id TEXT PRIMARY KEY,
  target TEXT NOT NULL,
  created INTEGER NOT NULL,
  created_by TEXT NOT NULL
) STRICT;

CREATE TABLE source_settings (
  source TEXT PRIMARY KEY,
  silent_after_s INTEGER NOT NULL
) STRICT;

CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value REAL NOT NULL
) STRICT;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
