// What the host puts into the memory of a matching kernel: every field is 32 bits, in the order of
// `sigma/eval/flat-kernel.ts`.

/** Up to 31 literals of one character: by character the bit of its literal, by bit its atom. */
@unmanaged
export class Singles {
  masks: usize
  atoms: usize
  next: Singles
}

/** A literal: ASCII, folded, not empty; the bits of its kind in `build.ts`. */
@unmanaged
export class Literal {
  text: usize
  length: u32
  kind: u32
  atom: i32
}

/** See `sigma/eval/automaton.ts`. */
@unmanaged
export class Automaton {
  classes: usize
  classCount: u32
  table: usize
  depthAt: usize
  ends: usize
}

/** What ends, or goes on alone, at a place of an automaton: its atom or -1, the rest that must follow, the end of the
 * next shorter suffix or -1, and the row to go on from. */
@unmanaged
export class End {
  row: i32
  atom: i32
  shorter: i32
  rest: usize
  restLength: u32
}

/** See `sigma/eval/trie.ts`; `literals` are addresses. */
@unmanaged
export class Trie {
  classes: usize
  classCount: u32
  table: usize
  firstAt: usize
  literals: usize
}

/** The literals of one field; what it has none of is 0. */
@unmanaged
export class Index {
  singles: Singles
  inner: Automaton
  start: Trie
  end: Trie
}

/** How a memo has paid so far: see `sigma/eval/trial.ts`. */
@unmanaged
export class Trial {
  lookups: u32
  hits: u32
  rest: u32
}

@unmanaged
export class Reader {
  id: u32
  readsNumbers: u32
  /** Its values are remembered in this trial; 0: they are not. */
  trial: Trial
  hasAlways: u32
  hasNetworks: u32
  /** By atom: bits of what is done with it. */
  relevant: usize
  first: Index
  second: Index
  /** Atoms that any value sets, of the field and of its text as a keyword, or -1. */
  presence: i32
  keywordPresence: i32
}

/** See `sigma/eval/flat-plan.ts`. Arrays are of 32 bits an element. */
@unmanaged
export class Plan {
  id: u32
  remembers: u32
  trial: Trial
  count: u32
  values: usize
  readers: usize
  idleCount: u32
  idle: usize
  /** Value, other value, whether case counts: three words each. */
  referenceCount: u32
  references: usize
  /** What was found, by place; the key has one more, of the references. */
  kinds: usize
  starts: usize
  counts: usize
  key: usize
  /** Whether every line goes to the host; so does one that leads to rules (`LEADS`). */
  hasAlways: u32
}

/** How lines that end at one place go on: those with these texts by this plan. */
@unmanaged
export class Route {
  next: Route
  plan: Plan
  /** Value, text and its length: three words each. */
  textCount: u32
  texts: usize
  /** Values that must be times before a day. */
  timeCount: u32
  times: usize
  day: usize
}

/** Values, sets or lines that are remembered. */
@unmanaged
export class Memo {
  isFull: u32
  count: u32
  textEnd: u32
  atomEnd: u32
  /** Length of the table, less one. */
  mask: u32
  table: usize
  entries: usize
  texts: usize
  atoms: usize
  entriesMax: u32
  textsMax: u32
  atomsMax: u32
}
