// The streaming correlation engine: matches in arrival order go in, firings come out. All state is in memory,
// bounded, and can be taken out and put back. See docs/correlations.md for what a window means.
import type { LoadedCorrelation } from '../rule.ts'
import { compileCorrelations } from './compile.ts'
import { createDelivery } from './delivery.ts'
import { LATENESS_DEFAULT_MS, MEMORY_MAX_BYTES } from './limits.ts'
import { restoreStreams, snapshotOf } from './snapshot.ts'
import { createStreams, newState } from './state.ts'
import type { Correlator, CorrelatorOptions, FieldText, Firing } from './types.ts'
import { lateBySource, viewGroup, viewGroups } from './view.ts'

const NOTHING: readonly Firing[] = []
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
  const state = newState()
  const streamOf = createStreams(state, plan.correlations, lateness_ms)
  const deliver = createDelivery(state, options.memory_bytes_max ?? MEMORY_MAX_BYTES)
  return {
    input: (ruleId) => handles.get(ruleId),
    push: (input, event, time, source, ref, stream = '') => {
      state.matches++
      const into = streamOf(stream)
      const isBehind = time < into.clocks.low()
      if (!into.clocks.note(source, time)) {
        state.late++
        return NOTHING
      }
      if (isBehind) state.behind++
      let out: Firing[] | undefined
      for (const feed of feeds[input]!) {
        if (feed.isPlain) {
          const text = read(event, feed.names[0]!)
          if (typeof text !== 'object') {
            out = deliver.plain(into, feed, text, time, ref, out)
            continue
          }
        }
        const texts: FieldText[] = []
        for (const name of feed.names) texts.push(read(event, name))
        out = deliver.any(into, feed, texts, time, ref, out)
      }
      return out ?? NOTHING
    },
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
