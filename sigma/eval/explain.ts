// Why an expression holds for an event or does not: its tests, each with what the event has.
import type { SigmaEvent } from '../event.ts'
import type { CompareOp, Expr, Target, Test } from '../ir/expr.ts'
import type { Condition } from '../rule.ts'
import { formatWildcards } from '../text/wildcard.ts'
import { evaluate, refers, testValue } from './evaluate.ts'
import { fieldValues, targetValues, textOf } from './values.ts'

/** One test of a rule's condition on one event. */
export interface ExplainedTest {
  readonly selection: string
  /** Field or column; empty for keywords and other tests of the whole event. */
  readonly field: string
  readonly operator: string
  readonly expected: string
  /** The event's values; absent where it has none, or too many to name. */
  readonly actual?: string
  readonly matched: boolean
}

/** A field that made an expression hold. */
export interface MatchedField {
  readonly field: string
  readonly value: string
}

type Match = Extract<Expr, { readonly kind: 'match' }>

/** Values of one field shown together, UTF-16 units. */
const ACTUAL_UNITS_MAX = 1_000
/** Alternatives of one field named in one row when none of them holds. */
const ALTERNATIVES_SHOWN = 20

/**
 * The tests of every selection that the condition reads, in its order. Alternatives of one field are one
 * row when none holds; else those that hold are shown, a row each.
 */
export function explain(
  selections: ReadonlyMap<string, Expr>,
  condition: Condition,
  event: SigmaEvent,
): readonly ExplainedTest[] {
  return [...new Set(selectionNames(condition))].flatMap((name) => {
    const expr = selections.get(name)
    return expr === undefined ? [] : explainExpr(name, expr, event)
  })
}

function selectionNames(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'selection':
      return [condition.name]
    case 'of':
      return condition.names
    case 'not':
      return selectionNames(condition.arg)
    case 'and':
    case 'or':
      return condition.args.flatMap(selectionNames)
  }
}

function explainExpr(selection: string, expr: Expr, event: SigmaEvent): ExplainedTest[] {
  switch (expr.kind) {
    case 'match':
      return [row(selection, [expr], event, evaluate(expr, event))]
    case 'not':
      return explainExpr(selection, expr.arg, event)
    case 'const':
      return []
    case 'and':
      return expr.args.flatMap((arg) => explainExpr(selection, arg, event))
    case 'or': {
      const alternatives = sameField(expr.args)
      if (alternatives === undefined) {
        return expr.args.flatMap((arg) => explainExpr(selection, arg, event))
      }
      const holding = alternatives.filter((arg) => evaluate(arg, event))
      if (holding.length === 0) return [row(selection, alternatives, event, false)]
      return holding.map((arg) => row(selection, [arg], event, true))
    }
  }
}

/** The arguments as tests of one kind on one target, where they are that. */
function sameField(args: readonly Expr[]): readonly Match[] | undefined {
  const tests = args.filter((arg) => arg.kind === 'match')
  const [first] = tests
  if (first === undefined || tests.length !== args.length) return undefined
  const target = JSON.stringify(first.target)
  const alike = tests.every(
    (test) => test.test.kind === first.test.kind && JSON.stringify(test.target) === target,
  )
  return alike ? tests : undefined
}

function row(
  selection: string,
  tests: readonly Match[],
  event: SigmaEvent,
  matched: boolean,
): ExplainedTest {
  const { target, test } = tests[0]!
  const actual = actualOf(target, event)
  const shown = tests.slice(0, ALTERNATIVES_SHOWN).map((one) => expectedOf(one.test))
  const more = tests.length - shown.length
  return {
    selection,
    field: fieldOf(target),
    operator: operatorOf(test),
    expected: shown.join(' or ') + (more > 0 ? ` or ${more} more` : ''),
    ...(actual === undefined ? {} : { actual }),
    matched,
  }
}

/** The name of what a target looks at; empty for the whole event. */
export function fieldOf(target: Target): string {
  if ('name' in target) return target.name
  return target.scope === 'message' || target.scope === 'raw' ? target.scope : ''
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

/** A text of at most so many UTF-16 units, and three dots where more was there; no character is cut in two. */
export function cutText(text: string, units: number): string {
  if (text.length <= units) return text
  const last = text.charCodeAt(units - 1)
  const isHigh = last >= 0xd800 && last <= 0xdbff
  return `${text.slice(0, isHigh ? units - 1 : units)}...`
}

const ORDER: { readonly [op in CompareOp | 'eq']: string } = {
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  eq: '=',
}
const REFERENCE = {
  equals: 'equals field',
  contains: 'contains field',
  startswith: 'starts with field',
  endswith: 'ends with field',
} as const

/** What a test asks, in words. */
export function operatorOf(test: Test): string {
  switch (test.kind) {
    case 'equals':
    case 'number':
    case 'boolean':
      return 'is'
    case 'startswith':
      return 'starts with'
    case 'endswith':
      return 'ends with'
    case 'contains':
      return 'contains'
    case 'wildcard':
      return 'is like'
    case 'words':
      return 'has the words'
    case 'regex':
      return 'matches'
    case 'compare':
    case 'textcompare':
      return ORDER[test.op]
    case 'cidr':
      return 'is in'
    case 'exists':
      return test.value ? 'exists' : 'does not exist'
    case 'null':
      return 'is null'
    case 'fieldref':
      return REFERENCE[test.op]
    case 'timepart':
      return `${test.part} ${ORDER[test.op]}`
    case 'any':
      return 'exists'
  }
}

/** The rule's side of a test as text. */
export function expectedOf(test: Test): string {
  switch (test.kind) {
    case 'wildcard':
      return formatWildcards(test.parts)
    case 'words':
      return test.words.join(' ')
    case 'regex':
      return test.flags === '' ? test.pattern : `(?${test.flags})${test.pattern}`
    case 'number':
      return test.text
    case 'cidr':
      return test.network
    case 'fieldref':
      return test.name
    case 'exists':
    case 'null':
    case 'any':
      return ''
    default:
      return String(test.value)
  }
}

/** The fields that made a matching expression hold, with the value that did, in the rule's order. */
export function matchedFields(expr: Expr, event: SigmaEvent): readonly MatchedField[] {
  const found = new Map<string, string>()
  collectMatched(expr, event, found)
  return [...found].map(([field, value]) => ({ field, value }))
}

function collectMatched(expr: Expr, event: SigmaEvent, found: Map<string, string>): void {
  if (expr.kind === 'and' || expr.kind === 'or') {
    for (const arg of expr.args) if (evaluate(arg, event)) collectMatched(arg, event, found)
  } else if (expr.kind === 'match' && evaluate(expr, event)) {
    const field = fieldOf(expr.target) || 'message'
    const value = holdingValue(expr, event)
    if (value !== undefined && !found.has(field)) found.set(field, value)
  }
}

/** The first value that satisfies the test on its own. */
function holdingValue({ target, test }: Match, event: SigmaEvent): string | undefined {
  if (test.kind === 'exists' || test.kind === 'null') return undefined
  const others = test.kind === 'fieldref' ? fieldValues(event.fields, test.name) : []
  for (const value of targetValues(target, event)) {
    const holds =
      test.kind === 'fieldref'
        ? others.some((other) => refers(test, value, other))
        : testValue(test, value)
    if (holds) return textOf(value)
  }
  return undefined
}
