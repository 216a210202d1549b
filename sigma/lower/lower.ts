// A parsed rule to the expression that its events must satisfy.
import type { Diagnostic } from '../diagnostic.ts'
import type { Expr } from '../ir/expr.ts'
import { fail, newReport, type Report } from '../parse/report.ts'
import type { Condition, Detection, DetectionNode, SigmaFilter, SigmaRule } from '../rule.ts'
import { join, lowerItem } from './item.ts'

/** Combinations that `N of` may stand for. */
export const OF_COMBINATIONS_MAX = 1_000

export interface Lowered {
  /** Undefined when something cannot run; the findings say what. */
  readonly expr: Expr | undefined
  /** The selections that could be lowered, by name. The expression holds the same objects. */
  readonly selections: ReadonlyMap<string, Expr>
  readonly diagnostics: readonly Diagnostic[]
}

/** Lowers a rule's (or filter's) detection. Never throws; all findings have error severity. */
export function lowerRule(rule: SigmaRule | SigmaFilter): Lowered {
  const report = newReport(rule.path)
  report.prefix = `rule "${rule.title}": `
  const selections = lowerDetection(report, rule.detection)
  const { condition } = rule.detection
  const complete = selections.size === rule.detection.selections.size && condition !== undefined
  const expr = complete ? lowerCondition(report, condition, selections, rule.detection) : undefined
  return { expr, selections, diagnostics: report.diagnostics }
}

function lowerDetection(report: Report, detection: Detection): Map<string, Expr> {
  const selections = new Map<string, Expr>()
  for (const [name, node] of detection.selections) {
    const expr = lowerNode(report, name, node)
    if (expr !== undefined) selections.set(name, expr)
  }
  return selections
}

function lowerNode(report: Report, name: string, node: DetectionNode): Expr | undefined {
  if (node.kind === 'keywords') return lowerItem(report, name, node.item)
  const parts =
    node.kind === 'map'
      ? node.items.map((item) => lowerItem(report, name, item))
      : node.nodes.map((inner) => lowerNode(report, name, inner))
  const args = parts.filter((part) => part !== undefined)
  if (args.length < parts.length) return undefined
  return join(node.kind === 'map' ? 'and' : 'or', args)
}

/** The expression of a condition over lowered selections; undefined after a finding. */
function lowerCondition(
  report: Report,
  condition: Condition,
  selections: ReadonlyMap<string, Expr>,
  detection: Detection,
): Expr | undefined {
  const expr = conditionExpr(condition, selections)
  if (expr !== undefined) return expr
  const message = `condition: stands for more than ${OF_COMBINATIONS_MAX} combinations`
  fail(report, 'quantifier-too-large', message, detection)
  return undefined
}

/**
 * A condition over selections as one expression. Undefined when a selection is missing or `N of` stands
 * for too many combinations.
 */
export function conditionExpr(
  condition: Condition,
  selections: ReadonlyMap<string, Expr>,
): Expr | undefined {
  switch (condition.kind) {
    case 'selection':
      return selections.get(condition.name)
    case 'not': {
      const arg = conditionExpr(condition.arg, selections)
      return arg === undefined ? undefined : { kind: 'not', arg }
    }
    case 'and':
    case 'or': {
      const args = condition.args.map((arg) => conditionExpr(arg, selections))
      const known = args.filter((arg) => arg !== undefined)
      return known.length < args.length ? undefined : join(condition.kind, known)
    }
    case 'of': {
      const args = condition.names.map((name) => selections.get(name))
      const known = args.filter((arg) => arg !== undefined)
      return known.length < args.length ? undefined : atLeast(condition.quantity, known)
    }
  }
}

function atLeast(quantity: number | 'all', args: readonly Expr[]): Expr | undefined {
  if (quantity === 'all' || quantity === args.length) return join('and', args)
  if (quantity === 1) return join('or', args)
  const combinations = choose(args, quantity)
  return combinations === undefined
    ? undefined
    : join(
        'or',
        combinations.map((combination) => join('and', combination)),
      )
}

/** All ways to take `count` of the items, or undefined when they are too many. */
function choose<T>(items: readonly T[], count: number): T[][] | undefined {
  let number = 1
  for (let i = 0; i < count; i++) number = (number * (items.length - i)) / (i + 1)
  if (number > OF_COMBINATIONS_MAX) return undefined
  const out: T[][] = []
  const take = (from: number, taken: readonly T[]) => {
    if (taken.length === count) out.push([...taken])
    else for (let i = from; i < items.length; i++) take(i + 1, [...taken, items[i]!])
  }
  take(0, [])
  return out
}
