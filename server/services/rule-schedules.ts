// Schedules of rules follow the rules that run. At the moment a new rule set takes over nothing is being
// ingested, so that where ingest stands then says exactly which events a rule saw as they arrived.
import type { IngestPosition } from '../stores/events/event-store.ts'
import type { RunStore, Schedule, ScheduleChange, Work } from '../stores/state/runs.ts'
import { durationOf, nextSlot } from './schedule-clock.ts'

/** What a rule set says of schedules. */
export interface RuleSchedules {
  readonly rules: readonly {
    readonly id: string
    /** Duration as written; undefined: it runs as events arrive. */
    readonly schedule: string | undefined
  }[]
  /** Rules that are there but cannot run: their schedules stay, and their runs say why. */
  readonly refused: readonly string[]
}

type ScheduleStore = Pick<RunStore, 'listSchedules' | 'saveSchedules'>

/** Whether a rule set changes stored schedules at all: most do not, and then nothing has to wait. */
export async function changesSchedules(store: ScheduleStore, set: RuleSchedules): Promise<boolean> {
  const { changes, gone } = await planOf(store, set, { epoch: '', sequence: 0 }, 0)
  return changes.length + gone.length > 0
}

/** Brings the stored schedules up to a rule set that takes over at `position`. */
export async function syncRuleSchedules(
  store: ScheduleStore,
  set: RuleSchedules,
  position: IngestPosition,
  now: number,
): Promise<void> {
  const { changes, gone } = await planOf(store, set, position, now)
  if (changes.length + gone.length > 0) await store.saveSchedules(changes, gone)
}

async function planOf(
  store: ScheduleStore,
  { rules, refused }: RuleSchedules,
  position: IngestPosition,
  now: number,
) {
  const known = new Map(
    (await store.listSchedules('rule', true)).map((schedule) => [schedule.id, schedule]),
  )
  const staying = new Set(refused)
  const changes: ScheduleChange[] = []
  for (const { id, schedule } of rules) {
    staying.add(id)
    const before = known.get(id)
    const interval_ms = schedule === undefined ? undefined : durationOf(schedule)
    const change =
      interval_ms === undefined
        ? stopped(before, position, now)
        : scheduled({ kind: 'rule', id }, before, interval_ms, position, now)
    if (change !== undefined) changes.push(change)
  }
  const gone = [...known.values()].filter(({ id }) => !staying.has(id))
  return { changes, gone }
}

/** It runs as events arrive from here on: one last run, at once, for what came before. */
function stopped(
  before: Schedule | undefined,
  { sequence }: IngestPosition,
  now: number,
): ScheduleChange | undefined {
  if (before?.interval_ms === undefined || isClosing(before)) return undefined
  const { kind, id, interval_ms } = before
  return { kind, id, interval_ms, nextRunAt: now, gaps: [...gapsAhead(before), [sequence, null]] }
}

function scheduled(
  work: Work,
  before: Schedule | undefined,
  interval_ms: number,
  position: IngestPosition,
  now: number,
): ScheduleChange | undefined {
  const nextRunAt = nextSlot(work, interval_ms, now)
  if (before?.interval_ms === undefined || before.cutoff === undefined)
    return { ...work, interval_ms, nextRunAt, cutoff: position, gaps: [] }
  if (isClosing(before)) {
    const gaps = gapsAhead(before).map(([from, to]) => [from, to ?? position.sequence] as const)
    return { ...work, interval_ms, nextRunAt, gaps }
  }
  return before.interval_ms === interval_ms ? undefined : { ...work, interval_ms, nextRunAt }
}

function isClosing({ gaps = [] }: Schedule): boolean {
  return gaps.at(-1)?.[1] === null
}

/** Gaps that it has not passed yet. */
function gapsAhead({ gaps = [], cutoff }: Schedule): NonNullable<Schedule['gaps']> {
  return gaps.filter(([, to]) => to === null || to > (cutoff?.sequence ?? 0))
}
