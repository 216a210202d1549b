-- Work that is due by the clock, and where it stands: rules with a schedule, hunts, rollouts to judge.
-- Rows without an interval run on demand only.
CREATE TABLE schedules (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  interval_ms INTEGER,
  next_run_at INTEGER,
  last_run_at INTEGER,
  -- Covered up to this sequence of this intake.
  epoch TEXT,
  cutoff INTEGER,
  -- Pairs of sequences as JSON, oldest first: in between the rule ran as events arrived. The last may have
  -- null as its end: then it still does, and one last run goes up to its start.
  gaps TEXT,
  -- The run that holds the lease, empty for none; its holder raises beat.
  lease TEXT NOT NULL DEFAULT '',
  beat INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX schedules_due ON schedules (next_run_at);
-- A time further ahead than one interval is a clock's that was wrong.
CREATE INDEX schedules_ahead ON schedules (next_run_at - interval_ms);
CREATE INDEX schedules_leased ON schedules (lease) WHERE lease <> '';

CREATE TABLE runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  trigger TEXT NOT NULL CHECK (trigger IN ('schedule', 'catch-up', 'manual')),
  mode TEXT NOT NULL CHECK (mode IN ('detect', 'replay')),
  status TEXT NOT NULL CHECK (status IN ('running', 'ok', 'failed', 'interrupted')),
  by TEXT NOT NULL,
  scheduled_for INTEGER,
  started INTEGER NOT NULL,
  finished INTEGER,
  duration_ms INTEGER,
  progress REAL NOT NULL DEFAULT 0,
  matches INTEGER NOT NULL DEFAULT 0,
  suppressed INTEGER NOT NULL DEFAULT 0,
  alerts INTEGER NOT NULL DEFAULT 0,
  -- Matches that the run before did not have; null where that is not asked.
  fresh INTEGER,
  sample_event_ids TEXT NOT NULL DEFAULT '[]',
  error TEXT,
  rule_commit TEXT,
  rule_hash TEXT,
  from_sequence INTEGER,
  to_sequence INTEGER,
  -- What the kind of work adds, as JSON.
  detail TEXT
) STRICT;
CREATE INDEX runs_of ON runs (kind, id, number);
CREATE INDEX runs_by_start ON runs (started);

-- A transaction that must hold a lease inserts here whether it does; NULL undoes it. Always empty.
CREATE TABLE run_guard (held INTEGER NOT NULL) STRICT;

-- What detection did for each rule by hour of the server's clock.
CREATE TABLE rule_hours (
  hour INTEGER NOT NULL,
  rule_id TEXT NOT NULL,
  matches INTEGER NOT NULL,
  suppressed INTEGER NOT NULL,
  alerts INTEGER NOT NULL,
  -- Would-be alerts of the shadow lane.
  shadow INTEGER NOT NULL,
  PRIMARY KEY (hour, rule_id)
) STRICT, WITHOUT ROWID;

-- Since when a rule is at its stage with this text, and what was decided there: once.
CREATE TABLE rollouts (
  rule_id TEXT PRIMARY KEY,
  rule_hash TEXT NOT NULL,
  stage TEXT NOT NULL,
  since INTEGER NOT NULL,
  -- The stage that it should go to.
  decision TEXT,
  decided INTEGER,
  proposal TEXT,
  -- The criteria with what was measured, as JSON.
  measured TEXT,
  -- Why no change could be proposed.
  problem TEXT
) STRICT;

-- What rules in shadow, and canaries outside their share, would have raised. Never alerts.
CREATE TABLE shadow_alerts (
  number INTEGER PRIMARY KEY,
  rule_id TEXT NOT NULL,
  rule_hash TEXT NOT NULL,
  stage TEXT NOT NULL,
  title TEXT NOT NULL,
  severity TEXT NOT NULL,
  dedup_hash TEXT NOT NULL,
  count INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  host TEXT,
  user TEXT,
  src_ip TEXT,
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  event TEXT NOT NULL,
  event_ids TEXT NOT NULL,
  verdict TEXT,
  judged_by TEXT
) STRICT;
CREATE INDEX shadow_alerts_by_dedup ON shadow_alerts (dedup_hash, number);
CREATE INDEX shadow_alerts_by_rule ON shadow_alerts (rule_id, number);
CREATE INDEX shadow_alerts_by_last_seen ON shadow_alerts (last_seen);
