// What can be seen of the state: live groups, and who is late.
import type { Group, Stream } from './store.ts'
import type { GroupView } from './types.ts'

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
  }
}
