// The state as JSON and back. Correlations are known again by id and by what their state means.
import { createClocks } from './clock.ts'
import type { Compiled } from './compile.ts'
import type { State } from './state.ts'
import { addGroup, entriesOf, type Group, mapKeyOf, type Stream, sizeOf } from './store.ts'
import type { FieldText, Snapshot, SnapshotGroup, SnapshotStream } from './types.ts'
import { rebuild } from './window.ts'

export function snapshotOf(correlations: readonly Compiled[], state: State): Snapshot {
  return {
    version: 1,
    correlations: correlations.map(({ rule, fingerprint }) => ({ id: rule.id, fingerprint })),
    streams: [...state.streams.values()].map(streamOut),
  }
}

function streamOut({ name, clocks, lanes }: Stream): SnapshotStream {
  const groups = lanes.flatMap((lane) => [...lane.groups.values()])
  groups.sort((a, b) => a.used - b.used)
  return {
    stream: name,
    clocks: [...clocks.bySource].map(([source, { max, late }]) => [source, max, late]),
    groups: groups.map(groupOut),
  }
}

function groupOut({ window, key, lane, last }: Group): SnapshotGroup {
  const { entries, base } = window
  const { stages, values, carried } = entries
  return {
    of: lane.correlation.index,
    key: key.map((part) => part ?? null),
    last: typeof last === 'object' || last === undefined ? null : last,
    times: entries.times.slice(base),
    refs: entries.refs.slice(base),
    flags: entries.flags.slice(base),
    ...(stages.length === 0 ? {} : { stages: stages.slice(base) }),
    ...(values.length === 0 ? {} : { values: values.slice(base) }),
    ...(carried.length === 0
      ? {}
      : { carried: carried.slice(base).map((texts) => texts.map((text) => text ?? null)) }),
  }
}

/** Puts a snapshot's state into an engine that has none yet; ids of the correlations it took over. */
export function restoreStreams(
  snapshot: Snapshot,
  correlations: readonly Compiled[],
  state: State,
  lateness_ms: number,
  streamOf: (name: string, clocks: ReturnType<typeof createClocks>) => Stream,
): string[] {
  const same = snapshot.correlations.map(({ id, fingerprint }) =>
    correlations.find((one) => one.rule.id === id && one.fingerprint === fingerprint),
  )
  for (const { stream: name, clocks, groups } of snapshot.streams) {
    const stream = streamOf(name, createClocks(lateness_ms, clocks))
    for (const stored of groups) {
      const correlation = same[stored.of]
      if (correlation !== undefined) groupIn(stored, correlation, stream, state)
    }
  }
  return same.filter((one) => one !== undefined).map((one) => one.rule.id)
}

function groupIn(stored: SnapshotGroup, correlation: Compiled, stream: Stream, state: State): void {
  const key = stored.key.map((part) => part ?? undefined)
  const group = addGroup(stream.lanes[correlation.index]!, key, mapKeyOf(key))
  const { entries } = group.window
  for (const time of stored.times) entries.times.push(time)
  for (const ref of stored.refs) entries.refs.push(ref)
  for (const flags of stored.flags) entries.flags.push(flags)
  for (const stage of stored.stages ?? []) entries.stages.push(stage)
  for (const value of stored.values ?? []) entries.values.push(value)
  for (const texts of stored.carried ?? []) {
    entries.carried.push(texts.map((text): FieldText => text ?? undefined))
  }
  rebuild(group.window, correlation)
  group.last = stored.last ?? undefined
  group.bytes = sizeOf(group)
  group.used = ++state.turn
  state.groups++
  state.entries += entriesOf(group)
  state.bytes += group.bytes
}
