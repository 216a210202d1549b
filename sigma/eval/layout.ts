// Which rules each atom makes candidates, and how that is learnt: a rule's witness is chosen by how likely its
// atoms are, first by their shape, then by what the events of the log source set.
import type { Condition } from './atoms.ts'
import { type Witness, witnessOf } from './witness.ts'

export interface Layout {
  /** By atom: where its rules begin in `rules`; one more entry for the end. */
  readonly first: Int32Array
  readonly rules: Int32Array
  /** Rules without a witness: checked for every event. */
  readonly always: Int32Array
}

/** Lays out rules by the atoms of their witnesses. */
export function layOut(
  rules: readonly number[],
  witnesses: readonly (Witness | undefined)[],
  atomCount: number,
): Layout {
  const first = new Int32Array(atomCount + 1)
  const always: number[] = []
  for (const [i, rule] of rules.entries()) {
    const witness = witnesses[i]
    if (witness === undefined) always.push(rule)
    else for (const atom of witness) first[atom + 1]!++
  }
  for (let atom = 0; atom < atomCount; atom++) first[atom + 1]! += first[atom]!
  const next = first.slice()
  const byAtom = new Int32Array(first[atomCount]!)
  for (const [i, rule] of rules.entries()) {
    for (const atom of witnesses[i] ?? []) byAtom[next[atom]!++] = rule
  }
  return { first, rules: byAtom, always: Int32Array.from(always) }
}

/** Counts of the events after which witnesses are chosen anew. */
const LESSONS = [128, 1_024]
/** The guess from an atom's shape counts as so many events. */
const GUESS_EVENTS = 8

/** What a view's events have set so far. */
export interface Learning {
  readonly counts: Uint32Array
  events: number
  lesson: number
}

export function startLearning(atomCount: number): Learning {
  return { counts: new Uint32Array(atomCount), events: 0, lesson: 0 }
}

/** Counts the atoms of one event; true when it is time to choose anew. */
export function learn(learning: Learning, touched: Int32Array, count: number): boolean {
  for (let i = 0; i < count; i++) learning.counts[touched[i]!]!++
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
function rulesSet({ first, rules }: Layout, counts: Uint32Array): ReadonlySet<number> {
  const found = new Set<number>()
  for (let atom = 0; atom < counts.length; atom++) {
    if (counts[atom] === 0) continue
    const end = first[atom + 1]!
    for (let at = first[atom]!; at < end; at++) found.add(rules[at]!)
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
  conditions: readonly Condition[],
  guesses: readonly number[],
  { counts, events }: Learning,
): readonly (Witness | undefined)[] {
  const changed = rulesSet(layout, counts)
  if (changed.size === 0) return witnesses
  const likelihoods = new Float64Array(guesses.length)
  for (let atom = 0; atom < guesses.length; atom++) {
    likelihoods[atom] = (counts[atom]! + guesses[atom]! * GUESS_EVENTS) / (events + GUESS_EVENTS)
  }
  return witnesses.map((witness, i) =>
    changed.has(rules[i]!) ? witnessOf(conditions[rules[i]!]!, likelihoods) : witness,
  )
}
