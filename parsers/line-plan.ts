// What every event has, found in lines of one kind: where it is looked for is planned once, and texts are only
// pointed at.
import { FLAT_ESCAPED, FLAT_OBJECT, FLAT_STRING, type FlatLine } from '../sigma/eval/flat.ts'
import type { FieldValue, PivotName, Pivots } from '../sigma/event.ts'
import { type CommonPlan, planCommon } from './common.ts'
import { NO_SPAN } from './event.ts'
import type { GenericKind } from './generic-line.ts'
import { valueAt } from './line-text.ts'
import { isIpv4At, PIVOT_UNITS_MAX, pivotValue } from './values.ts'

/** Choices of fields remembered for one kind of lines. */
const CHOICES_MAX = 256
/** The message's name among those of the pivots. */
export const MESSAGE = 'message'
/** The place of what a line does not have. */
export const NOWHERE = -1
/** Kinds of values that are texts come first. */
const TEXT_KIND_MAX = FLAT_ESCAPED
const EQUALS = 0x3d
const DASH = 0x2d

/** What is known of a kind of lines. */
export interface LinePlan extends CommonPlan {
  readonly kind: GenericKind
  readonly names: readonly string[]
  readonly texts: readonly PivotName[]
  readonly kept: readonly number[]
  /** By pivot and, last, of the message: its place where it is the text of a top-level field. */
  readonly chosen: Int16Array
  /** The fields of those places, by name, for the line before; and for all choices. */
  readonly before: Int16Array
  verbatim: ReadonlyMap<string, string>
  readonly choices: Map<string, ReadonlyMap<string, string>>
}

/** Plans a kind of lines; `keep` as of the reader. */
export function makePlan(kind: GenericKind, keep: readonly string[]): LinePlan {
  const common = planCommon(kind.paths, kind.depths)
  const isTop = (place: number) => kind.depths[place] === 0
  const size = common.pivots.length + 1
  return {
    ...common,
    kind,
    texts: common.pivots.map(({ name }) => name),
    names: kind.paths.filter((_, place) => isTop(place)),
    kept: keep.map((name) => kind.paths.findIndex((path, place) => path === name && isTop(place))),
    chosen: new Int16Array(size).fill(NOWHERE),
    before: new Int16Array(size).fill(NOWHERE),
    verbatim: new Map(),
    choices: new Map(),
  }
}

/** The names of the fields of `chosen`: the same map for the same choice. */
export function verbatimOf(plan: LinePlan): ReadonlyMap<string, string> {
  const { chosen, before } = plan
  let isSame = true
  for (let i = 0; i < chosen.length; i++) if (chosen[i] !== before[i]) isSame = false
  if (isSame) return plan.verbatim
  before.set(chosen)
  const choice = chosen.join()
  let verbatim = plan.choices.get(choice)
  if (verbatim === undefined) {
    const names = [...plan.pivots.map(({ name }) => name), MESSAGE]
    const entries = names.flatMap((name, i): [string, string][] =>
      chosen[i] === NOWHERE ? [] : [[name, plan.kind.paths[chosen[i]!]!]],
    )
    verbatim = new Map(entries)
    if (plan.choices.size >= CHOICES_MAX) plan.choices.clear()
    plan.choices.set(choice, verbatim)
  }
  plan.verbatim = verbatim
  return verbatim
}

function setSpan(line: FlatLine, place: number, spans: Int32Array, at: number): void {
  const end = line.ends[place]!
  spans[at] = line.starts[place]!
  spans[at + 1] = line.kinds[place] === FLAT_ESCAPED ? ~end : end
}

const NONE: readonly undefined[] = []

/** The fields that events keep: those that are texts as spans, the values of others; undefined where one is an object. */
export function keptOf(
  line: FlatLine,
  { kept, pivots }: LinePlan,
  spans: Int32Array,
  at: number,
): readonly (FieldValue | undefined)[] | undefined {
  let values: (FieldValue | undefined)[] | undefined
  for (let i = 0; i < kept.length; i++) {
    const place = kept[i]!
    const own = at + 2 * (pivots.length + i)
    spans[own] = NO_SPAN
    if (place < 0) continue
    const kind = line.kinds[place]!
    if (kind <= TEXT_KIND_MAX) setSpan(line, place, spans, own)
    else if (kind === FLAT_OBJECT) return undefined
    else {
      values ??= new Array<FieldValue | undefined>(kept.length).fill(undefined)
      values[i] = valueAt(line, place)
    }
  }
  return values ?? NONE
}

/** Pivots under construction. */
export type OpenPivots = { -readonly [name in keyof Pivots]: Pivots[name] }

/** Puts pivots that are texts of top-level fields into `spans`; the others are returned. Notes in `chosen` which are
 * texts of fields. */
export function pivotsOf(
  line: FlatLine,
  { kind, pivots, chosen }: LinePlan,
  spans: Int32Array,
  at: number,
): OpenPivots {
  const others: { [name in keyof OpenPivots]: string | number } = {}
  for (let i = 0; i < pivots.length; i++) {
    const { name, places } = pivots[i]!
    chosen[i] = NOWHERE
    spans[at + 2 * i] = NO_SPAN
    for (let n = 0; n < places.length; n++) {
      const place = places[n]!
      const isTop = kind.depths[place] === 0
      if (isTop && isKeptAsIs(name, line, place)) {
        chosen[i] = place
        setSpan(line, place, spans, at + 2 * i)
        break
      }
      const value = valueAt(line, place)
      const usable = value === undefined ? undefined : pivotValue(name, value)
      if (usable === undefined) continue
      others[name] = usable
      if (isTop && typeof value === 'string' && usable === value) chosen[i] = place
      break
    }
  }
  return others
}

/** True only where `pivotValue` gives the value's own text; for the severity never, for an outcome in two words. */
function isKeptAsIs(name: PivotName, line: FlatLine, place: number): boolean {
  const kind = line.kinds[place]!
  if (kind > TEXT_KIND_MAX) return false
  const start = line.starts[place]!
  const end = line.ends[place]!
  const { bytes } = line
  if (start === end || end - start > PIVOT_UNITS_MAX) return false
  switch (name) {
    case 'src_ip':
    case 'dst_ip':
      return kind === FLAT_STRING && isIpv4At(bytes, start, end)
    case 'src_port':
    case 'dst_port':
    case 'severity':
      return false
    case 'outcome':
      return isWord(bytes, start, end, 'success') || isWord(bytes, start, end, 'failure')
    case 'hash':
      if (bytes.subarray(start, end).includes(EQUALS)) return false
  }
  return end - start > 1 || bytes[start] !== DASH
}

function isWord(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word.charCodeAt(i)) return false
  return true
}

/** The place of the message, also into `chosen`. */
export function messageOf(line: FlatLine, { message, pivots, chosen }: LinePlan): number {
  let place = NOWHERE
  for (let at = 0; at < message.length && place === NOWHERE; at++) {
    const value = message[at]!
    const isText = line.kinds[value]! <= TEXT_KIND_MAX && line.starts[value]! < line.ends[value]!
    if (isText) place = value
  }
  chosen[pivots.length] = place
  return place
}
