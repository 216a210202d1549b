// The streaming correlation engine: matches in arrival order go in, firings come out. All state is in memory,
// bounded, and can be taken out and put back. See docs/correlations.md for what a window means.
import type { LoadedCorrelation } from '../rule.ts'
import type { Arrival } from './adder.ts'
import { compileCorrelations, type Feed } from './compile.ts'
import { createDelivery } from './delivery.ts'
import { LATENESS_DEFAULT_MS, MEMORY_MAX_BYTES } from './limits.ts'
import { restoreStreams, snapshotOf } from './snapshot.ts'
import { createStreams, newState } from './state.ts'
import type { Stream } from './store.ts'
import type { Correlator, CorrelatorOptions, FieldText, Firing, Ref } from './types.ts'
import { lateBySource, viewGroup, viewGroups } from './view.ts'

const NOTHING: readonly Firing[] = []
const NO_TEXTS: FieldText = []

/**
 * Compiles correlations (of `loadRules`) into an engine.
 *
 * @example
 * const correlator = createCorrelator(loaded.correlations, { read: correlationText })
 * const input = correlator.input(rule.id)
 * if (input !== undefined) correlator.push(input, event, event.time, event.source, event.id)
 */
export function createCorrelator<E>(
  correlations: readonly LoadedCorrelation[],
  options: CorrelatorOptions<E>,
): Correlator<E> {
  const { read, lateness_ms = LATENESS_DEFAULT_MS } = options
  const plan = compileCorrelations(correlations)
  const handles = new Map([...plan.rules.keys()].map((id, handle) => [id, handle]))
  const feeds = [...plan.rules.values()]
  const isUnread = feeds.map((ways) => ways.every(({ to }) => to.feeds.length === 0))
  const state = newState()
  const streamOf = createStreams(state, plan.correlations, lateness_ms)
  const deliver = createDelivery(state, options.memory_bytes_max ?? MEMORY_MAX_BYTES)
  /** The state that matches go into, undefined where they are late. */
  const admit = (count: number, time: number, source: string, stream: string) => {
    state.matches += count
    const into = streamOf(stream)
    const isBehind = time < into.clocks.low()
    if (!into.clocks.note(source, time)) {
      state.late += count
      return undefined
    }
    if (isBehind) state.behind += count
    return into
  }
  /** A match that only concerns correlations which none reads. */
  const pushOne = (input: number, event: E, time: number, into: Stream, ref: Ref) => {
    let out: readonly Firing[] = NOTHING
    for (const feed of feeds[input]!) {
      const text = feed.isPlain ? read(event, feed.names[0]!) : NO_TEXTS
      const found =
        typeof text !== 'object'
          ? deliver.plain(into, feed, text, time, ref)
          : deliver.one(into, feed, textsOf(event, feed), time, ref)
      if (found.length > 0) out = out.length === 0 ? found : [...out, ...found]
    }
    return out
  }
  const textsOf = (event: E, feed: Feed) => {
    const texts: FieldText[] = []
    for (const name of feed.names) texts.push(read(event, name))
    return texts
  }
  const pushEvent: Correlator<E>['pushEvent'] = (matches, time, source, ref, stream = '') => {
    const [first] = matches
    if (first === undefined) return NOTHING
    const into = admit(matches.length, time, source, stream)
    if (into === undefined) return NOTHING
    if (matches.length === 1 && isUnread[first.input]!)
      return pushOne(first.input, first.event, time, into, ref)
    const arrivals: Arrival[] = []
    for (const { input, event } of matches) {
      for (const feed of feeds[input]!)
        arrivals.push({ feed, texts: textsOf(event, feed), time, ref, anchor: ref })
    }
    return deliver.together(into, arrivals)
  }
  return {
    input: (ruleId) => handles.get(ruleId),
    push: (input, event, time, source, ref, stream = '') => {
      if (!isUnread[input]!) return pushEvent([{ input, event }], time, source, ref, stream)
      const into = admit(1, time, source, stream)
      return into === undefined ? NOTHING : pushOne(input, event, time, into, ref)
    },
    pushEvent,
    fieldsOf: (ruleId) => [...new Set(plan.rules.get(ruleId)?.flatMap((feed) => feed.names) ?? [])],
    stats: () => {
      const { streams, turn, ...counts } = state
      return { ...counts }
    },
    lateBySource: () => lateBySource(state.streams.values()),
    groups: (id, limit) => viewGroups(state.streams.values(), id, limit),
    group: (id, key, stream = '') => viewGroup(state.streams.get(stream), id, key),
    snapshot: () => snapshotOf(plan.correlations, state),
    restore: (snapshot) =>
      restoreStreams(snapshot, plan.correlations, state, lateness_ms, streamOf),
  }
}
