import type { RuleChip } from '../../../views/search/table.tsx'
import type { RuleService, RuleSummary, Services } from '../../services/services.ts'
import { SEVERITIES } from '../../stores/state/state-store.ts'

interface Kept {
  readonly version: string
  readonly byId: ReadonlyMap<string, RuleSummary>
}

const kept = new WeakMap<RuleService, Kept>()

/** The loaded rules by id, kept until they change. */
export function rulesById(rules: RuleService): ReadonlyMap<string, RuleSummary> {
  const known = kept.get(rules)
  if (known !== undefined && known.version === rules.version) return known.byId
  const byId = new Map(rules.list().map((rule) => [rule.id, rule]))
  kept.set(rules, { version: rules.version, byId })
  return byId
}

/** Higher is worse; -1 for a rule that is no longer loaded. */
export function levelRank(level: string | undefined): number {
  return (SEVERITIES as readonly string[]).indexOf(level ?? '')
}

/** The rules that matched each event, worst first; a rule no longer loaded keeps its id as title. */
export async function rulesOfEvents(
  services: Services,
  ids: readonly string[],
): Promise<Readonly<Record<string, readonly RuleChip[]>>> {
  if (ids.length === 0) return {}
  const matches = await services.events.matchesOf(ids)
  const rules = rulesById(services.rules)
  return Object.fromEntries(
    Object.entries(matches).map(([eventId, ruleIds]) => [
      eventId,
      ruleIds
        .map((id) => ({ id, title: rules.get(id)?.title ?? id, level: rules.get(id)?.level }))
        .sort((a, b) => levelRank(b.level) - levelRank(a.level)),
    ]),
  )
}
