// Filters (Sigma 2.1): conditions that are added to rules with AND, before anything is lowered.
import type { Condition, LogSource, SigmaFilter, SigmaRule } from './rule.ts'
import { fold } from './text/fold.ts'

/** Whether a filter means a rule: it is named (or `any`), and every log source key of the filter is the rule's. */
export function filterApplies(filter: SigmaFilter, rule: SigmaRule): boolean {
  return names(filter, rule) && covers(filter.logsource, rule.logsource)
}

function names(filter: SigmaFilter, { id, name }: SigmaRule): boolean {
  if (filter.rules === 'any') return true
  return filter.rules.some((reference) => reference === id || reference === name)
}

function covers(filter: LogSource, rule: LogSource): boolean {
  return (['product', 'category', 'service'] as const).every((key) => {
    const wanted = filter[key]
    return wanted === undefined || fold(wanted) === fold(rule[key] ?? '')
  })
}

/**
 * The rule with the filter's condition added. The filter's selections get names of their own, so that no
 * pattern of the rule's condition can mean them.
 *
 * @example 'selection' and the filter 'not admins' become 'selection and not filter 1: admins'
 */
export function applyFilter(rule: SigmaRule, filter: SigmaFilter, number: number): SigmaRule {
  const { detection } = rule
  const added = filter.detection
  if (detection.condition === undefined || added.condition === undefined) return rule
  const ownName = (name: string) => `filter ${number}: ${name}`
  const selections = new Map(detection.selections)
  for (const [name, node] of added.selections) selections.set(ownName(name), node)
  const condition: Condition = {
    kind: 'and',
    args: [detection.condition, renamed(added.condition, ownName)],
  }
  const conditionText = `(${detection.conditionText}) and (${added.conditionText})`
  return { ...rule, detection: { ...detection, selections, condition, conditionText } }
}

function renamed(condition: Condition, name: (old: string) => string): Condition {
  switch (condition.kind) {
    case 'selection':
      return { kind: 'selection', name: name(condition.name) }
    case 'not':
      return { kind: 'not', arg: renamed(condition.arg, name) }
    case 'and':
    case 'or':
      return { ...condition, args: condition.args.map((arg) => renamed(arg, name)) }
    case 'of':
      return { ...condition, names: condition.names.map(name) }
  }
}
