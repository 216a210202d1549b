-- Changes to content that were proposed from the pages: a branch and a commit in content.git, and what
-- became of them.
CREATE TABLE proposals (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('rule', 'filter', 'hunt', 'rollout', 'revert')),
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  branch TEXT NOT NULL UNIQUE,
  base TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  paths TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'open', 'merged', 'closed', 'failed')),
  url TEXT,
  number INTEGER,
  error TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  by TEXT NOT NULL
) STRICT;
CREATE INDEX proposals_by_time ON proposals (created);
CREATE INDEX proposals_by_state ON proposals (state, created);

-- What must leave the server. A row is written in the transaction of what it tells of; the worker leases
-- it, sends it, marks it. `topic` is what it is about: of two pending commit statuses of one commit only
-- the newest counts. `key` makes a second row for the same thing impossible.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('proposal', 'webhook', 'commit-status')),
  destination TEXT NOT NULL,
  topic TEXT,
  key TEXT UNIQUE,
  payload TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'skipped', 'dead')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,
  lease TEXT,
  lease_until INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (kind, next_at) WHERE state = 'pending';
CREATE INDEX outbox_by_state ON outbox (state, updated);
CREATE INDEX outbox_by_topic ON outbox (topic) WHERE topic IS NOT NULL;

-- Where alerts are sent: each new alert adds a row for each of them.
CREATE TABLE outbox_destinations (
  name TEXT PRIMARY KEY
) STRICT;
