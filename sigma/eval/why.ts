// Why a rule fires on an event or does not: its condition as a tree, every test with what the event has, what
// was asked, and what that came to.
import type { SigmaEvent } from '../event.ts'
import { conditionOfFilter } from '../filter.ts'
import type { Expr, Target, Test } from '../ir/expr.ts'
import type { Condition, LoadedRule, RuleEffect } from '../rule.ts'
import { fold } from '../text/fold.ts'
import { cutText, expectedOf, fieldOf, operatorOf } from './explain.ts'
import { type SmallestChange, smallestChange } from './nearest.ts'
import { evaluateOnce } from './once.ts'
import { ruleAccepts } from './routing.ts'
import { eachLeaf, targetValues, textOf } from './values.ts'

/** One node of the tree. */
export interface WhyNode {
  readonly kind: 'and' | 'or' | 'not' | 'of' | 'selection' | 'test'
  /** `and`, `1 of selection_*`, the selection's name, or the test in words. */
  readonly label: string
  readonly holds: boolean
  /** Of a test: what it looks at, asks and found. */
  readonly test?: WhyTest
  readonly children: readonly WhyNode[]
  /** Children that are alike and left out. */
  readonly omitted?: number
}

export interface WhyTest {
  /** Field or column; empty for tests of the whole event. */
  readonly field: string
  readonly operator: string
  readonly expected: string
  /** The event's values; absent where it has none. */
  readonly actual?: string
  /** A sentence: why the test holds or does not. */
  readonly why: string
}

export interface Why {
  /** Whether the rule fires: the log source lets it run and its condition holds. */
  readonly fires: boolean
  readonly logsource: { readonly accepts: boolean; readonly why: string }
  readonly tree: WhyNode
  /** Filters, pipelines and lists that changed the rule; `silences`: the filter leaves this event out. */
  readonly effects?: readonly (RuleEffect & { readonly silences?: boolean })[]
  /** The fewest values that would have to be others for the rule to fire; absent when it fires. */
  readonly change?: SmallestChange
}

type Match = Extract<Expr, { readonly kind: 'match' }>
export type ExplainedRule = Pick<LoadedRule, 'expr' | 'selections' | 'condition' | 'logsource'> &
  Pick<LoadedRule, 'effects'>

const ACTUAL_UNITS_MAX = 300
/** Failing alternatives of one node that are shown. */
const ALTERNATIVES_SHOWN = 10

/** Explains a rule on an event. */
export function explainWhy(rule: ExplainedRule, event: SigmaEvent): Why {
  const accepts = ruleAccepts(rule.logsource, event.logsource)
  const tree = conditionNode(rule.condition, rule.selections, event)
  const holds = evaluateOnce(rule.expr, event)
  const logsource = { accepts, why: logSourceWhy(rule, event, accepts) }
  const fires = accepts && holds
  return {
    ...{ fires, logsource, tree },
    ...(rule.effects === undefined ? {} : { effects: rule.effects.map(effectOn(rule, event)) }),
    ...(holds ? {} : { change: smallestChange(rule.expr, event) }),
  }
}

/** A filter's own condition on the event. */
function effectOn({ condition, selections }: ExplainedRule, event: SigmaEvent) {
  return (effect: RuleEffect) => {
    if (effect.number === undefined) return effect
    const own = conditionOfFilter(condition, effect.number)
    return own === undefined || conditionNode(own, selections, event).holds
      ? { ...effect, silences: false }
      : { ...effect, silences: true }
  }
}

function logSourceWhy({ logsource }: ExplainedRule, event: SigmaEvent, accepts: boolean): string {
  const { product, category, service } = logsource
  const wanted = [product, category, service].map((part) => part ?? '-').join('/')
  const own = event.logsource
  const has = [
    own.product ?? '-',
    own.category.join('+') || '-',
    own.service.join('+') || '-',
  ].join('/')
  const said = `the rule wants ${wanted}, the event is ${has}`
  if (accepts) return said
  return `${said}${own.closed ? '' : ' by its own account'}: the rule does not run on it`
}

function node(
  kind: WhyNode['kind'],
  label: string,
  holds: boolean,
  children: readonly WhyNode[],
): WhyNode {
  return { kind, label, holds, children }
}

function conditionNode(
  condition: Condition,
  selections: ReadonlyMap<string, Expr>,
  event: SigmaEvent,
): WhyNode {
  const inner = (one: Condition) => conditionNode(one, selections, event)
  switch (condition.kind) {
    case 'selection': {
      const expr = selections.get(condition.name)
      const children = expr === undefined ? [] : topLevel(expr, event)
      return node(
        'selection',
        condition.name,
        expr !== undefined && evaluateOnce(expr, event),
        children,
      )
    }
    case 'not': {
      const child = inner(condition.arg)
      return node('not', 'not', !child.holds, [child])
    }
    case 'of': {
      const children = condition.names.map((name) => inner({ kind: 'selection', name }))
      const count = children.filter(({ holds }) => holds).length
      const wanted = condition.quantity === 'all' ? children.length : condition.quantity
      const label = `${condition.quantity} of ${condition.pattern} (${count} of ${children.length} hold)`
      return node('of', label, count >= wanted, children)
    }
    case 'and':
    case 'or': {
      const children = condition.args.map(inner)
      const holds =
        condition.kind === 'and'
          ? children.every((child) => child.holds)
          : children.some((child) => child.holds)
      return node(condition.kind, condition.kind, holds, children)
    }
  }
}

