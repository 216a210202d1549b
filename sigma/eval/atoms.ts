// The predicates of all rules as atoms: equal predicates share one. An atom is set while an event's values
// are scanned: at once for plain literals; after a check for what needs one (regexes, wildcards, numbers),
// made only where a literal that it needs was seen. What no single value decides is a late test, run when a
// condition asks for it.
import type { Expr, Target, Test, WildcardPart } from '../ir/expr.ts'
import { fold } from '../text/fold.ts'
import type { ValueTest } from './evaluate.ts'
import { likelihoodOf, PRESENCE_LIKELIHOOD } from './likelihood.ts'
import { regexOf } from './operands.ts'
import { LITERAL_KINDS, type LiteralKind } from './text-index.ts'

/** A rule's expression over atoms and late tests. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly args: readonly Condition[] }
  | { readonly kind: 'not'; readonly arg: Condition }
  | { readonly kind: 'const'; readonly value: boolean }
  /** A checked atom has its test: it may be pending when the condition reads it. */
  | { readonly kind: 'atom'; readonly atom: number; readonly check: LateTest | undefined }
  /** Can only hold when one of `guards` is set; undefined: nothing is known before. */
  | { readonly kind: 'late'; readonly late: number; readonly guards: readonly number[] | undefined }

/** The values of one field, or of all texts for keywords, and what is asked of them. */
export interface Slot {
  /** The field's name; undefined for keywords. */
  readonly name: string | undefined
  readonly literals: LiteralColumns
  readonly checked: CheckedTest[]
  /** Set when there is a value that is not null; -1 when nobody asks. */
  presence: number
}

/** Many small texts, by place: columns are kept and read in a fraction of the time of objects. */
export interface LiteralColumns {
  /** Folded, not empty. */
  readonly texts: string[]
  /** Places in `LITERAL_KINDS`. */
  readonly kinds: number[]
  readonly atoms: number[]
}

/** A test of one value that literals alone do not decide. */
export interface CheckedTest {
  readonly atom: number
  readonly test: ValueTest
  /** Literals of the slot of which one is in every value that passes; undefined: any value may. */
  readonly guards: readonly number[] | undefined
}

/** What no single value decides. */
export interface LateTest {
  readonly target: Target
  readonly test: Test
}

export interface Atoms {
  /** How likely an atom is to be set, 0 to 1: an estimate from its shape. */
  readonly likelihoods: number[]
  readonly late: LateTest[]
  readonly slots: Slot[]
  /** Guards of checked atoms. */
  readonly guardsOf: Map<number, readonly number[]>
  readonly ids: Map<string, number>
  readonly lateIds: Map<string, number>
  readonly slotIds: Map<string | undefined, number>
}

export function createAtoms(): Atoms {
  return {
    likelihoods: [],
    late: [],
    slots: [],
    guardsOf: new Map(),
    ids: new Map(),
    lateIds: new Map(),
    slotIds: new Map(),
  }
}

/** Turns an expression into a condition, adding its predicates to `atoms`. */
export function lowerToAtoms(expr: Expr, atoms: Atoms): Condition {
  switch (expr.kind) {
    case 'const':
      return expr
    case 'not':
      return { kind: 'not', arg: lowerToAtoms(expr.arg, atoms) }
    case 'and':
    case 'or':
      return { kind: expr.kind, args: expr.args.map((arg) => lowerToAtoms(arg, atoms)) }
    case 'match':
      return lowerMatch(expr.target, expr.test, atoms)
  }
}

function lowerMatch(target: Target, test: Test, atoms: Atoms): Condition {
  const slot = slotOf(target, atoms)
  if (slot === undefined) return late(target, test, undefined, atoms)
  switch (test.kind) {
    case 'exists': {
      // Nulls and empty lists are there as well, and set no atom.
      const anyway = late(target, { kind: 'exists', value: true }, undefined, atoms)
      const present: Condition = { kind: 'or', args: [plain(presenceOf(slot, atoms)), anyway] }
      return test.value ? present : { kind: 'not', arg: present }
    }
    case 'any':
      return plain(presenceOf(slot, atoms))
    case 'null': {
      const guard = presenceOf(slot, atoms)
      const absent: Condition = { kind: 'not', arg: plain(guard) }
      return { kind: 'or', args: [absent, late(target, test, [guard], atoms)] }
    }
    case 'fieldref':
      return late(target, test, [presenceOf(slot, atoms)], atoms)
    default: {
      const exact = exactLiteral(test)
      if (exact !== undefined) {
        return plain(literalAtom(slot, exact.kind, exact.text, atoms))
      }
      // Its answer for a number is not that for the number's text.
      if (test.kind === 'number') return late(target, test, [presenceOf(slot, atoms)], atoms)
      return { kind: 'atom', atom: checkedAtom(slot, test, atoms), check: { target, test } }
    }
  }
}

function plain(atom: number): Condition {
  return { kind: 'atom', atom, check: undefined }
}

function slotOf(target: Target, atoms: Atoms): number | undefined {
  if (target.scope !== 'field' && target.scope !== 'keyword') return undefined
  const name = target.scope === 'field' ? target.name : undefined
  let slot = atoms.slotIds.get(name)
  if (slot === undefined) {
    slot = atoms.slots.length
    const literals: LiteralColumns = { texts: [], kinds: [], atoms: [] }
    atoms.slots.push({ name, literals, checked: [], presence: -1 })
    atoms.slotIds.set(name, slot)
  }
  return slot
}

