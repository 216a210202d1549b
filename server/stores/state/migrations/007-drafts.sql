-- What people write in the rule editor before it is proposed: one open draft a person and file.
CREATE TABLE drafts (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  -- The rule that is edited; null for a new one.
  rule_id TEXT,
  path TEXT NOT NULL,
  text TEXT NOT NULL,
  test_text TEXT NOT NULL,
  -- The content's text that the draft started from; null where there was none.
  base_text TEXT,
  base_test_text TEXT,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  version INTEGER NOT NULL,
  -- The proposal that it became.
  proposal TEXT
) STRICT;
CREATE UNIQUE INDEX drafts_open ON drafts (owner, path) WHERE proposal IS NULL;
CREATE INDEX drafts_by_owner ON drafts (owner, updated);
