-- The program's own content is the first release (`seed`), and a release keeps what its checks found.
CREATE TABLE releases_next (
  number INTEGER PRIMARY KEY,
  commit_id TEXT NOT NULL,
  previous TEXT,
  author TEXT NOT NULL,
  subject TEXT NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('seed', 'push', 'pull', 'rollback')),
  status TEXT NOT NULL CHECK (status IN ('live', 'refused')),
  at INTEGER NOT NULL,
  by TEXT NOT NULL,
  rules INTEGER NOT NULL,
  summary TEXT NOT NULL,
  findings TEXT NOT NULL,
  report TEXT
) STRICT;
INSERT INTO releases_next
  SELECT number, commit_id, previous, author, subject, way, status, at, by, rules, summary, findings, NULL
  FROM releases;
DROP TABLE releases;
ALTER TABLE releases_next RENAME TO releases;

-- What an alert's rule was when it fired: release, commits and hashes. Alerts of one rule share a row.
CREATE TABLE provenances (
  hash TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
ALTER TABLE alerts ADD COLUMN provenance TEXT;
ALTER TABLE rule_texts ADD COLUMN provenance TEXT;

-- Alert volume before and after a release.
CREATE INDEX alerts_by_created ON alerts (created);
