// What the ingest benchmark says: figures by stage, and the goals that they meet.
import { EVENT_BYTES } from './events.ts'
import { EVENTS_PER_BODY } from './ingest-sender.ts'

/** Goal F2 and the part of F3 and F4 that is measured here. */
const GOALS = {
  events_per_second_min: 50_000,
  p99_ms_max: 250,
  index_lag_s_max: 5,
  cpu_us_per_event_max: 40,
  matching_us_per_event_max: 6,
  bytes_per_event_max: 180,
  resident_mib_max: 1_024,
} as const

/** Figures between one checkpoint and the next. */
export interface StageFigures {
  readonly stored_events: number
  readonly events_per_second: number
  readonly p50_ms: number
  readonly p99_ms: number
  readonly max_ms: number
  readonly refusals_429: number
  readonly sender_cpu_cores: number
  readonly sender_cpu_us_per_event: number
  readonly server_cpu_cores: number
  readonly server_cpu_us_per_event: number
  /** The same by thread: the main one, the workers, the helpers of the collector and the compiler. */
  readonly thread_us_per_event: Readonly<Record<string, number>>
  readonly resident_mib: number
  readonly bytes_per_event: number
  /** The same by part of the data folder. */
  readonly part_bytes_per_event: Readonly<Record<string, number>>
  readonly index_lag_s_max: number
}

export interface Found {
  /** As the server counts them. */
  readonly stored: number
  /** Total of a search for everything, and for the rare word. */
  readonly all: number
  readonly rare: number
  /** Whether those are the events that were acknowledged. */
  readonly right: boolean
}

/** Each goal with the worst figure of any stage (bytes: of the last). */
export function goalsMet(stages: readonly StageFigures[], matching_us: number) {
  const worst = (of: (stage: StageFigures) => number) => Math.max(...stages.map(of))
  const most = (figure: number, goal: number) => ({ figure, goal, met: figure <= goal })
  const slowest = Math.min(...stages.map((stage) => stage.events_per_second))
  const goal = GOALS.events_per_second_min
  return {
    events_per_second: { figure: slowest, goal, met: slowest >= goal },
    p99_ms: most(
      worst((s) => s.p99_ms),
      GOALS.p99_ms_max,
    ),
    index_lag_s: most(
      worst((s) => s.index_lag_s_max),
      GOALS.index_lag_s_max,
    ),
    cpu_us_per_event: most(
      worst((s) => s.server_cpu_us_per_event + s.sender_cpu_us_per_event),
      GOALS.cpu_us_per_event_max,
    ),
    matching_us_per_event: most(matching_us, GOALS.matching_us_per_event_max),
    bytes_per_event: most(stages.at(-1)?.bytes_per_event ?? 0, GOALS.bytes_per_event_max),
    resident_mib: most(
      worst((s) => s.resident_mib),
      GOALS.resident_mib_max,
    ),
  }
}

/** Prints them as tables. */
export function print(figures: {
  readonly rules: number
  readonly matching_us_per_event: number
  readonly stages: readonly StageFigures[]
  readonly at_rest_bytes_per_event: Readonly<Record<string, number>>
  readonly found: Found
  readonly goals: ReturnType<typeof goalsMet>
}): void {
  const { rules, matching_us_per_event, stages, at_rest_bytes_per_event, found, goals } = figures
  const size = `bodies of ${EVENTS_PER_BODY} events of ${EVENT_BYTES} bytes`
  console.log(`${rules} rules, matching alone ${matching_us_per_event.toFixed(1)} us; ${size}`)
  console.table(
    stages.map((stage) =>
      Object.fromEntries(
        Object.entries(stage)
          .filter(([, value]) => typeof value === 'number')
          .map(([name, value]) => [name, Math.round(value * 100) / 100]),
      ),
    ),
  )
  for (const { thread_us_per_event } of stages) console.log(thread_us_per_event)
  console.log('bytes an event, at rest:', at_rest_bytes_per_event)
  console.log('found by searching:', found)
  console.table(goals)
}
