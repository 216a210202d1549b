// The smallest change of an event that would make an expression hold: fewest values, each with an example of
// what it could be. The example event is tried, so that nothing is promised that is not so.
import { groupBy } from '../collections.ts'
import type { Fields, FieldValue, SigmaEvent } from '../event.ts'
import type { Expr, Test } from '../ir/expr.ts'
import { evaluate, evaluateTest } from './evaluate.ts'
import { expectedOf, fieldOf, operatorOf } from './explain.ts'
import { targetValues, textOf } from './values.ts'

/** One value that would have to be another. */
export interface Change {
  readonly field: string
  /** The event's value now; absent where it has none. */
  readonly from?: string
  /** What is asked of it, in words: `must end with "\\cmd.exe"`. */
  readonly needs: string
  /** A value that would do, where one can be made; null removes the field. */
  readonly example?: string | number | boolean | null
}

export interface SmallestChange {
  readonly changes: readonly Change[]
  /** Whether the event with the examples in place was tried and satisfies the expression. */
  readonly isProven: boolean
}

type Match = Extract<Expr, { readonly kind: 'match' }>

/** A test that has to come out otherwise than it does. */
interface Flip {
  readonly match: Match
  /** What it has to become. */
  readonly to: boolean
}

const NO_WAY = Number.POSITIVE_INFINITY

/** Tests that would have to change for `expr` to come out as `to`; undefined when no change can do it. */
function flips(expr: Expr, to: boolean, event: SigmaEvent): readonly Flip[] | undefined {
  switch (expr.kind) {
    case 'const':
      return expr.value === to ? [] : undefined
    case 'not':
      return flips(expr.arg, !to, event)
    case 'match':
      return evaluate(expr, event) === to ? [] : [{ match: expr, to }]
    case 'and':
    case 'or': {
      const parts = expr.args.map((arg) => flips(arg, to, event))
      // An and that must hold needs all of its parts, one that must not needs a single part to fail.
      if ((expr.kind === 'and') === to)
        return parts.every((part) => part !== undefined) ? parts.flat() : undefined
      return best(parts)
    }
  }
}

/** The way that needs the fewest fields; of equals one whose values can be made up. */
function best(parts: readonly (readonly Flip[] | undefined)[]): readonly Flip[] | undefined {
  let found: readonly Flip[] | undefined
  let cost = NO_WAY
  for (const part of parts) {
    if (part === undefined) continue
    const own = fieldsOf(part).size + (part.every(({ match }) => isMakeable(match.test)) ? 0 : 0.5)
    if (own < cost) {
      cost = own
      found = part
    }
  }
  return found
}

function fieldsOf(all: readonly Flip[]): Set<string> {
  return new Set(all.map(({ match }) => fieldOf(match.target)))
}

function isMakeable(test: Test): boolean {
  return test.kind !== 'regex' && test.kind !== 'timepart' && test.kind !== 'fieldref'
}

/** The fewest values that would have to change for the expression to hold. */
export function smallestChange(expr: Expr, event: SigmaEvent): SmallestChange {
  const wanted = flips(expr, true, event)
  if (wanted === undefined || wanted.length === 0) return { changes: [], isProven: false }
  const byField = groupBy(wanted, ({ match }) => fieldOf(match.target))
  const changes = [...byField].map(([field, own]) => changeOf(field, own, event))
  const fields = { ...event.fields }
  for (const { field, example } of changes) {
    if (example === undefined) continue
    if (example === null) delete fields[field]
    else (fields as { [name: string]: FieldValue })[field] = example
  }
  const isMade = changes.every(({ example, field }) => example !== undefined && field !== '')
  return { changes, isProven: isMade && evaluate(expr, { ...event, fields: fields as Fields }) }
}

function changeOf(field: string, own: readonly Flip[], event: SigmaEvent): Change {
  const [first] = own
  const values = first === undefined ? [] : targetValues(first.match.target, event)
  const from = values.length === 0 ? undefined : textOf(values[0]!)
  const needs = own.map(({ match, to }) => needOf(match.test, to)).join(' and ')
  const example = field === '' ? undefined : exampleOf(own, from)
  return {
    field,
    ...(from === undefined ? {} : { from }),
    needs,
    ...(example === undefined ? {} : { example }),
  }
}

function needOf(test: Test, to: boolean): string {
  const expected = expectedOf(test)
  const asked = `${operatorOf(test)}${expected === '' ? '' : ` ${JSON.stringify(expected)}`}`
  return to ? `must be so that it ${asked}` : `must be so that it no longer ${asked}`
}

type Example = string | number | boolean | null | undefined

/** A value that satisfies all that is asked of one field: built test by test on what is there. */
function exampleOf(own: readonly Flip[], from: string | undefined): Example {
  let value: Example = from
  for (const { match, to } of own) {
    value = to ? satisfying(match.test, value) : null
    if (value === undefined) return undefined
  }
  const event = (example: Exclude<Example, undefined>) =>
    ({ fields: example === null ? {} : { x: example } }) as unknown as SigmaEvent
  const target = { scope: 'field', name: 'x' } as const
  if (value === undefined) return undefined
  const tried = event(value)
  return own.every(({ match, to }) => evaluateTest(target, match.test, tried) === to)
    ? value
    : undefined
}

function satisfying(test: Test, value: Example): Example {
  const text = typeof value === 'string' ? value : ''
  switch (test.kind) {
    case 'equals':
      return test.value
    case 'startswith':
      return test.value + text
    case 'endswith':
      return text + test.value
    case 'contains':
      return text === '' ? test.value : `${text} ${test.value}`
    case 'wildcard':
      return test.parts
        .map((part) => (typeof part === 'object' ? part.literal : part === '?' ? 'x' : ''))
        .join('')
    case 'words':
      return [text, ...test.words].join(' ').trim()
    case 'number':
    case 'boolean':
      return test.value
    case 'compare':
      return test.op === 'lt' ? test.value - 1 : test.op === 'gt' ? test.value + 1 : test.value
    case 'cidr':
      return test.network.split('/')[0]
    case 'exists':
      return test.value ? text || 'x' : null
    case 'null':
      return null
    case 'any':
      return text || 'x'
    default:
      return undefined
  }
}
