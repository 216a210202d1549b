// What of a backtest leaves for a pull request or an artifact: example events without secrets, and where
// asked for with pseudonyms, the same in tables and examples.
import type { Event } from '../../parsers/event.ts'
import { redactEvents } from '../redact/redact.ts'
import type { Outcome } from './conclude.ts'
import type { Tally } from './tally.ts'

export interface OutgoingOptions {
  /** Users, hosts and addresses get pseudonyms too. */
  readonly pseudonyms: boolean
}

/** Rules whose examples leave: all of them together are one redaction. */
const RULES_MAX = 40
/** Hosts and users that a rule names under pseudonyms. */
const ENTITIES_MAX = 12

/** The same outcome with nothing in its examples that must not leave. */
export function outgoing(outcome: Outcome, { pseudonyms }: OutgoingOptions): Outcome {
  const judged = outcome.judged.map((one, n) => ({
    ...one,
    tally: limited(one.tally, n, pseudonyms),
  }))
  const { readings } = outcome
  const events = [
    ...judged.flatMap(({ tally }) => examplesOf(tally)),
    ...(readings?.examples ?? []).map(({ after }) => after),
  ]
  if (events.length === 0 && !pseudonyms) return { ...outcome, judged }
  const named = judged.flatMap(({ tally }) => tally.entities.map(standIn))
  const all = pseudonyms ? [...events, ...named] : events
  const first = redactEvents(all)
  const keep = first.replaced.filter(({ kind }) => kind !== 'secret').map(({ from }) => from)
  const clean = pseudonyms ? first : redactEvents(all, { keep })
  const byEvent = new Map(all.map((event, n) => [event, clean.events[n]!]))
  const names = new Map(clean.replaced.map(({ from, to }) => [from.toLowerCase(), to]))
  const renamed = (text: string) => (pseudonyms ? (names.get(text.toLowerCase()) ?? text) : text)
  const shown = judged.map((one) => ({
    ...one,
    tally: {
      ...one.tally,
      addedExamples: one.tally.addedExamples.map((event) => byEvent.get(event)!),
      lostExamples: one.tally.lostExamples.map((event) => byEvent.get(event)!),
      entities: one.tally.entities.map((entity) => ({
        ...entity,
        host: renamed(entity.host),
        user: renamed(entity.user),
      })),
    },
    verdicts: {
      ...one.verdicts,
      replayed: one.verdicts.replayed.map((alert) => ({
        ...alert,
        host: renamed(alert.host),
        user: renamed(alert.user),
      })),
    },
  }))
  if (readings === undefined) return { ...outcome, judged: shown }
  const examples = readings.examples.map((one) => ({ ...one, after: byEvent.get(one.after)! }))
  return { ...outcome, judged: shown, readings: { ...readings, examples } }
}

/** A tally no larger than one redaction takes. */
function limited(tally: Tally, at: number, pseudonyms: boolean): Tally {
  const shown = pseudonyms
    ? { ...tally, entities: at < RULES_MAX ? tally.entities.slice(0, ENTITIES_MAX) : [] }
    : tally
  return at < RULES_MAX ? shown : { ...shown, addedExamples: [], lostExamples: [] }
}

function examplesOf({ addedExamples, lostExamples }: Tally): readonly Event[] {
  return [...addedExamples, ...lostExamples]
}

/** An event that names a host and a user, so that both get their pseudonyms. */
function standIn({ host, user }: { readonly host: string; readonly user: string }): Event {
  return {
    id: '',
    time: 0,
    ingested: 0,
    source: '',
    parser: '',
    logsource: { category: [], service: [], closed: false },
    pivots: { host, user },
    message: '',
    fields: { host, user },
    raw: '',
  }
}
