// Would-be alerts: the matches of the shadow lane folded like real ones. Mutes do not apply here, so that
// the numbers say what the rule does.
import type { Event } from '../../parsers/event.ts'
import type { StoredMatch } from '../stores/events/event-store.ts'
import type { ShadowFolding } from '../stores/state/alert-writer.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import type { AlertMatch } from './alert-fold.ts'
import { createAlertMaker, NO_MUTES } from './alert-maker.ts'

/** What to fold into the lane; undefined where there is nothing. */
export function shadowFolding(
  matches: readonly AlertMatch[],
  ruleOf: (match: StoredMatch) => RuleFacts,
  eventOf: (id: string) => Event | undefined,
): ShadowFolding | undefined {
  if (matches.length === 0) return undefined
  const maker = createAlertMaker()
  const prepared = maker.prepare(matches, ruleOf, NO_MUTES)
  const stages = new Map(
    matches.map((match) => [match.ruleHash, ruleOf(match).rollout?.stage ?? 'live']),
  )
  return {
    missing: () => maker.missing(prepared),
    fold: (found, next) => maker.fold(prepared, found, next, eventOf),
    stageOf: ({ ruleHash }) => stages.get(ruleHash) ?? 'live',
  }
}
