-- Hunts that people keep on the server. Those of Git are files of the live content; runs of both are in `runs`.
CREATE TABLE hunts (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  owner TEXT NOT NULL,
  title TEXT NOT NULL,
  hunt TEXT NOT NULL,
  sharing TEXT NOT NULL CHECK (sharing IN ('private', 'team', 'roles')),
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  version INTEGER NOT NULL,
  proposal TEXT
) STRICT;
CREATE INDEX hunts_by_owner ON hunts (owner_id);
