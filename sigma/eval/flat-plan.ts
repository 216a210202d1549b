// How the lines of one kind are read by a view, and what of them says which rules match.
import { FLAT_ESCAPED, type FlatKind, type FlatLine } from './flat.ts'
import {
  createFlatMemo,
  createIntKey,
  type FlatMemo,
  type IntKey,
  keepRules,
  rulesOf,
  UNKNOWN_SET,
} from './flat-memo.ts'
import { type FlatFields, isSameText, type Reference } from './flat-test.ts'
import { createHits, type Hits } from './hits.ts'
import type { MemoPool } from './memo.ts'
import type { Reader, Readers } from './readers.ts'
import { countTrial, createTrial, letsPass, type Trial, type TrialTerms } from './trial.ts'
import type { View } from './views.ts'

/** What a value was found to set: nothing, an object's presence, only that it is there, atoms of the memo, atoms, */
export const FOUND_NOTHING = 0
export const FOUND_OBJECT = 1
export const FOUND_PRESENT = 2
export const FOUND_KEPT = 3
export const FOUND_ATOMS = 4
/** literals whose tests are still to be made. */
export const FOUND_LITERALS = 5

/** What was found of one line, by place of the plan. */
export interface FlatFound {
  readonly kinds: Uint8Array
  /** Where atoms begin: in the memo, or in `loose`. */
  readonly starts: Int32Array
  readonly counts: Int32Array
  /** Numbers of the sets of atoms, and at the end the answers of the references. */
  readonly key: IntKey
  readonly loose: Hits
}

/** Which readers look at which values of the lines of one kind. */
export interface FlatPlan {
  /** Tells it from every other plan of the process. */
  readonly id: number
  readonly view: View
  readonly values: Int32Array
  readonly readers: readonly Reader[]
  /** Values that nobody reads. */
  readonly idle: Int32Array
  /** Whether rules may read the fields that an event gets beside those of its line. */
  readonly readsAdded: boolean
  readonly fields: FlatFields
  readonly found: FlatFound
  readonly memo: FlatMemo | undefined
  /** How lines that differ in nothing have paid so far. */
  readonly trial: Trial
}

/** More references than bits of one number are not answered beforehand. */
const REFERENCES_MAX = 24
let nextId = 0

/** Plans the reading of a kind of lines by a view. */
export function planFlat(
  line: FlatLine,
  kind: FlatKind,
  view: View,
  pool: MemoPool | undefined,
): FlatPlan {
  const { readers } = view
  const readerOf = (name: string) => readers.byName.get(name) ?? readers.make(name)
  const values: number[] = []
  const chosen: Reader[] = []
  const idle: number[] = []
  for (const [value, path] of kind.paths.entries()) {
    const found =
      kind.depths[value] === 0 ? [readerOf(path)] : nestedReaders(path, readers, readerOf)
    const active = found.filter(({ isIdle }) => !isIdle)
    for (const reader of active) {
      values.push(value)
      chosen.push(reader)
    }
    if (active.length === 0) idle.push(value)
  }
  if (pool !== undefined) pool.flat ??= createFlatMemo()
  const places = new Map(kind.paths.map((path, value) => [path, value]))
  const references = referencesOf(view, places)
  return {
    id: nextId++,
    view,
    values: Int32Array.from(values),
    readers: chosen,
    idle: Int32Array.from(idle),
    fields: {
      line,
      values: places,
      added: kind.added,
      read: new Set(values),
      references: references.length > REFERENCES_MAX ? [] : references,
      isOpen: false,
    },
    readsAdded: kind.added.some((name) => !readerOf(name).isIdle),
    found: {
      kinds: new Uint8Array(values.length),
      starts: new Int32Array(values.length),
      counts: new Int32Array(values.length),
      key: createIntKey(values.length + 1),
      loose: createHits(),
    },
    memo: pool?.flat,
    trial: createTrial(),
  }
}

/** As `readValue` and `readBelow`: keywords look at every text, a field with dots at the value of its path. */
function nestedReaders(
  path: string,
  readers: Readers,
  readerOf: (name: string) => Reader,
): readonly Reader[] {
  const top = readerOf(path.slice(0, path.indexOf('.')))
  const own = top.below.filter(({ slot }) => slot?.name === path)
  return top.keywords === undefined ? own : [readers.other, ...own]
}

/** The references of the view's rules between two values that lines of a kind have. */
function referencesOf(
  { references }: View,
  places: ReadonlyMap<string, number>,
): readonly Reference[] {
  return references.flatMap(({ target, test }) => {
    if (target.scope !== 'field' || test.kind !== 'fieldref' || test.op !== 'equals') return []
    const value = places.get(target.name)
    const other = places.get(test.name)
    return value === undefined || other === undefined ? [] : [{ value, other, cased: test.cased }]
  })
}

const TERMS: TrialTerms = { lookups: 1_024, hitShareMin: 0.25, rest: 16_384 }

/** Whether the sets of the next line are to be numbered. */
export function wantsKey({ memo, view, trial }: FlatPlan): boolean {
  return memo !== undefined && view.learning === undefined && !letsPass(trial)
}

/** Completes the key of the line at hand; false where it has none. */
export function completeKey({ found, fields }: FlatPlan): boolean {
  const { ints } = found.key
  const count = ints.length - 1
  for (let i = 0; i < count; i++) if (ints[i] === UNKNOWN_SET) return false
  const { line, references } = fields
  let answers = 0
  for (let i = 0; i < references.length; i++) {
    const { value, other, cased } = references[i]!
    if (line.kinds[value]! > FLAT_ESCAPED || line.kinds[other]! > FLAT_ESCAPED) return false
    if (isSameText(line, value, other, cased)) answers |= 1 << i
  }
  ints[count] = answers
  return true
}

/** The rules that a line with the same key has matched, or undefined. */
export function recallRules({ id, memo, found, trial }: FlatPlan): readonly number[] | undefined {
  const rules = memo === undefined ? undefined : rulesOf(memo, found.key, id)
  countTrial(trial, rules !== undefined, TERMS)
  return rules
}

/** Keeps the rules that a line matched, unless more than its key decided that. */
export function rememberRules(
  { id, memo, found, fields }: FlatPlan,
  rules: readonly number[],
): void {
  if (memo !== undefined && !fields.isOpen) keepRules(memo, found.key, id, rules)
}
