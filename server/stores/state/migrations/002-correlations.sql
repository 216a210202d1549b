-- The correlation engine's state, as it was after a match of an intake: one row. Later matches up to the cursor are
-- replayed from the intake.
CREATE TABLE correlation_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  snapshot TEXT NOT NULL
) STRICT;
