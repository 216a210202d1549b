// Feedback on rules (D13): what people say of them, beside the verdicts of their alerts.
import type { EventReader } from '../stores/events/event-store.ts'
import type { Actor } from '../stores/state/access.ts'
import type { Feedback, FeedbackCounts, FeedbackVerdict } from '../stores/state/feedback.ts'
import type { Alert } from '../stores/state/state-store.ts'
import type { StateClient } from '../workers/state-client.ts'
import { isOfRule, type RuleMatchParts } from './rule-match.ts'
import { ServiceError } from './service-error.ts'
import type { RuleService } from './services.ts'

export interface FeedbackRequest {
  readonly ruleId: string
  readonly verdict: FeedbackVerdict
  /** Why; a false positive needs it. */
  readonly reason: string
  readonly alertId?: string
  readonly eventId?: string
  /** Gives the alert the verdict too, which closes it. */
  readonly closeAlert?: boolean
  /** The alert's version, where it was seen; default the newest. */
  readonly version?: number
}

export interface RuleFeedback {
  readonly counts: FeedbackCounts
  /** Share of false positives among what was judged true or false, 0 to 1; undefined before the first. */
  readonly falsePositiveRatio: number | undefined
  readonly entries: readonly Feedback[]
}

export interface FeedbackService {
  /** Rejects `not-found` for a rule, alert or event that is not there, `invalid` for an alert of another
   * rule, an event that is not the rule's or a false positive without a reason, `conflict` for a stale version. */
  give(request: FeedbackRequest, by: Actor): Promise<Feedback>
  of(ruleId: string, limit: number): Promise<RuleFeedback>
}

export interface FeedbackParts {
  readonly state: StateClient
  readonly events: Pick<EventReader, 'get' | 'matchesOf'>
  readonly rules: Pick<RuleService, 'list'> & RuleMatchParts['rules']
}

const NOBODY: FeedbackCounts = { truePositive: 0, falsePositive: 0, other: 0 }

export function createFeedback(parts: FeedbackParts): FeedbackService {
  const { state, rules } = parts
  return {
    give: async (request, by) => {
      const { ruleId, verdict, eventId, closeAlert = false } = request
      const reason = request.reason.trim()
      if (verdict === 'false_positive' && reason === '')
        throw new ServiceError(
          'invalid',
          'a false positive needs a reason: the rule is tuned by it',
        )
      const alert = await alertOf(state, request)
      if (alert === undefined && !rules.list().some(({ id }) => id === ruleId))
        throw new ServiceError('not-found', `there is no rule ${ruleId}`)
      if (closeAlert && alert === undefined)
        throw new ServiceError('invalid', 'close_alert: name the alert')
      const event =
        eventId === undefined ? alert?.event : await eventOf(parts, ruleId, eventId, alert)
      if (closeAlert && alert !== undefined) {
        const closing = verdict === 'true_positive' ? verdict : 'false_positive_logic'
        const { version = alert.version } = request
        await state.changeAlert(alert.id, { verdict: closing, reason, version }, by)
      }
      return state.addFeedback(
        {
          ...{ ruleId, verdict, reason },
          ...(alert === undefined ? {} : { alertId: alert.id }),
          ...(event === undefined ? {} : { event }),
        },
        by,
      )
    },
    of: async (ruleId, limit) => {
      const [counts, entries] = await Promise.all([
        state.feedbackCounts(),
        state.listFeedback(ruleId, limit),
      ])
      const own = (Object.hasOwn(counts, ruleId) ? counts[ruleId] : undefined) ?? NOBODY
      return { counts: own, falsePositiveRatio: falsePositiveRatio(own), entries }
    },
  }
}

/** False positives among what was judged true or false; undefined where nothing was. */
export function falsePositiveRatio({
  truePositive,
  falsePositive,
}: FeedbackCounts): number | undefined {
  const judged = truePositive + falsePositive
  return judged === 0 ? undefined : falsePositive / judged
}

async function alertOf(
  state: StateClient,
  { alertId, ruleId }: FeedbackRequest,
): Promise<Alert | undefined> {
  if (alertId === undefined) return undefined
  const alert = await state.getAlert(alertId)
  if (alert === undefined) throw new ServiceError('not-found', `there is no alert ${alertId}`)
  if (alert.ruleId !== ruleId)
    throw new ServiceError('invalid', `alert ${alertId} is of rule ${alert.ruleId}`)
  return alert
}

/** The event that the feedback is about: one of the alert's, or one that the rule matches. */
async function eventOf(
  { events, rules, state }: FeedbackParts,
  ruleId: string,
  id: string,
  alert: Alert | undefined,
) {
  if (alert?.event.id === id) return alert.event
  const [event] = await events.get([id])
  if (event === undefined) throw new ServiceError('not-found', `there is no event ${id}`)
  if (await isOfRule({ events, rules }, ruleId, event)) return event
  const linked = (await state.alertsOfEvents([id]))[id] ?? []
  if (alert !== undefined && linked.some((link) => link.id === alert.id)) return event
  throw new ServiceError('invalid', `event_id: rule ${ruleId} does not match event ${id}`)
}
