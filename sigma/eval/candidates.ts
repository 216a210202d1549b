// Values that might satisfy all that is asked of one field. Nothing is promised here: whoever takes one tries it.
import { parseAddress } from '../cidr.ts'
import type { FieldValue } from '../event.ts'
import type { Test } from '../ir/expr.ts'
import { patternExamples } from '../regex/example.ts'
import { parseRegex } from '../regex/parse.ts'
import { fold } from '../text/fold.ts'
import { testValue } from './evaluate.ts'
import { textOf } from './values.ts'

/** One value, or several where no single one will do; null takes the field away. */
export type Example = Scalar | readonly Scalar[]
type Scalar = string | number | boolean | null

/** Something that is asked of a value. */
export interface Demand {
  readonly test: Test
  readonly to: boolean
  /** Values of the field that a reference compares with. */
  readonly others: readonly FieldValue[]
}

/** Text that a value must have: at its beginning, its end, both (it is the whole), or anywhere. */
interface Piece {
  readonly text: string
  readonly isBegin: boolean
  readonly isEnd: boolean
}

const CANDIDATES_MAX = 400
const LIST_VALUES_MAX = 50
/** Pieces above which none is looked for in the others. */
const JOINED_PIECES_MAX = 100
/** Longer values are not built upon but written anew. */
const BASE_UNITS_MAX = 2_000
/** Values for fields of which only is asked what they must not be. */
const ANY_VALUES: readonly Example[] = [null, 'x', 0, 1, '', 'other value', '192.0.2.1', 'zq-9']

/** Values to try, the plainest first; `current` are those that the field has. */
export function candidatesOf(
  demands: readonly Demand[],
  current: readonly FieldValue[],
): readonly Example[] {
  const wanted = demands.filter(({ to }) => to)
  const takesAway = wanted.some(
    ({ test }) => test.kind === 'null' || (test.kind === 'exists' && !test.value),
  )
  if (takesAway || wanted.length === 0) return takesAway ? [null] : ANY_VALUES
  const scalars = scalarsOf(wanted, current).slice(0, CANDIDATES_MAX)
  return [...scalars, ...listsOf(demands, wanted, current, scalars)]
}

function scalarsOf(wanted: readonly Demand[], current: readonly FieldValue[]): Example[] {
  const texts = current
    .slice(0, LIST_VALUES_MAX)
    .flatMap((value) => textOf(value) ?? [])
    .filter((text) => text.length <= BASE_UNITS_MAX)
  const lacking = (text: string) =>
    wanted.filter(({ test }) => !isOneValue(test) || !testValue(test, text))
  const grown = texts.flatMap((text) => composed(lacking(text), text))
  const fresh = composed(wanted, '')
  const exact = wanted.flatMap(({ test, others }) => exactValues(test, others))
  const some: Example[] = wanted.every(({ test }) => test.kind === 'exists' || test.kind === 'any')
    ? [...texts, 'x']
    : []
  return [...new Set([...some, ...exact, ...grown, ...fresh])]
}

function isOneValue(test: Test): test is Exclude<Test, { kind: 'exists' | 'null' | 'fieldref' }> {
  return test.kind !== 'exists' && test.kind !== 'null' && test.kind !== 'fieldref'
}

/** Values that a test names by itself. */
function exactValues(
  test: Test,
  others: readonly FieldValue[],
): readonly (string | number | boolean)[] {
  switch (test.kind) {
    case 'equals':
      return [test.value]
    case 'number':
      return [test.value, test.text]
    case 'boolean':
      return [test.value]
    case 'compare': {
      const { value } = test
      return test.op === 'lt'
        ? [value - 1, value - 0.5, value - 1_000]
        : test.op === 'gt'
          ? [value + 1, value + 0.5, value + 1_000]
          : [value]
    }
    case 'textcompare':
      return test.op === 'gt'
        ? [`${test.value}x`, `${test.value}zzz`]
        : test.op === 'lt'
          ? ['', '!']
          : [test.value]
    case 'cidr':
      return addressesOf(test.network)
    case 'timepart':
      return timesOf(test)
    case 'fieldref':
      return others.length === 0 ? ['x'] : others.flatMap((value) => textOf(value) ?? [])
    default:
      return []
  }
}

function addressesOf(network: string): readonly string[] {
  const [first = ''] = network.split('/')
  const parsed = parseAddress(first)
  if (parsed === undefined) return []
  const next = first.includes(':')
    ? first.replace(/::$/, '::1')
    : first.replace(/\d+$/, (n) => `${Number(n) + 1}`)
  return [first, next]
}

/** Times of which the part is as asked, or one off. */
function timesOf({ part, value }: Extract<Test, { readonly kind: 'timepart' }>): readonly string[] {
  return [value, value + 1, value - 1].flatMap((wanted) => {
    const date = new Date(Date.UTC(2026, 0, 15, 12, 30))
    if (part === 'minute') date.setUTCMinutes(wanted)
    else if (part === 'hour') date.setUTCHours(wanted)
    else if (part === 'day') date.setUTCDate(wanted)
    else if (part === 'week') date.setUTCMonth(0, (wanted - 1) * 7 + 2)
    else if (part === 'month') date.setUTCMonth(wanted - 1)
    else date.setUTCFullYear(wanted)
    return Number.isNaN(date.getTime()) ? [] : [date.toISOString()]
  })
}