interface LiteralTest {
  readonly kind: LiteralKind
  readonly text: string
}

/** The literal that is the whole meaning of a test, where there is one. */
function exactLiteral(test: Test): LiteralTest | undefined {
  switch (test.kind) {
    case 'equals':
    case 'startswith':
    case 'endswith':
    case 'contains':
      if (test.cased || test.value === '') return undefined
      return { kind: test.kind, text: fold(test.value) }
    case 'boolean':
      return { kind: 'equals', text: String(test.value) }
    case 'number':
      if (String(test.value) !== test.text || !/^[-0-9.]+$/.test(test.text)) return undefined
      return { kind: 'equals', text: test.text }
    default:
      return undefined
  }
}

/** How much less likely a checked test is than the literals that lead to it. */
const CHECK_FACTOR = 0.3
const CHECK_LIKELIHOOD = 0.1

function checkedAtom(slot: number, test: ValueTest, atoms: Atoms): number {
  const key = `${slot}/test/${JSON.stringify(test)}`
  const known = atoms.ids.get(key)
  if (known !== undefined) return known
  const guards = guardsOf(test, slot, atoms)
  const likelihood =
    guards === undefined
      ? CHECK_LIKELIHOOD
      : CHECK_FACTOR * guards.reduce((sum, atom) => sum + atoms.likelihoods[atom]!, 0)
  const atom = addAtom(key, likelihood, atoms)
  atoms.slots[slot]!.checked.push({ atom, test, guards })
  if (guards !== undefined) atoms.guardsOf.set(atom, guards)
  return atom
}

/** Atoms of which one is set whenever the test holds, from the literals it needs. */
function guardsOf(test: Test, slot: number, atoms: Atoms): readonly number[] | undefined {
  switch (test.kind) {
    case 'equals':
    case 'startswith':
    case 'endswith':
    case 'contains':
      return test.value === '' ? undefined : guard(slot, test.kind, test.value, atoms)
    case 'wildcard': {
      const piece = longestPiece(test.parts)
      return piece === undefined ? undefined : guard(slot, piece.kind, piece.text, atoms)
    }
    case 'words': {
      const word = longest(test.words)
      return word === undefined || word === '' ? undefined : guard(slot, 'contains', word, atoms)
    }
    case 'regex': {
      const group = bestGroup(regexOf(test.pattern, test.flags).required)
      return group?.map((text) => literalAtom(slot, 'contains', text, atoms))
    }
    default:
      return undefined
  }
}

function guard(slot: number, kind: LiteralKind, text: string, atoms: Atoms): number[] {
  return [literalAtom(slot, kind, fold(text), atoms)]
}

function longestPiece(parts: readonly WildcardPart[]): LiteralTest | undefined {
  let best: LiteralTest | undefined
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string' || part.literal.length <= (best?.text.length ?? 0)) continue
    const kind = index === 0 ? 'startswith' : index === parts.length - 1 ? 'endswith' : 'contains'
    best = { kind, text: part.literal }
  }
  return best
}

function longest(texts: readonly string[]): string | undefined {
  return texts.reduce<string | undefined>(
    (best, text) => (best === undefined || text.length > best.length ? text : best),
    undefined,
  )
}

/** The group that is least likely to have a member in a value. */
function bestGroup(groups: readonly (readonly string[])[]): readonly string[] | undefined {
  let best: readonly string[] | undefined
  let bestLikelihood = Number.POSITIVE_INFINITY
  for (const group of groups) {
    const sum = group.reduce((total, text) => total + likelihoodOf('contains', text), 0)
    if (sum < bestLikelihood) {
      best = group
      bestLikelihood = sum
    }
  }
  return best
}

function literalAtom(slot: number, kind: LiteralKind, text: string, atoms: Atoms): number {
  const key = `${slot}/${kind}/${text}`
  const known = atoms.ids.get(key)
  if (known !== undefined) return known
  const atom = addAtom(key, likelihoodOf(kind, text), atoms)
  const { literals } = atoms.slots[slot]!
  literals.texts.push(text)
  literals.kinds.push(LITERAL_KINDS.indexOf(kind))
  literals.atoms.push(atom)
  return atom
}

function presenceOf(slot: number, atoms: Atoms): number {
  const found = atoms.slots[slot]!
  if (found.presence < 0) found.presence = addAtom(`${slot}/present`, PRESENCE_LIKELIHOOD, atoms)
  return found.presence
}

function addAtom(key: string, likelihood: number, atoms: Atoms): number {
  const atom = atoms.likelihoods.push(likelihood) - 1
  atoms.ids.set(key, atom)
  return atom
}

function late(
  target: Target,
  test: Test,
  guards: readonly number[] | undefined,
  atoms: Atoms,
): Condition {
  const key = JSON.stringify([target, test])
  let id = atoms.lateIds.get(key)
  if (id === undefined) {
    id = atoms.late.length
    atoms.late.push({ target, test })
    atoms.lateIds.set(key, id)
  }
  return { kind: 'late', late: id, guards }
}
