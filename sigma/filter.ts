// Filters (Sigma 2.1): conditions that are added to rules with AND, before anything is lowered.
import type { Expr } from './ir/expr.ts'
import { conditionExpr } from './lower/lower.ts'
import type { Condition, LoadedRule, LogSource, SigmaFilter, SigmaRule } from './rule.ts'
import { fold } from './text/fold.ts'

/** Whether a filter means a rule: it is named (or `any`), and every log source key of the filter is the rule's. */
export function filterApplies(
  filter: Pick<SigmaFilter, 'rules' | 'logsource'>,
  rule: Named & Pick<SigmaRule, 'logsource'>,
): boolean {
  return names(filter, rule) && covers(filter.logsource, rule.logsource)
}

interface Named {
  readonly id?: string | undefined
  readonly name?: string | undefined
}

function names({ rules }: Pick<SigmaFilter, 'rules'>, { id, name }: Named): boolean {
  if (rules === 'any') return true
  return rules.some((reference) => reference === id || reference === name)
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
  const ownName = (name: string) => prefixOf(number) + name
  const selections = new Map(detection.selections)
  for (const [name, node] of added.selections) selections.set(ownName(name), node)
  const condition: Condition = {
    kind: 'and',
    args: [detection.condition, renamed(added.condition, ownName)],
  }
  const conditionText = `(${detection.conditionText}) and (${added.conditionText})`
  return { ...rule, detection: { ...detection, selections, condition, conditionText } }
}

function prefixOf(number: number): string {
  return `filter ${number}: `
}

/** A loaded rule's expression without the filter that was added as `number`; undefined where there is none. */
export function exprWithoutFilter(
  rule: Pick<LoadedRule, 'condition' | 'selections'>,
  number: number,
): Expr | undefined {
  const condition = withoutFilter(rule.condition, prefixOf(number))
  return condition && conditionExpr(condition, rule.selections)
}

/** The condition that a filter added as `number`; undefined where there is none. */
export function conditionOfFilter(condition: Condition, number: number): Condition | undefined {
  if (condition.kind !== 'and' || condition.args.length !== 2) return undefined
  const [before, added] = condition.args
  if (before === undefined || added === undefined) return undefined
  const names = namesOf(added)
  if (names.length > 0 && names.every((name) => name.startsWith(prefixOf(number)))) return added
  return conditionOfFilter(before, number)
}

/** Filters are added from the outside: the condition so far, and theirs. */
function withoutFilter(condition: Condition, prefix: string): Condition | undefined {
  if (condition.kind !== 'and' || condition.args.length !== 2) return undefined
  const [before, added] = condition.args
  if (before === undefined || added === undefined) return undefined
  if (namesOf(added).every((name) => name.startsWith(prefix))) return before
  if (!namesOf(added).every((name) => /^filter \d+: /.test(name))) return undefined
  const inner = withoutFilter(before, prefix)
  return inner && { kind: 'and', args: [inner, added] }
}

function namesOf(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'selection':
      return [condition.name]
    case 'not':
      return namesOf(condition.arg)
    case 'and':
    case 'or':
      return condition.args.flatMap(namesOf)
    case 'of':
      return condition.names
  }
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
