import type { RuleChip } from '../../../views/search/table.tsx'
import type { RuleService, Services } from '../../services/services.ts'

interface Titles {
  readonly version: string
  readonly byId: ReadonlyMap<string, string>
}

const kept = new WeakMap<RuleService, Titles>()

/** Titles of the loaded rules by id, kept until the rules change. */
export function ruleTitles(rules: RuleService): ReadonlyMap<string, string> {
  const known = kept.get(rules)
  if (known !== undefined && known.version === rules.version) return known.byId
  const byId = new Map(rules.list().map((rule) => [rule.id, rule.title]))
  kept.set(rules, { version: rules.version, byId })
  return byId
}

/** The rules that matched each event; a rule no longer loaded keeps its id as title. */
export async function rulesOfEvents(
  services: Services,
  ids: readonly string[],
): Promise<Readonly<Record<string, readonly RuleChip[]>>> {
  if (ids.length === 0) return {}
  const matches = await services.events.matchesOf(ids)
  const names = ruleTitles(services.rules)
  return Object.fromEntries(
    Object.entries(matches).map(([eventId, ruleIds]) => [
      eventId,
      ruleIds.map((id) => ({ id, title: names.get(id) ?? id })),
    ]),
  )
}
