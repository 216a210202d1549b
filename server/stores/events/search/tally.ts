// Values and how often they were seen.
import { textOf } from '../../../../sigma/eval/values.ts'
import type { FieldValue } from '../../../../sigma/event.ts'
import type { Top, TopRequest } from '../event-store.ts'

/** Counts of values over the rows that match. */
export interface Tally {
  readonly counts: Map<string, number>
  missing: number
}

export function createTally(): Tally {
  return { counts: new Map(), missing: 0 }
}

/** Adds `count` events that have these values; with none they have none. */
export function addValues(tally: Tally, values: readonly string[], count: number): void {
  if (values.length === 0) tally.missing += count
  for (const value of values) tally.counts.set(value, (tally.counts.get(value) ?? 0) + count)
}

/** `addValues` of the one value that a column has; an array counts by element, each once. */
export function addColumnValue(tally: Tally, value: FieldValue, count: number): void {
  if (Array.isArray(value)) {
    addValues(tally, textsOf(value.flat(Number.POSITIVE_INFINITY)), count)
    return
  }
  const text = textOf(value)
  if (text === undefined) tally.missing += count
  else tally.counts.set(text, (tally.counts.get(text) ?? 0) + count)
}

/** What a facet counts of an event's values: their texts, each once. */
export function textsOf(values: readonly FieldValue[]): string[] {
  return [...new Set(values.flatMap((value) => textOf(value) ?? []))]
}

/** The first values in order of their counts, then of their texts. Of hundreds of thousands few are wanted. */
export function firstOf(
  counts: ReadonlyMap<string, number>,
  { order, limit }: Pick<TopRequest, 'order' | 'limit'>,
): Top['values'] {
  const sign = order === 'most' ? -1 : 1
  const found: { readonly value: string; readonly count: number }[] = []
  for (const [value, count] of counts) {
    let at = found.length
    for (; at > 0; at--) {
      const before = found[at - 1]!
      const apart = sign * (count - before.count)
      if (apart > 0 || (apart === 0 && before.value < value)) break
    }
    if (at >= limit) continue
    found.splice(at, 0, { value, count })
    if (found.length > limit) found.pop()
  }
  return found
}
