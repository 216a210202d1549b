-- Mutes: criteria that hold alerts back for a while, until the filter made of them is merged in Git. `effect` is what
-- was counted when it was made. `pending`: it hides true positives and waits for the second person's consent.
CREATE TABLE suppressions (
  number INTEGER PRIMARY KEY,
  rule_id TEXT,
  criteria TEXT NOT NULL,
  filter_id TEXT NOT NULL UNIQUE,
  filter TEXT NOT NULL,
  tests TEXT NOT NULL,
  path TEXT NOT NULL,
  owner TEXT NOT NULL,
  reason TEXT NOT NULL,
  event_id TEXT,
  effect TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'merged', 'expired', 'ended')),
  created INTEGER NOT NULL,
  by TEXT NOT NULL,
  expires INTEGER NOT NULL,
  agreed_by TEXT,
  agreed INTEGER,
  ended INTEGER,
  ended_by TEXT,
  proposal TEXT,
  matches INTEGER NOT NULL DEFAULT 0,
  last INTEGER
) STRICT;
CREATE INDEX suppressions_by_state ON suppressions (state, expires);
CREATE INDEX suppressions_by_rule ON suppressions (rule_id, number);

-- Which mute made an alert, for as long as that alert may come back.
CREATE TABLE held_alerts (
  alert INTEGER PRIMARY KEY REFERENCES alerts (number),
  suppression INTEGER NOT NULL REFERENCES suppressions (number)
) STRICT;
CREATE INDEX held_alerts_by_suppression ON held_alerts (suppression);

-- What people say of a rule, with the event as it was then.
CREATE TABLE feedback (
  number INTEGER PRIMARY KEY,
  rule_id TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('true_positive', 'false_positive')),
  reason TEXT NOT NULL,
  alert INTEGER REFERENCES alerts (number),
  event_id TEXT,
  event TEXT,
  at INTEGER NOT NULL,
  by TEXT NOT NULL
) STRICT;
CREATE INDEX feedback_by_rule ON feedback (rule_id, number);

-- Rows that someone made alerts of, and the addresses, domains and the like that stood in them.
CREATE TABLE promoted_events (
  event_id TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  alert INTEGER NOT NULL REFERENCES alerts (number),
  at INTEGER NOT NULL,
  by TEXT NOT NULL,
  PRIMARY KEY (event_id, rule_id)
) STRICT;

CREATE TABLE alert_observables (
  alert INTEGER NOT NULL REFERENCES alerts (number),
  type TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (alert, type, value)
) STRICT;
CREATE INDEX alert_observables_by_value ON alert_observables (type, value);

CREATE INDEX alerts_by_event ON alerts (event_id);
