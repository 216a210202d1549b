// What can be seen of the state: live groups, and who is late.
import { FIRING_REFS_MAX, VALUES_SHOWN_MAX } from './limits.ts'
import { type Group, type GroupKey, mapKeyOf, type Stream } from './store.ts'
import type { GroupView, Ref } from './types.ts'

/** Late matches by source, most first. */
export function lateBySource(streams: Iterable<Stream>): { source: string; late: number }[] {
  const late = new Map<string, number>()
  for (const { clocks } of streams) {
    for (const [source, clock] of clocks.bySource) {
      if (clock.late > 0) late.set(source, (late.get(source) ?? 0) + clock.late)
    }
  }
  return [...late]
    .map(([source, count]) => ({ source, late: count }))
    .sort((a, b) => b.late - a.late)
}

/** Live groups of a correlation, stalest first. */
export function viewGroups(streams: Iterable<Stream>, id: string, limit: number): GroupView[] {
  const out: GroupView[] = []
  for (const { lanes } of streams) {
    const lane = lanes.find(({ correlation }) => correlation.rule.id === id)
    for (
      let group = lane?.stalest;
      group !== undefined && out.length < limit;
      group = group.newer
    ) {
      out.push(viewOf(group))
    }
  }
  return out
}

/** One live group of a correlation. */
export function viewGroup(
  stream: Stream | undefined,
  id: string,
  key: GroupKey,
): GroupView | undefined {
  const lane = stream?.lanes.find(({ correlation }) => correlation.rule.id === id)
  const group = lane?.groups.get(mapKeyOf(key))
  return group === undefined ? undefined : viewOf(group)
}

function viewOf({ window, key, lane }: Group): GroupView {
  const { correlation } = lane
  const { entries, low, state } = window
  const end = entries.times.length
  const value = correlation.measure.value(state, entries, end - 1)
  const seen = new Set(entries.stages.slice(low))
  return {
    key,
    entries: end - low,
    first: entries.times[low]!,
    last: entries.times[end - 1]!,
    value,
    seen: correlation.rule.inputs.filter((_, stage) => seen.has(stage)).map((input) => input.id),
    events: newestRefs(entries.refs, low),
    values: newestValues(entries.values, low),
    holds: correlation.holds(value, state),
  }
}

/** Several entries may stand for one event. */
function newestRefs(refs: readonly (Ref | readonly Ref[])[], low: number): readonly Ref[] {
  const found = new Set<Ref>()
  for (let i = refs.length - 1; i >= low && found.size < FIRING_REFS_MAX; i--)
    for (const ref of [refs[i]!].flat().toReversed()) found.add(ref)
  return [...found].slice(0, FIRING_REFS_MAX).reverse()
}

function newestValues(values: readonly (string | number)[], low: number) {
  const found = new Set<string | number>()
  for (let i = values.length - 1; i >= low && found.size < VALUES_SHOWN_MAX; i--)
    found.add(values[i]!)
  return [...found].reverse()
}
