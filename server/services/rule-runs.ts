// Runs of rules (D7, D8): the scheduled one, which covers what came in since the last, in the order of ingest,
// each part committed with its alerts; and the replay, which only looks.
import type { Event } from '../../parsers/event.ts'
import { getPath } from '../../parsers/event-value.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import type { EventReader, IngestPosition, SearchRequest } from '../stores/events/event-store.ts'
import { TIME_MAX_MS, TIME_MIN_MS } from '../stores/events/id.ts'
import type { RunMatch, RunMatchStore } from '../stores/state/run-matches.ts'
import { RUN_SAMPLES_MAX, type RunStore } from '../stores/state/runs.ts'
import { type Covered, cover } from './cover.ts'
import type { IngestHost } from './ingest.ts'
import type { DueWork, WorkOutcome, WorkRunner } from './schedules.ts'
import { ServiceError } from './service-error.ts'

/** Matches that one transaction takes; more are committed in parts. */
export const RUN_MATCHES_MAX = 5_000
const PAGE_EVENTS = 1_000
/** One page may take this long, milliseconds; the store may stop sooner. */
const PAGE_TIMEOUT_MS = 4_000

/** A rule as it runs now. */
export interface RunnableRule {
  readonly rule: LoadedRule
  readonly hash: string
}

export interface RuleRunParts {
  readonly events: Pick<EventReader, 'search' | 'position'>
  readonly state: RunMatchStore & Pick<RunStore, 'closeSchedule' | 'getSchedule'>
  /** Undefined for a rule that is not loaded, and for correlations. */
  readonly ruleOf: (id: string) => RunnableRule | undefined
  /** Keeps what a run matched where searches by rule look; called again for what it was told before. */
  readonly keep: IngestHost['addRunMatches']
  /** The commit that is live. */
  readonly commit: () => string | undefined
}

/** Range of a replay: event times, milliseconds, half open. */
export interface ReplayRange {
  readonly from: number
  readonly to: number
}

/** The runner of rules. */
export function createRuleRunner(parts: RuleRunParts): WorkRunner {
  return async (due) => {
    const found = parts.ruleOf(due.id)
    if (found === undefined) throw new ServiceError('not-found', `rule ${due.id} is not loaded`)
    const commit = parts.commit()
    const outcome =
      due.mode === 'replay'
        ? await replayRule(parts, due, found)
        : await detectRule(parts, due, found)
    return {
      ...outcome,
      ruleHash: found.hash,
      ...(commit === undefined ? {} : { ruleCommit: commit }),
    }
  }
}

interface Sum {
  matches: number
  suppressed: number
  alerts: number
  readonly samples: string[]
}

const emptySum = (): Sum => ({ matches: 0, suppressed: 0, alerts: 0, samples: [] })

const outcomeOf = ({ matches, suppressed, alerts, samples }: Sum): WorkOutcome => ({
  ...{ matches, suppressed, alerts, sampleEventIds: samples },
})

async function detectRule(
  parts: RuleRunParts,
  due: DueWork,
  found: RunnableRule,
): Promise<WorkOutcome> {
  const work = { kind: due.kind, id: due.id }
  const position = await parts.events.position()
  // After the position: a rule set that took over before it has written its gaps by then.
  const { cutoff, gaps = [] } = (await parts.state.getSchedule(work)) ?? due.schedule
  if (cutoff === undefined) throw new ServiceError('conflict', 'this rule runs as events arrive')
  if (position === undefined) throw new ServiceError('unavailable', 'there is no intake yet')
  if (position.epoch !== cutoff.epoch) throw otherEpoch(cutoff, position)
  const sum = emptySum()
  const { epoch } = cutoff
  const search = searcher(parts, found, due.signal)
  const last = gaps.at(-1)
  const isLast = last?.[1] === null
  const end = isLast ? last[0] : position.sequence
  const part = async (from: number, to: number): Promise<Covered> => {
    const events = await search({ after: from, asof: to, ...ALL_TIME }, to - from > 1)
    if (events === undefined) return 'too-much'
    // Without matches there is nothing to commit: what follows moves the cut-off.
    if (events.length > 0) add(sum, events, await commit(events, { epoch, sequence: to }))
    due.progress((to - cutoff.sequence) / Math.max(end - cutoff.sequence, 1))
    return 'done'
  }
  const { rule, hash } = found
  const commit = async (events: readonly Event[], upTo: IngestPosition) => {
    // First: a run that is killed in between goes through these events again.
    const ids = events.map(({ id }) => id)
    await parts.keep({ ruleId: rule.id, ruleHash: hash }, ids)
    return parts.state.commitRunMatches({
      lease: { ...work, run: due.run },
      cutoff: upTo,
      matches: events.map((event) => matchOf(event, found)),
      events,
    })
  }
  let from = cutoff.sequence
  for (const [start, until] of gaps) {
    await cover(from, start, part)
    from = Math.max(from, until ?? end)
  }
  await cover(from, end, part)
  // It runs as events arrive again: this was the last.
  if (isLast) await parts.state.closeSchedule(work, gaps)
  const covered = { epoch, sequence: Math.max(end, cutoff.sequence) }
  return { ...outcomeOf(sum), from: cutoff.sequence, to: covered.sequence, cutoff: covered }
}