/** Alternative pieces for a test of text; empty where it is none. */
function piecesOf({ test, others }: Demand): readonly Piece[] {
  switch (test.kind) {
    case 'equals':
      return [{ text: test.value, isBegin: true, isEnd: true }]
    case 'startswith':
      return [{ text: test.value, isBegin: true, isEnd: false }]
    case 'endswith':
      return [{ text: test.value, isBegin: false, isEnd: true }]
    case 'contains':
      return [{ text: test.value, isBegin: false, isEnd: false }]
    case 'words':
      return [{ text: test.words.join(' '), isBegin: false, isEnd: false }]
    case 'wildcard':
      return ['', ' '].map((between) => ({
        text: test.parts
          .map((part) => (typeof part === 'object' ? part.literal : part === '?' ? 'x' : between))
          .join(''),
        isBegin: test.parts[0] !== '*',
        isEnd: test.parts.at(-1) !== '*',
      }))
    case 'regex': {
      const tree = parseRegex(test.pattern, test.flags)
      return tree === undefined ? [] : patternExamples(tree)
    }
    case 'fieldref':
      return others.flatMap((value) => {
        const text = textOf(value)
        if (text === undefined) return []
        const isWhole = test.op === 'equals'
        return [
          {
            text,
            isBegin: isWhole || test.op === 'startswith',
            isEnd: isWhole || test.op === 'endswith',
          },
        ]
      })
    default:
      return []
  }
}

/** Texts put together of the pieces of all demands, on what is there. */
function composed(wanted: readonly Demand[], base: string): string[] {
  let choices: readonly (readonly Piece[])[] = [[]]
  for (const demand of wanted) {
    const own = piecesOf(demand)
    if (own.length === 0) continue
    choices = choices.flatMap((before) => own.map((piece) => [...before, piece])).slice(0, 48)
  }
  return choices.flatMap((pieces) => (pieces.length === 0 ? [] : join(pieces, base)))
}

function join(pieces: readonly Piece[], base: string): string[] {
  const longest = (some: readonly Piece[]) =>
    some.reduce((found, { text }) => (text.length > found.length ? text : found), '')
  const wholes = pieces.filter(({ isBegin, isEnd }) => isBegin && isEnd)
  const head = longest(pieces.filter(({ isBegin, isEnd }) => isBegin && !isEnd))
  const tail = longest(pieces.filter(({ isBegin, isEnd }) => isEnd && !isBegin))
  const inner = pieces.filter(({ isBegin, isEnd }) => !isBegin && !isEnd).map(({ text }) => text)
  const middle = (have: string, blank: string) => {
    if (inner.length > JOINED_PIECES_MAX) return [have, ...inner].join(blank)
    let out = have
    for (const text of [...inner].sort((a, b) => b.length - a.length)) {
      if (!fold(head + out + tail).includes(fold(text))) out += (out === '' ? '' : blank) + text
    }
    return out
  }
  const made = [' ', ''].flatMap((blank) => [
    head + middle(base, blank) + tail,
    ...(inner.length > 0 ? [`${head}${blank}${middle(base, blank)}${blank}${tail}`] : []),
  ])
  return [...wholes.map(({ text }) => text), ...made, ...overlapped(head, tail)]
}

/** A beginning and an end that share text: `abc` and `bcd` are `abcd`. */
function overlapped(head: string, tail: string): string[] {
  if (head === '' || tail === '') return []
  const [a, b] = [fold(head), fold(tail)]
  const out: string[] = []
  for (let n = Math.min(a.length, b.length); n > 0; n--)
    if (a.endsWith(b.slice(0, n))) out.push(head + tail.slice(n))
  return out
}

/** Lists, for a field that has several values or of which no single value can be all that is asked. */
function listsOf(
  demands: readonly Demand[],
  wanted: readonly Demand[],
  current: readonly FieldValue[],
  scalars: readonly Example[],
): readonly Example[] {
  const unwanted = demands.flatMap(({ test, to }) => (to || !isOneValue(test) ? [] : [test]))
  const isFree = (value: FieldValue) => !unwanted.some((test) => testValue(test, value))
  const kept = current.filter(isScalar).filter(isFree).slice(0, LIST_VALUES_MAX)
  const added: readonly Scalar[] = wanted.map(
    (demand) => scalarsOf([demand], []).filter(isValue).find(isFree) ?? null,
  )
  const alone =
    kept.length > 1
      ? scalars
          .filter(isValue)
          .slice(0, 8)
          .map((value) => [...kept, value])
      : []
  return [...alone, [...kept, ...added], added]
}

function isScalar(value: FieldValue): value is Scalar {
  return value === null || typeof value !== 'object'
}

function isValue(example: Example): example is string | number | boolean {
  return example !== null && typeof example !== 'object'
}
