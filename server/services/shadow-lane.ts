// Would-be alerts: the matches of the shadow lane folded like real ones. What a mute covers is counted as
// suppressed and makes none, as it will be once the mute's filter is merged.
import type { Event } from '../../parsers/event.ts'
import type { StoredMatch } from '../stores/events/event-store.ts'
import type { ShadowFolding } from '../stores/state/alert-writer.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import type { AlertMatch } from './alert-fold.ts'
import { createAlertMaker, type MuteOf } from './alert-maker.ts'

/** What to fold into the lane; undefined where there is nothing. */
export function shadowFolding(
  matches: readonly AlertMatch[],
  ruleOf: (match: StoredMatch) => RuleFacts,
  eventOf: (id: string) => Event | undefined,
  muteOf: MuteOf,
): ShadowFolding | undefined {
  if (matches.length === 0) return undefined
  const maker = createAlertMaker()
  const all = maker.prepare(matches, ruleOf, muteOf)
  const prepared = { ...all, groups: all.groups.filter(({ mute }) => mute === undefined) }
  const stages = new Map(
    matches.map((match) => [match.ruleHash, ruleOf(match).rollout?.stage ?? 'live']),
  )
  return {
    missing: () => maker.missing(prepared),
    fold: (found, next) => maker.fold(prepared, found, next, eventOf),
    suppressed: all.rules.values().reduce((sum, { suppressed }) => sum + suppressed, 0),
    stageOf: ({ ruleHash }) => stages.get(ruleHash) ?? 'live',
  }
}
