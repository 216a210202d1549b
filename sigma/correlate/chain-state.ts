// The state of an ordered correlation: where the latest chains of inputs begin. It cannot forget its last entry,
// so it is kept now and then: a match that comes a little late is looked at again from the nearest one kept.
import type { Entries } from './entries.ts'
import type { Measure } from './measure.ts'

/** A state is kept once in so many entries, and so many of them. */
export const KEPT_EVERY_ENTRIES = 32
const KEPT_MAX = 8

interface Kept {
  /** It holds every entry up to this time, milliseconds, from `since` on. */
  readonly time: number
  readonly starts: Float64Array
}

export interface ChainState {
  /** `starts[stage * inputs + length - 1]`: latest start of a chain of that length ending at that stage. */
  readonly starts: Float64Array
  /** Entries before this time may be missing, milliseconds. */
  readonly since: number
  /** Oldest first. */
  kept: readonly Kept[]
}

/** A state to go on from, and the time up to which it holds every entry. */
export interface Resumed {
  readonly state: ChainState
  readonly time: number
}

/**
 * Inputs seen in their order: the longest chain of ever later inputs, at never earlier times, that ends
 * with the last event and begins within the timespan.
 */
export function stagesInOrder(inputs: number, timespan_ms: number): Measure<ChainState> {
  return {
    create: (since = Number.NEGATIVE_INFINITY) => ({
      starts: new Float64Array(inputs * inputs).fill(Number.NEGATIVE_INFINITY),
      since,
      kept: [],
    }),
    add: (state, entries, at) => {
      keep(state, entries, at)
      const { starts } = state
      const stage = entries.stages[at]!
      const own = stage * inputs
      for (let length = stage; length >= 1; length--) {
        let start = starts[own + length]!
        for (let before = length - 1; before < stage; before++) {
          start = Math.max(start, starts[before * inputs + length - 1]!)
        }
        starts[own + length] = start
      }
      starts[own] = entries.times[at]!
    },
    remove: () => {},
    value: ({ starts }, entries, at) => {
      const stage = entries.stages[at]!
      const oldest = entries.times[at]! - timespan_ms
      for (let length = stage; length >= 0; length--) {
        if (starts[stage * inputs + length]! >= oldest) return length + 1
      }
      return 1
    },
    resume: (state, time) => resume(state, time, timespan_ms),
  }
}

/** Entries of one time may still come in any order: a state is kept only between two times. */
function keep(state: ChainState, { times }: Entries, at: number): void {
  if (at % KEPT_EVERY_ENTRIES !== 0 || at === 0) return
  const time = times[at - 1]!
  const last = state.kept.at(-1)
  if (time === times[at] || (last !== undefined && last.time >= time)) return
  state.kept = [...state.kept.slice(1 - KEPT_MAX), { time, starts: state.starts.slice() }]
}

/** The last state kept before a time that holds all a window then needs. What was kept after it holds no more. */
function resume(state: ChainState, time: number, timespan_ms: number): Resumed | undefined {
  const kept = state.kept.filter((one) => one.time < time)
  state.kept = kept
  const last = kept.at(-1)
  if (last === undefined || state.since > time - timespan_ms) return undefined
  return { state: { starts: last.starts.slice(), since: state.since, kept }, time: last.time }
}
