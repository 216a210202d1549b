// What a window is worth: one measure a correlation type. Entries come and go at the ends of a window; a
// measure keeps just enough to answer in constant amortised time.
import type { Entries } from './entries.ts'

/** `S` is the measure's own state of one window. */
export interface Measure<S> {
  /** An empty state; entries before `since`, milliseconds, will not be added. */
  create(since?: number): S
  add(state: S, entries: Entries, at: number): void
  remove(state: S, entries: Entries, at: number): void
  /** The worth of the window that ends with entry `at`, the one added last. */
  value(state: S, entries: Entries, at: number): number
  /** A state of entries up to a time before `time`, to which the later ones are added anew; `state` forgets
   * what an entry at `time` makes wrong. */
  resume?(state: S, time: number): { readonly state: S; readonly time: number } | undefined
}

export interface CountState {
  count: number
}

export const eventCount: Measure<CountState> = {
  create: () => ({ count: 0 }),
  add: (state) => {
    state.count++
  },
  remove: (state) => {
    state.count--
  },
  value: (state) => state.count,
}

export interface TallyState {
  readonly counts: Map<string | number, number>
  total: number
}

const tally = {
  create: (): TallyState => ({ counts: new Map(), total: 0 }),
  add: (state: TallyState, entries: Entries, at: number) => {
    const value = entries.values[at]!
    state.counts.set(value, (state.counts.get(value) ?? 0) + 1)
    state.total++
  },
  remove: (state: TallyState, entries: Entries, at: number) => {
    const value = entries.values[at]!
    const count = state.counts.get(value)!
    if (count === 1) state.counts.delete(value)
    else state.counts.set(value, count - 1)
    state.total--
  },
}

/** Distinct values. */
export const valueCount: Measure<TallyState> = { ...tally, value: (state) => state.counts.size }

/** Percent of the window's values that equal the one of its last event. */
export const valueShare: Measure<TallyState> = {
  ...tally,
  value: (state, entries, at) => (100 * state.counts.get(entries.values[at]!)!) / state.total,
}

export interface SumState {
  count: number
  sum: number
  /** Low-order digits that `sum` has no room for. */
  rest: number
}

function addTo(state: SumState, value: number): void {
  const next = state.sum + value
  state.rest +=
    Math.abs(state.sum) >= Math.abs(value) ? state.sum - next + value : value - next + state.sum
  state.sum = next
}

const sums = {
  create: (): SumState => ({ count: 0, sum: 0, rest: 0 }),
  add: (state: SumState, entries: Entries, at: number) => {
    state.count++
    addTo(state, entries.values[at] as number)
  },
  remove: (state: SumState, entries: Entries, at: number) => {
    state.count--
    if (state.count === 0) {
      state.sum = 0
      state.rest = 0
    } else addTo(state, -(entries.values[at] as number))
  },
}

export const valueSum: Measure<SumState> = { ...sums, value: (state) => state.sum + state.rest }

export const valueAvg: Measure<SumState> = {
  ...sums,
  value: (state) => (state.sum + state.rest) / state.count,
}

export interface SortedState {
  readonly sorted: number[]
}

/** First index whose value is not below `value`. */
export function lowerBound(
  sorted: readonly number[],
  value: number,
  from = 0,
  to = sorted.length,
): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** The percentile of sorted numbers, between two neighbours in proportion. */
export function percentileOf(sorted: readonly number[], percent: number): number {
  const place = ((sorted.length - 1) * percent) / 100
  const below = Math.floor(place)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  return low + (high - low) * (place - below)
}

/** The value below which `percent` of the window's numbers lie. */
export function valuePercentile(percent: number): Measure<SortedState> {
  return {
    create: () => ({ sorted: [] }),
    add: ({ sorted }, entries, at) => {
      const value = entries.values[at] as number
      sorted.splice(lowerBound(sorted, value), 0, value)
    },
    remove: ({ sorted }, entries, at) => {
      sorted.splice(lowerBound(sorted, entries.values[at] as number), 1)
    },
    value: ({ sorted }) => percentileOf(sorted, percent),
  }
}

export interface StagesState {
  /** Entries of each input. */
  readonly counts: number[]
  distinct: number
}

/** Different inputs seen. */
export function stagesSeen(inputs: number): Measure<StagesState> {
  return {
    create: () => ({ counts: new Array<number>(inputs).fill(0), distinct: 0 }),
    add: (state, entries, at) => {
      const stage = entries.stages[at]!
      if (state.counts[stage]!++ === 0) state.distinct++
    },
    remove: (state, entries, at) => {
      const stage = entries.stages[at]!
      if (--state.counts[stage]! === 0) state.distinct--
    },
    value: (state) => state.distinct,
  }
}
