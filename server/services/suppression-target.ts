// Which rules a mute is about, and which of their events.
import { compilePredicate, type EventPredicate } from '../../sigma/eval/predicate.ts'
import { filterApplies } from '../../sigma/filter.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import type { LogSource } from '../../sigma/rule.ts'
import { criteriaExpr } from './mute-filter.ts'
import { ServiceError } from './service-error.ts'
import type { RuleService, RuleSummary } from './services.ts'
import type { SuppressionQuestion } from './suppressions.ts'

export interface SuppressionTarget {
  readonly ruleId: string | undefined
  /** Title of the rule, or what stands for all. */
  readonly title: string
  readonly logsource: LogSource
  means(ruleId: string): boolean
  /** The events that the criteria hide. */
  readonly expr: Expr
  readonly hides: EventPredicate
}

/** Rejects `not-found` for a rule that is not loaded, `invalid` for one that no filter can mean. */
export function readTarget(
  rules: RuleService,
  { ruleId, logsource, criteria }: SuppressionQuestion,
): SuppressionTarget {
  const expr = criteriaExpr(criteria)
  const events = { expr, hides: compilePredicate(expr) }
  if (ruleId === undefined) return { ...events, ...everyRule(rules, logsource) }
  const rule = rules.list().find(({ id }) => id === ruleId)
  if (rule === undefined) throw new ServiceError('not-found', `there is no rule ${ruleId}`)
  const why = whyNot(rules, rule)
  if (why !== undefined) throw new ServiceError('invalid', `rule ${ruleId} ${why}`)
  const own = rule.logsource
  return { ...events, ruleId, title: rule.title, logsource: own, means: (id) => id === ruleId }
}

function whyNot(rules: RuleService, { id, refused }: RuleSummary): string | undefined {
  if (refused !== undefined) return `does not run: ${refused.message}`
  if (!rules.readsEvents(id))
    return 'is a correlation: a filter goes on the rules that it counts, mute one of them'
  return /^path:/.test(id) ? 'has no id by which a filter could name it' : undefined
}

/** Every rule whose log source has these parts. */
function everyRule(rules: RuleService, logsource: LogSource | undefined) {
  const parts = Object.values(logsource ?? {}).filter((part) => part !== undefined)
  if (logsource === undefined || parts.length === 0)
    throw new ServiceError('invalid', 'a mute without a rule needs a log source')
  const filter = { rules: 'any', logsource } as const
  const meant = new Set(
    rules
      .list()
      .filter((rule) => whyNot(rules, rule) === undefined && filterApplies(filter, rule))
      .map(({ id }) => id),
  )
  if (meant.size === 0) throw new ServiceError('invalid', 'no rule has this log source')
  const title = `every rule of ${parts.join(' ')}`
  return { ruleId: undefined, title, logsource, means: (id: string) => meant.has(id) }
}
