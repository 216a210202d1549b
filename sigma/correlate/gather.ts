// An event's group keys and values: lists stand for each of their elements.
import type { Compiled } from './compile.ts'
import { COMBINATIONS_MAX } from './limits.ts'
import { type GroupKey, mapKeyOf } from './store.ts'
import type { FieldText } from './types.ts'

const NO_KEY: GroupKey = []
const NO_KEYS: readonly GroupKey[] = [NO_KEY]
const NO_VALUES: readonly (string | number)[] = []
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const NUMBER_LENGTH_MAX = 400

export interface Gathered {
  readonly keys: readonly GroupKey[]
  /** Undefined: the correlation looks at no values. Empty: the event has none, so it takes no part. */
  readonly values: readonly (string | number)[] | undefined
  /** Values and keys left out. */
  readonly dropped: number
}

/** Keys and values out of the texts of a feed's fields. */
export function gather(correlation: Compiled, texts: readonly FieldText[]): Gathered {
  const { groupBy, valueFields } = correlation.rule
  const groups = groupBy.length
  const { all: keys, dropped } = groups === 0 ? NO_COMBINATIONS : combinations(texts, 0, groups)
  if (valueFields.length === 0) return { keys, values: undefined, dropped }
  const found = combinations(texts, groups, groups + valueFields.length)
  const values: (string | number)[] = []
  let left = dropped + found.dropped
  for (const tuple of found.all) {
    if (tuple.includes(undefined)) continue
    const text = valueFields.length === 1 ? tuple[0]! : mapKeyOf(tuple)!
    const value = correlation.numeric ? decimal(text) : text
    if (value === undefined) left++
    else values.push(value)
  }
  return { keys, values: values.length === 0 ? NO_VALUES : values, dropped: left }
}

const NO_COMBINATIONS = { all: NO_KEYS, dropped: 0 }

/** Every way to take one element of each text; at most `COMBINATIONS_MAX`. */
export function combinations(
  texts: readonly FieldText[],
  from: number,
  to: number,
): { all: readonly GroupKey[]; dropped: number } {
  let single = true
  for (let i = from; i < to; i++) if (typeof texts[i] === 'object') single = false
  if (single) return { all: [texts.slice(from, to) as GroupKey], dropped: 0 }
  let all: (string | undefined)[][] = [[]]
  let dropped = 0
  for (let i = from; i < to; i++) {
    const text = texts[i]
    const elements = typeof text === 'object' && text.length > 0 ? [...new Set(text)] : [one(text)]
    const next: (string | undefined)[][] = []
    for (const head of all) {
      for (const element of elements) {
        if (next.length < COMBINATIONS_MAX) next.push([...head, element])
        else dropped++
      }
    }
    all = next
  }
  return { all, dropped }
}

function one(text: FieldText): string | undefined {
  return typeof text === 'string' ? text : undefined
}

function decimal(text: string): number | undefined {
  if (text.length > NUMBER_LENGTH_MAX || !DECIMAL.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}
