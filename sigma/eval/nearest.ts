// The smallest change of an event that would make an expression hold: fewest values, each with an example of
// what it could be. The example event is tried, so that nothing is promised that is not so.
import { groupBy } from '../collections.ts'
import { fieldTarget } from '../columns.ts'
import { type Fields, type FieldValue, PIVOTS, type SigmaEvent } from '../event.ts'
import type { Expr, Target, Test } from '../ir/expr.ts'
import { candidatesOf, type Example } from './candidates.ts'
import { evaluate, evaluateTest } from './evaluate.ts'
import { cutText, expectedOf, operatorOf } from './explain.ts'
import { fieldValues, isList, isObject, targetValues, textOf } from './values.ts'
import { type Literal, type Way, waysToHold } from './ways.ts'

/** One value that would have to be another. */
export interface Change {
  /** As rules name it: `@host` is a column; empty for a test of the whole event, whose example is its message. */
  readonly field: string
  /** The event's value now; absent where it has none. */
  readonly from?: string
  /** What is asked of it, in words: `must end with "\\cmd.exe"`. */
  readonly needs: string
  /** A value that would do, where one can be made; null removes the field. */
  readonly example?: Example
}

export interface SmallestChange {
  readonly changes: readonly Change[]
  /** Whether the event with the examples in place was tried and satisfies the expression. */
  readonly isProven: boolean
}

/** Of a value that would change, UTF-16 units shown. */
const FROM_UNITS_MAX = 1_000
/** Demands on one field that are put into words. */
const NEEDS_SHOWN = 20

/** The fewest values that would have to change for the expression to hold. */
export function smallestChange(expr: Expr, event: SigmaEvent): SmallestChange {
  const ways = waysToHold(expr, event)
  for (const way of ways) {
    const changes = changesOf(way, event)
    const changed = changes && withChanges(event, changes)
    if (changes !== undefined && changed !== undefined && evaluate(expr, changed))
      return { changes, isProven: changes.length > 0 }
  }
  const [first] = ways
  if (first === undefined) return { changes: [], isProven: false }
  return {
    changes: flipsOf(first).map(([field, own]) => changeOf(field, own, event)),
    isProven: false,
  }
}

/** What has to change, by field; fields that others refer to come last. */
function flipsOf({ literals }: Way): readonly (readonly [string, readonly Literal[]])[] {
  const byField = groupBy(
    literals.filter(({ holds }) => !holds),
    ({ field }) => field,
  )
  const isOther = (own: readonly Literal[]) =>
    own.some(({ match, field }) => match.test.kind === 'fieldref' && match.test.name === field)
  return [...byField].sort(([, a], [, b]) => Number(isOther(a)) - Number(isOther(b)))
}

/** Changes with an example each, or undefined when one cannot be made up. */
function changesOf(way: Way, event: SigmaEvent): readonly Change[] | undefined {
  const flips = flipsOf(way)
  const open = new Set(flips.map(([field]) => field))
  const changes: Change[] = []
  let changed = event
  for (const [field, own] of flips) {
    open.delete(field)
    const all = way.literals.filter((literal) => literal.field === field)
    const target = targetOf(field)
    const now = targetValues(target, changed)
    const demands = all.map(({ match: { test, target: own }, to }) => ({
      ...{ test, to },
      others: othersOf(test, field, own, changed),
    }))
    const example = candidatesOf(demands, now).find((candidate) => {
      const tried = withValue(changed, target, candidate)
      return tried !== undefined && all.every((literal) => isAsAsked(literal, tried, open))
    })
    if (example === undefined) return undefined
    changed = withValue(changed, target, example) ?? changed
    changes.push({ ...changeOf(field, own, event), example })
  }
  return changes
}

/** The values that a reference compares with, seen from the field that changes. */
function othersOf(
  test: Test,
  field: string,
  own: Target,
  event: SigmaEvent,
): readonly FieldValue[] {
  if (test.kind !== 'fieldref') return []
  return test.name === field ? targetValues(own, event) : fieldValues(event.fields, test.name)
}

function isAsAsked({ match, to }: Literal, event: SigmaEvent, open: ReadonlySet<string>): boolean {
  const { target, test } = match
  if (test.kind === 'fieldref' && open.has(test.name)) return true
  return evaluateTest(target, test, event) === to
}

function targetOf(field: string): Target {
  return field === '' ? { scope: 'message' } : fieldTarget(field)
}

/** The event with the examples in place; undefined when one is missing or nothing that can be there. */
export function withChanges(
  event: SigmaEvent,
  changes: readonly Pick<Change, 'field' | 'example'>[],
): SigmaEvent | undefined {
  let changed: SigmaEvent | undefined = event
  for (const { field, example } of changes) {
    if (example === undefined || changed === undefined) return undefined
    changed = withValue(changed, targetOf(field), example)
  }
  return changed
}

/** The event with another value; undefined where the target is nothing that can be set to it. */
function withValue(event: SigmaEvent, target: Target, example: Example): SigmaEvent | undefined {
  switch (target.scope) {
    case 'field':
    case 'auto': {
      const rest = withoutField(event.fields, target.name)
      return { ...event, fields: example === null ? rest : { ...rest, [target.name]: example } }
    }
    case 'keyword':
    case 'any':
      return undefined
    case 'message':
      if (example === null) return { ...event, message: '' }
      if (typeof example !== 'string') return undefined
      return { ...event, message: example }
    case 'raw':
      if (example === null) return { ...event, raw: '' }
      return typeof example === 'string' ? { ...event, raw: example } : undefined
    case 'column': {
      const { name } = target
      const pivot = PIVOTS.find((one) => one === name)
      if (pivot === undefined) return undefined
      const { [pivot]: _, ...rest } = event.pivots
      if (example === null) return { ...event, pivots: rest }
      if (typeof example !== 'string' && typeof example !== 'number') return undefined
      return { ...event, pivots: { ...rest, [pivot]: example } }
    }
  }
}

/** The fields without one, wherever its name leads. */
function withoutField(fields: Fields, name: string): Fields {
  const out: { [name: string]: FieldValue } = {}
  for (const [key, value] of Object.entries(fields)) {
    if (key === name) continue
    out[key] = name.startsWith(`${key}.`) ? withoutBelow(value, name.slice(key.length + 1)) : value
  }
  return out
}

function withoutBelow(value: FieldValue, name: string): FieldValue {
  if (isList(value)) return value.map((element) => withoutBelow(element, name))
  return isObject(value) ? withoutField(value, name) : value
}

function changeOf(field: string, own: readonly Literal[], event: SigmaEvent): Change {
  const values = targetValues(targetOf(field), event)
  const from = field === '' || values.length === 0 ? undefined : textOf(values[0]!)
  const shown = own.slice(0, NEEDS_SHOWN).map((literal) => needOf(literal, field))
  const more = own.length - shown.length
  const needs = `${shown.join(' and ')}${more > 0 ? ` and ${more} more` : ''}`
  return { field, ...(from === undefined ? {} : { from: cutText(from, FROM_UNITS_MAX) }), needs }
}

function needOf({ match: { target, test }, to }: Literal, field: string): string {
  if (test.kind === 'fieldref' && test.name === field && 'name' in target)
    return `must be so that ${target.name} ${operatorOf(test)} ${field}`
  const expected = expectedOf(test)
  const asked = `${operatorOf(test)}${expected === '' ? '' : ` ${JSON.stringify(expected)}`}`
  return to ? `must be so that it ${asked}` : `must be so that it no longer ${asked}`
}
