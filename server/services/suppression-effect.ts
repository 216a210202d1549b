// What a mute would have hidden: the alerts of the last days, judged by their own events.
import type { Event } from '../../parsers/event.ts'
import type { EventPredicate } from '../../sigma/eval/predicate.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import type { Alert, Verdict } from '../stores/state/state-store.ts'
import type { SuppressionEffect } from '../stores/state/suppressions.ts'
import type { StateClient } from '../workers/state-client.ts'
import { ServiceError } from './service-error.ts'

/** How far back alerts are looked at, days. */
export const EFFECT_DAYS = 30
/** Alerts that are looked at; beyond them nothing exact can be said. */
export const EFFECT_ALERTS_MAX = 20_000
/** Events beside the first of each alert that are read; beyond them an alert is judged by its first, and says so. */
export const EFFECT_EVENTS_MAX = 10_000
const PAGE_ALERTS = 500
const GET_EVENTS = 500
const DAY_MS = 24 * 3600_000

/** An alert that would lose events. */
export interface EffectAlert {
  readonly id: string
  readonly ruleId: string
  readonly title: string
  readonly status: Alert['status']
  readonly verdict?: Verdict
  readonly host?: string
  readonly user?: string
  readonly lastSeen: number
  /** Its matches, those of them that were looked at (the newest hundred and the first, or the first alone), and
   * those hidden. */
  readonly count: number
  readonly looked: number
  readonly hidden: number
  /** Every event that was looked at is hidden: the alert would not be there. */
  readonly whole: boolean
}

export interface Effect extends SuppressionEffect {
  /** Newest first. */
  readonly alerts: readonly EffectAlert[]
  /** True positives among what it hides: alerts, whatever their age, and events that feedback names. */
  readonly truePositives: readonly string[]
  /** An event that it hides, of the newest alert; undefined where there is none. */
  readonly example?: Event
}

export interface EffectParts {
  readonly state: Pick<StateClient, 'listAlerts' | 'verdictEvents'>
  readonly events: Pick<EventReader, 'get'>
}

export interface EffectQuestion {
  /** Undefined: every rule that is meant. */
  readonly ruleId: string | undefined
  /** Whether a rule is meant. */
  means(ruleId: string): boolean
  readonly hides: EventPredicate
}

/** Rejects `too-large` where there are more alerts than can be looked at. */
export async function measureEffect(
  { state, events }: EffectParts,
  question: EffectQuestion,
  now: number,
): Promise<Effect> {
  const found: EffectAlert[] = []
  let looked = 0
  let example: Event | undefined
  const filter = {
    activeFrom: now - EFFECT_DAYS * DAY_MS,
    ...(question.ruleId === undefined ? {} : { ruleId: question.ruleId }),
  }
  const eventsOf = createEventReader(events)
  let cursor: string | undefined
  do {
    const page = await state.listAlerts({
      ...{ filter, limit: PAGE_ALERTS, order: 'newest' },
      ...(cursor === undefined ? {} : { cursor }),
    })
    if (page.total > EFFECT_ALERTS_MAX)
      throw new ServiceError(
        'too-large',
        `${page.total} alerts of ${EFFECT_DAYS} days are more than the ${EFFECT_ALERTS_MAX} that are looked at: name a rule`,
      )
    const meant = page.alerts.filter((alert) => question.means(alert.ruleId))
    looked += meant.length
    for (const [alert, own] of await eventsOf(meant)) {
      const hidden = own.filter(question.hides)
      if (hidden.length === 0) continue
      example ??= hidden[0]
      found.push(effectOn(alert, own.length, hidden.length))
    }
    cursor = page.cursor
  } while (cursor !== undefined)
  return {
    ...summaryOf(found),
    ...{ looked, days: EFFECT_DAYS, alerts: found },
    truePositives: await truePositivesOf(state, question, found),
    ...(example === undefined ? {} : { example }),
  }
}

/** Reads the other events of alerts while there is room; those of true positives always, for they decide. */
function createEventReader(reader: Pick<EventReader, 'get'>) {
  let room = EFFECT_EVENTS_MAX
  const othersOf = ({ count, event, eventIds }: Alert) =>
    count > 1 ? eventIds.filter((id) => id !== event.id) : []
  /** Each alert with the copy of its first event and the others that are read and still stored. */
  return async (
    alerts: readonly Alert[],
  ): Promise<readonly (readonly [Alert, readonly Event[]])[]> => {
    const chosen = new Map<Alert, readonly string[]>()
    for (const alert of alerts) {
      const ids = othersOf(alert)
      if (alert.verdict !== 'true_positive' && ids.length > room) continue
      room -= Math.min(room, ids.length)
      chosen.set(alert, ids)
    }
    const byId = await eventsById(reader, [...new Set([...chosen.values()].flat())])
    return alerts.map((alert) => {
      const others = chosen.get(alert) ?? []
      return [alert, [alert.event, ...others.flatMap((id) => byId.get(id) ?? [])]] as const
    })
  }
}

async function eventsById(
  reader: Pick<EventReader, 'get'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Event>> {
  const byId = new Map<string, Event>()
  for (let from = 0; from < ids.length; from += GET_EVENTS) {
    for (const event of await reader.get(ids.slice(from, from + GET_EVENTS))) {
      if (event !== undefined) byId.set(event.id, event)
    }
  }
  return byId
}

function effectOn(alert: Alert, looked: number, hidden: number): EffectAlert {
  const { id, ruleId, title, status, verdict, host, user, lastSeen, count } = alert
  return {
    ...{ id, ruleId, title, status, lastSeen, count, looked, hidden },
    whole: hidden === looked,
    ...(verdict === undefined ? {} : { verdict }),
    ...(host === undefined ? {} : { host }),
    ...(user === undefined ? {} : { user }),
  }
}

function summaryOf(found: readonly EffectAlert[]) {
  const byVerdict: Partial<Record<Verdict | 'none', number>> = {}
  for (const { verdict = 'none' } of found) byVerdict[verdict] = (byVerdict[verdict] ?? 0) + 1
  const hidden = found.filter(({ whole }) => whole).length
  return { hidden, partly: found.length - hidden, byVerdict }
}

async function truePositivesOf(
  state: Pick<StateClient, 'verdictEvents'>,
  { ruleId, means, hides }: EffectQuestion,
  found: readonly EffectAlert[],
): Promise<readonly string[]> {
  const recent = found.filter(({ verdict }) => verdict === 'true_positive').map(({ id }) => id)
  const kept = (await state.verdictEvents(EFFECT_ALERTS_MAX, ruleId))
    .filter((one) => one.verdict === 'true_positive' && hides(one.event))
    .filter((one) => ruleId !== undefined || means(one.ruleId))
    .map(({ alertId, event }) => alertId ?? `event ${event.id}`)
  return [...new Set([...recent, ...kept])]
}