/** What stands right below a selection: the tests of its map, without an `and` of their own. */
function topLevel(expr: Expr, event: SigmaEvent): readonly WhyNode[] {
  return expr.kind === 'and'
    ? expr.args.map((arg) => exprNode(arg, event))
    : [exprNode(expr, event)]
}

function exprNode(expr: Expr, event: SigmaEvent): WhyNode {
  const holds = evaluateOnce(expr, event)
  switch (expr.kind) {
    case 'match':
      return testNode(expr, event, holds)
    case 'const':
      return node('test', expr.value ? 'always' : 'never', holds, [])
    case 'not':
      return node('not', 'not', holds, [exprNode(expr.arg, event)])
    case 'and':
      return node(
        'and',
        'all of',
        holds,
        expr.args.map((arg) => exprNode(arg, event)),
      )
    case 'or':
      return alternatives(expr.args, event, holds)
  }
}

/** Alternatives: those that hold, or the first of those that do not. */
function alternatives(args: readonly Expr[], event: SigmaEvent, holds: boolean): WhyNode {
  const holding = args.filter((arg) => evaluateOnce(arg, event))
  const shown = (holds ? holding : nearestFirst(args, event)).slice(0, ALTERNATIVES_SHOWN)
  const omitted = args.length - shown.length
  const children = shown.map((arg) => exprNode(arg, event))
  const label = `any of ${args.length}${holds ? ` (${holding.length} hold)` : ''}`
  return { ...node('or', label, holds, children), ...(omitted > 0 ? { omitted } : {}) }
}

/** Tests whose field the event has come first. */
function nearestFirst(args: readonly Expr[], event: SigmaEvent): readonly Expr[] {
  const isThere = (arg: Expr) => arg.kind === 'match' && targetValues(arg.target, event).length > 0
  return [...args.filter(isThere), ...args.filter((arg) => !isThere(arg))]
}

function testNode({ target, test }: Match, event: SigmaEvent, holds: boolean): WhyNode {
  const field = fieldOf(target)
  const operator = operatorOf(test)
  const expected = expectedOf(test)
  const actual = actualOf(target, event)
  const label = [field || 'the event', operator, expected === '' ? '' : JSON.stringify(expected)]
    .join(' ')
    .trimEnd()
  const why = holds ? holdingWhy(test, actual) : failingWhy(target, test, event, actual)
  const own = { field, operator, expected, ...(actual === undefined ? {} : { actual }), why }
  return { ...node('test', label, holds, []), test: own }
}

function actualOf(target: Target, event: SigmaEvent): string | undefined {
  if (fieldOf(target) === '') return undefined
  const values = targetValues(target, event)
  if (values.length === 0) return undefined
  const text = values
    .map((value) => (value === null ? 'null' : (textOf(value) ?? '{...}')))
    .join(', ')
  return cutText(text, ACTUAL_UNITS_MAX)
}

function holdingWhy(test: Test, actual: string | undefined): string {
  if (test.kind === 'null')
    return actual === undefined ? 'the event has no such field' : 'the value is null'
  if (test.kind === 'exists' && !test.value) return 'the event has no such field'
  if (actual === undefined) return 'it is in the event'
  return `it is ${JSON.stringify(actual)}`
}

function failingWhy(
  target: Target,
  test: Test,
  event: SigmaEvent,
  actual: string | undefined,
): string {
  const field = fieldOf(target)
  if (field === '') return 'it is nowhere in the event'
  if (actual === undefined) return `the event has no ${field}${otherName(field, event)}`
  if (test.kind === 'fieldref')
    return `it is ${JSON.stringify(actual)}, and ${test.name} is another`
  return `it is ${JSON.stringify(actual)}${nearMiss(test, target, event)}`
}

/** A field of the event that is called nearly so. */
function otherName(field: string, event: SigmaEvent): string {
  let found: string | undefined
  const plain = (name: string) => fold(name).replace(/[^\p{L}\p{N}]/gu, '')
  const wanted = plain(field)
  eachLeaf(event.fields, (path) => {
    const last = path.slice(path.lastIndexOf('.') + 1)
    if (found === undefined && (plain(path) === wanted || plain(last) === wanted)) found = path
  })
  return found === undefined || found === field ? '' : `, but it has ${found}`
}

/** What would have made the test hold, where it is near. */
function nearMiss(test: Test, target: Target, event: SigmaEvent): string {
  if (!('value' in test) || typeof test.value !== 'string' || test.value === '') return ''
  const texts = targetValues(target, event).flatMap((value) => textOf(value) ?? [])
  const wanted = fold(test.value)
  if (test.kind !== 'contains' && texts.some((text) => fold(text).includes(wanted))) {
    const where =
      test.kind === 'equals'
        ? 'as a whole'
        : test.kind === 'startswith'
          ? 'at its beginning'
          : 'at its end'
    return `, which has ${JSON.stringify(test.value)} in it, but not ${where}`
  }
  const cased = 'cased' in test && test.cased && texts.some((text) => fold(text).includes(wanted))
  return cased ? ', which differs in upper and lower case' : ''
}
