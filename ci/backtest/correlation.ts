// A version of a correlation over stored events: which of them make it hold. It needs the matches of all rules
// below it in order of time, so events are gathered first.
import type { Event } from '../../parsers/event.ts'
import { createCorrelator } from '../../sigma/correlate/engine.ts'
import { correlationText } from '../../sigma/correlate/text.ts'
import { readsOf } from '../../sigma/correlate/why.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { LoadedCorrelation, LoadedRule, LoadedRules } from '../../sigma/rule.ts'
import { UsageError } from '../command.ts'

/** Events held for one correlation at most. */
const HELD_EVENTS_MAX = 500_000

/** A correlation with everything that was loaded with it. */
export interface CorrelationVersion {
  readonly correlation: LoadedCorrelation
  readonly loaded: LoadedRules
}

/** What one event does to a correlation. */
export interface Held {
  /** Ids of the events that contributed to what held with this one; empty where nothing did. */
  readonly contributing: readonly string[]
  readonly value: number
  readonly key: Readonly<Record<string, string | undefined>>
}

export interface CorrelationRun {
  /** True when a rule below the correlation matches the event. */
  reads(event: Event): boolean
  /** To be called with the events in order of time; undefined where the correlation does not hold. */
  add(event: Event, ref: string): Held | undefined
}

/** The rules that a correlation reads, itself or through others. */
export function rulesBelow({ correlation, loaded }: CorrelationVersion): readonly LoadedRule[] {
  return readsOf(correlation, loaded).rules
}

/** A run of one version from an empty state. Nothing is late. */
export function createCorrelationRun(version: CorrelationVersion): CorrelationRun {
  const { correlation, loaded } = version
  const rules = rulesBelow(version)
  const matcher = compileMatcher(rules)
  const engine = createCorrelator<Event>(loaded.correlations, {
    read: correlationText,
    lateness_ms: Number.POSITIVE_INFINITY,
  })
  const inputs = rules.map(({ id }) => engine.input(id))
  return {
    reads: (event) => matcher.match(event).length > 0,
    add: (event, ref) => {
      let held: Held | undefined
      const matches = matcher.match(event).flatMap((rule) => {
        const input = inputs[rule]
        return input === undefined ? [] : [{ input, event }]
      })
      for (const firing of engine.pushEvent(matches, event.time, event.source, ref)) {
        if (firing.id !== correlation.id) continue
        const key = correlation.groupBy.map((name, at) => [name, firing.key[at]])
        held = {
          contributing: [...(held?.contributing ?? []), ...firing.events.map(String)],
          value: firing.value,
          key: Object.fromEntries(key) as Held['key'],
        }
      }
      return held
    },
  }
}

export interface GatheredEvent {
  readonly event: Event
  /** The event as the old version reads it; the same where both read alike. */
  readonly was: Event
  /** How it is named in a run: its id, or its place. */
  readonly ref: string
}

export interface Gathered {
  add(event: Event, was?: Event): void
  /** The events in order of time. */
  inOrder(): readonly GatheredEvent[]
}

/** Gathers what runs read. `add` throws `UsageError` beyond `HELD_EVENTS_MAX` events. */
export function gatherEvents(title: string, runs: readonly CorrelationRun[]): Gathered {
  const held: { readonly event: Event; readonly was: Event }[] = []
  return {
    add: (event, was = event) => {
      if (!runs.some((run) => run.reads(event) || (was !== event && run.reads(was)))) return
      if (held.push({ event, was }) > HELD_EVENTS_MAX)
        throw new UsageError(
          `${title}: over ${HELD_EVENTS_MAX} events match its rules: take fewer days or files`,
        )
    },
    inOrder: () =>
      held
        .map((one, at) => ({ ...one, ref: one.event.id === '' ? `#${at}` : one.event.id }))
        .sort((a, b) => a.event.time - b.event.time || (a.event.id < b.event.id ? -1 : 1)),
  }
}
