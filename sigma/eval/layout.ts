// Which rules each atom makes candidates, and how that is learnt: a rule's witness is chosen by how likely its
// atoms are, first by their shape, then by what the events of the log source set.
import type { Condition } from './atoms.ts'
import { type Witness, witnessOf } from './witness.ts'

export interface Layout {
  /** By atom: where its rules begin in `rules`, and where they end. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly rules: Int32Array
  /** Rules without a witness: checked for every event. */
  readonly always: Int32Array
}

/** Lays out rules by the atoms of their witnesses. There are many atoms and few in a view: no step takes all of them. */
export function layOut(
  rules: readonly number[],
  witnesses: readonly (Witness | undefined)[],
  atomCount: number,
): Layout {
  const starts = new Int32Array(atomCount)
  const ends = new Int32Array(atomCount)
  const always: number[] = []
  // The first place is nobody's, so that a start of 0 is none yet.
  let next = 1
  for (let i = 0; i < rules.length; i++) {
    const witness = witnesses[i]
    if (witness === undefined) always.push(rules[i]!)
    else for (let at = 0; at < witness.length; at++) ends[witness[at]!]!++
    next += witness?.length ?? 0
  }
  const byAtom = new Int32Array(next)
  next = 1
  for (let i = 0; i < rules.length; i++) {
    const witness = witnesses[i]
    if (witness === undefined) continue
    for (let at = 0; at < witness.length; at++) {
      const atom = witness[at]!
      if (starts[atom] === 0) {
        starts[atom] = next
        next += ends[atom]!
        ends[atom] = starts[atom]!
      }
      byAtom[ends[atom]!++] = rules[i]!
    }
  }
  return { starts, ends, rules: byAtom, always: Int32Array.from(always) }
}

/** Counts of the events after which witnesses are chosen anew. */
const LESSONS = [128, 1_024]
/** The guess from an atom's shape counts as so many events. */
const GUESS_EVENTS = 8

/** What a view's events have set so far. */
export interface Learning {
  /** By atom: the events that set it. */
  readonly counts: Uint32Array
  /** The atoms that events set. */
  readonly seen: number[]
  events: number
  lesson: number
}

export function startLearning(atomCount: number): Learning {
  return { counts: new Uint32Array(atomCount), seen: [], events: 0, lesson: 0 }
}

/** Counts the atoms of one event; true when it is time to choose anew. */
export function learn(learning: Learning, touched: Int32Array, count: number): boolean {
  const { counts, seen } = learning
  for (let i = 0; i < count; i++) {
    const atom = touched[i]!
    if (counts[atom] === 0) seen.push(atom)
    counts[atom]!++
  }
  learning.events++
  if (learning.events < LESSONS[learning.lesson]!) return false
  learning.lesson++
  return true
}

/** Whether another lesson is to come. */
export function isLearnt(learning: Learning): boolean {
  return learning.lesson >= LESSONS.length
}

/** Rules whose witness has an atom that events set. */
function rulesSet({ starts, ends, rules }: Layout, seen: readonly number[]): ReadonlySet<number> {
  const found = new Set<number>()
  for (const atom of seen) {
    const end = ends[atom]!
    for (let at = starts[atom]!; at < end; at++) found.add(rules[at]!)
  }
  return found
}

/**
 * Witnesses of laid out rules for atoms as likely as the events say. A witness of which no event set an atom stays:
 * none is better.
 */
export function learntWitnesses(
  rules: readonly number[],
  witnesses: readonly (Witness | undefined)[],
  layout: Layout,
  conditionOf: (rule: number) => Condition,
  guesses: readonly number[],
  { counts, seen, events }: Learning,
): readonly (Witness | undefined)[] {
  const changed = rulesSet(layout, seen)
  if (changed.size === 0) return witnesses
  const likelihoodOf = (atom: number): number =>
    (counts[atom]! + guesses[atom]! * GUESS_EVENTS) / (events + GUESS_EVENTS)
  return witnesses.map((witness, i) =>
    changed.has(rules[i]!) ? witnessOf(conditionOf(rules[i]!), likelihoodOf) : witness,
  )
}
