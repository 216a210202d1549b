// Whether an event is one of a rule: it matched when it came in, or it matches as the rule runs now.
import { rulesBelow } from '../../ci/backtest/correlation.ts'
import type { Event } from '../../parsers/event.ts'
import type { EventReader } from '../stores/events/event-store.ts'

import { ServiceError } from './service-error.ts'
import type { RuleService } from './services.ts'

export interface RuleMatchParts {
  readonly events: Pick<EventReader, 'matchesOf'>
  readonly rules: Pick<RuleService, 'correlation' | 'readsEvents' | 'why'>
}

/** Whether the rule, or for a correlation one of the rules that it reads, matches the event or did so when it
 * came in. Matches of scheduled runs are found by asking the rule again. */
export async function isOfRule(
  { events, rules }: RuleMatchParts,
  ruleId: string,
  event: Event,
): Promise<boolean> {
  const correlation = rules.correlation(ruleId)
  const below = correlation === undefined ? [] : rulesBelow(correlation).map(({ id }) => id)
  const meant = [ruleId, ...below]
  const matched = (await events.matchesOf([event.id]))[event.id] ?? []
  if (meant.some((id) => matched.includes(id))) return true
  for (const id of meant) if (await fires(rules, id, event)) return true
  return false
}

async function fires(rules: RuleMatchParts['rules'], id: string, event: Event): Promise<boolean> {
  if (!rules.readsEvents(id)) return false
  try {
    return (await rules.why(id, event)).fires
  } catch (error) {
    // Refused rules match nothing.
    if (error instanceof ServiceError && error.code === 'not-found') return false
    throw error
  }
}
