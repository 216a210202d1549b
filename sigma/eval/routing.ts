// Which rules an event's log source lets in.
import type { EventLogSource } from '../event.ts'
import { fold } from '../text/fold.ts'

/** What a rule's `logsource` names. */
export interface RuleLogSource {
  readonly product?: string | undefined
  readonly category?: string | undefined
  readonly service?: string | undefined
}

/**
 * Closed log source: every key that the rule names must be in the event's sets. Open: only a value that
 * conflicts with what the event declares excludes the rule.
 */
export function ruleAccepts(rule: RuleLogSource, event: EventLogSource): boolean {
  return (
    admits(rule.product, event.product === undefined ? [] : [event.product], event.closed) &&
    admits(rule.category, event.category, event.closed) &&
    admits(rule.service, event.service, event.closed)
  )
}

function admits(wanted: string | undefined, has: readonly string[], closed: boolean): boolean {
  if (wanted === undefined) return true
  if (has.length === 0) return !closed
  const folded = fold(wanted)
  return has.some((value) => fold(value) === folded)
}

/** Rules by the log source that they name: few log sources for many rules. */
export interface RuleGroups {
  readonly logsources: readonly RuleLogSource[]
  /** By rule: the place of its log source. */
  readonly groupOf: Uint32Array
}

export function groupRules(rules: readonly RuleLogSource[]): RuleGroups {
  const groups = new Map<string, number>()
  const logsources: RuleLogSource[] = []
  const groupOf = Uint32Array.from(rules, (rule) => {
    const key = JSON.stringify([rule.product, rule.category, rule.service])
    const known = groups.get(key) ?? logsources.push(rule) - 1
    groups.set(key, known)
    return known
  })
  return { logsources, groupOf }
}

/** The rules that an event's log source lets in, ascending. */
export function acceptedRules(
  { logsources, groupOf }: RuleGroups,
  event: EventLogSource,
): number[] {
  const accepts = Uint8Array.from(logsources, (rule) => (ruleAccepts(rule, event) ? 1 : 0))
  const rules: number[] = []
  for (let rule = 0; rule < groupOf.length; rule++) {
    if (accepts[groupOf[rule]!] === 1) rules.push(rule)
  }
  return rules
}

/** Values that rules name: others are alike to every rule. */
export interface KnownLogSources {
  readonly product: ReadonlySet<string>
  readonly category: ReadonlySet<string>
  readonly service: ReadonlySet<string>
}

export function knownLogSources(rules: readonly RuleLogSource[]): KnownLogSources {
  const valuesOf = (key: 'product' | 'category' | 'service') =>
    new Set(rules.flatMap((rule) => (rule[key] === undefined ? [] : [fold(rule[key])])))
  return {
    product: valuesOf('product'),
    category: valuesOf('category'),
    service: valuesOf('service'),
  }
}

/** Equal for log sources that let in the same rules. */
export function routingKey(event: EventLogSource, known: KnownLogSources): string {
  const product = event.product === undefined ? [] : [event.product]
  return [
    event.closed ? 'closed' : 'open',
    setKey(product, known.product),
    setKey(event.category, known.category),
    setKey(event.service, known.service),
  ].join('\n')
}

/** Declared values that no rule names count as one: they still conflict. */
function setKey(values: readonly string[], known: ReadonlySet<string>): string {
  if (values.length === 0) return '-'
  const kept = values.map(fold).filter((value) => known.has(value))
  return kept.length === 0 ? '?' : [...new Set(kept)].sort().join('\t')
}
