-- What was offered as a release, and what became of it. The content itself is in content.git.
CREATE TABLE releases (
  number INTEGER PRIMARY KEY,
  commit_id TEXT NOT NULL,
  previous TEXT,
  author TEXT NOT NULL,
  subject TEXT NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('push', 'pull', 'rollback')),
  status TEXT NOT NULL CHECK (status IN ('live', 'refused')),
  at INTEGER NOT NULL,
  by TEXT NOT NULL,
  rules INTEGER NOT NULL,
  summary TEXT NOT NULL,
  findings TEXT NOT NULL
) STRICT;
