// Rows made alerts by hand (T1), with the same deduplication as detection.
import type { Event } from '../../parsers/event.ts'
import { getPath } from '../../parsers/event-value.ts'
import { DEDUP_DEFAULT, DEDUP_WINDOW_DEFAULT_MS } from '../../sigma/dedup.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import type { Actor } from '../stores/state/access.ts'
import type { Observable, Promoted, Promotion } from '../stores/state/promotions.ts'
import { type RuleFacts, SEVERITIES } from '../stores/state/state-store.ts'
import type { StateClient } from '../workers/state-client.ts'
import { TITLE_MAX_CHARACTERS } from './alert-fold.ts'
import { MANUAL_RULE_ID } from './alert-maker.ts'
import { addKeys } from './match-keys.ts'
import type { MutedRows } from './muted-rows.ts'
import { observablesOf } from './observables.ts'
import { isOfRule } from './rule-match.ts'
import { ServiceError } from './service-error.ts'
import type { RuleService } from './services.ts'

export interface PromoteRequest {
  readonly eventId: string
  /** Undefined: an alert of nobody's rule, `manual`. */
  readonly ruleId?: string
  /** Promotes a muted event, or one that the rule does not match; the audit log says so. */
  readonly override?: boolean
  readonly createCase?: boolean
}

export interface PromoteAnswer extends Promoted {
  readonly observables: readonly Observable[]
}

export interface PromoteService {
  /** Rejects `not-found` for an event or rule that is not there, `conflict` naming the mute of a muted event
   * or a rule that does not match the event, `invalid` where a case is asked for. */
  promote(request: PromoteRequest, by: Actor): Promise<PromoteAnswer>
}

export interface PromoteParts {
  readonly state: StateClient
  readonly events: Pick<EventReader, 'get' | 'matchesOf'>
  readonly rules: RuleService
  readonly muted: MutedRows['muted']
}

export function createPromote({ state, events, rules, muted }: PromoteParts): PromoteService {
  return {
    promote: async ({ eventId, ruleId, override = false, createCase = false }, by) => {
      if (createCase)
        throw new ServiceError(
          'invalid',
          'create_case: this server has no cases yet; promote without it',
        )
      const [event] = await events.get([eventId])
      if (event === undefined) throw new ServiceError('not-found', `there is no event ${eventId}`)
      const rule = ruleId === undefined ? manualRule(event) : factsOf(rules, ruleId)
      const mute = (await muted([event], await events.matchesOf([eventId])))[eventId]
      if (mute !== undefined && !override)
        throw new ServiceError(
          'conflict',
          `event ${eventId} is muted by ${mute.id} (${mute.reason}): promote it with override: true, which is logged`,
        )
      const unmatched = ruleId !== undefined && !(await isOfRule({ events, rules }, ruleId, event))
      if (unmatched && !override)
        throw new ServiceError(
          'conflict',
          `rule ${ruleId} does not match event ${eventId}: promote it without a rule, or with override: true, which is logged`,
        )
      const observables = observablesOf(event)
      const promotion: Promotion = {
        ...{ event, rule, observables, keys: keysOf(rules, rule.id, event) },
        ...(ruleId === undefined ? { title: titleOf(event) } : {}),
        ...(mute === undefined ? {} : { override: mute.id }),
        ...(unmatched ? { unmatched } : {}),
      }
      return { ...(await state.promote(promotion, by)), observables }
    },
  }
}

function factsOf(rules: RuleService, id: string): RuleFacts {
  const facts = rules.facts(id)
  if (facts === undefined) throw new ServiceError('not-found', `there is no rule ${id}`)
  return facts
}

function manualRule({ pivots }: Event): RuleFacts {
  const level = SEVERITIES.find((severity) => severity === pivots.severity) ?? 'medium'
  return {
    ...{ id: MANUAL_RULE_ID, title: 'Promoted by hand', level, hash: MANUAL_RULE_ID, text: '' },
    ...{ tags: [], dedup: DEDUP_DEFAULT, dedupWindow_ms: DEDUP_WINDOW_DEFAULT_MS },
  }
}

function titleOf({ message, raw, source }: Event): string {
  const text = (message === '' ? raw : message).replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  return (text === '' ? `Event of ${source}` : text).slice(0, TITLE_MAX_CHARACTERS)
}

/** What a match of the rule would keep of the event. */
function keysOf(rules: RuleService, ruleId: string, event: Event): Record<string, string> {
  const keys: Record<string, string> = {}
  for (const [name, value] of Object.entries(event.pivots)) {
    if (value !== undefined) keys[name] = String(value)
  }
  const named = rules.compiled(ruleId)?.trapline?.dedup
  for (const name of named ?? []) {
    const value = getPath(event, name)
    if (value !== undefined) keys[name] = value
  }
  // A correlation groups by fields of its rules' events.
  if (ruleId !== MANUAL_RULE_ID && !rules.readsEvents(ruleId))
    addKeys(keys, event, rules.facts(ruleId)?.dedup ?? [])
  return keys
}