const ALL_TIME = { from: TIME_MIN_MS, to: TIME_MAX_MS + 1 }

function otherEpoch(known: IngestPosition, found: IngestPosition): ServiceError {
  return new ServiceError(
    'conflict',
    `other-epoch: this schedule follows intake ${known.epoch}, but intake.db is ${found.epoch}. ` +
      'Restore state.db and intake.db from the same backup',
  )
}

async function replayRule(
  parts: RuleRunParts,
  due: DueWork,
  found: RunnableRule,
): Promise<WorkOutcome> {
  const { from, to } = due.options as ReplayRange
  const sum = emptySum()
  const search = searcher(parts, found, due.signal)
  const asof = (await parts.events.position())?.sequence ?? 0
  await cover(from, to, async (start, end) => {
    const events = await search({ from: start, to: end, asof }, end - start > 1)
    if (events === undefined) return 'too-much'
    add(sum, events, { suppressed: 0, alerts: 0 })
    due.progress((end - from) / (to - from))
    return 'done'
  })
  return { ...outcomeOf(sum), detail: { from, to } }
}

function add(
  sum: Sum,
  events: readonly Event[],
  counted: { readonly suppressed: number; readonly alerts: number },
): void {
  sum.matches += events.length
  sum.suppressed += counted.suppressed
  sum.alerts += counted.alerts
  for (const { id } of events.slice(0, RUN_SAMPLES_MAX - sum.samples.length)) sum.samples.push(id)
}

type Range = Pick<SearchRequest, 'from' | 'to' | 'after' | 'asof'>

/** Finds what the rule matches in a range, oldest first; undefined when that is too much at once. */
function searcher({ events }: RuleRunParts, { rule }: RunnableRule, signal: AbortSignal) {
  const matcher = compileMatcher([rule])
  return async (range: Range, divisible: boolean): Promise<readonly Event[] | undefined> => {
    const matched: Event[] = []
    const request = { ...range, expr: rule.expr, order: 'oldest', limit: PAGE_EVENTS } as const
    let page: SearchRequest = { ...request, timeout_ms: PAGE_TIMEOUT_MS }
    for (;;) {
      signal.throwIfAborted()
      const found = await events.search(page, signal)
      signal.throwIfAborted()
      if (!found.stats.complete) return undefined
      for (const event of found.events) if (matcher.match(event).length > 0) matched.push(event)
      if (found.cursor === undefined) return matched
      if (divisible && matched.length >= RUN_MATCHES_MAX) return undefined
      page = { ...page, cursor: found.cursor }
    }
  }
}

/** The match as ingest would have written it. */
function matchOf(event: Event, { rule, hash }: RunnableRule): RunMatch {
  const keys: Record<string, string> = {}
  for (const [name, value] of Object.entries(event.pivots)) keys[name] = String(value)
  for (const name of rule.trapline?.dedup ?? []) {
    const value = getPath(event, name)
    if (value !== undefined) keys[name] = value
  }
  const { id, time, ingested, source } = event
  return { sequence: 0, eventId: id, ruleId: rule.id, ruleHash: hash, time, ingested, source, keys }
}
