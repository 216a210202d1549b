// The reference evaluator: what an expression means, with nothing cached and nothing clever. The matcher is
// held equal to it by differential tests; explanations are built on it.
import { contains, parseAddress } from '../cidr.ts'
import type { FieldValue, SigmaEvent } from '../event.ts'
import type { Expr, Target, Test } from '../ir/expr.ts'
import { fold } from '../text/fold.ts'
import { foldParts, wildcardMatches } from '../text/wildcard.ts'
import { hasWords } from '../text/words.ts'
import { compareTexts, numberOf, orderHolds } from './numbers.ts'
import { networkOf, regexOf } from './operands.ts'
import { timePart, timestampOf } from './timestamp.ts'
import { fieldValues, isPresent, targetValues, textOf } from './values.ts'

/** Whether the expression holds for the event. */
export function evaluate(expr: Expr, event: SigmaEvent): boolean {
  switch (expr.kind) {
    case 'and':
      return expr.args.every((arg) => evaluate(arg, event))
    case 'or':
      return expr.args.some((arg) => evaluate(arg, event))
    case 'not':
      return !evaluate(expr.arg, event)
    case 'const':
      return expr.value
    case 'match':
      return evaluateTest(expr.target, expr.test, event)
  }
}

/** Whether a test holds for any value of its target. */
export function evaluateTest(target: Target, test: Test, event: SigmaEvent): boolean {
  const values = targetValues(target, event)
  switch (test.kind) {
    case 'exists':
      return isPresent(target, event) === test.value
    case 'null':
      return values.length === 0 || values.includes(null)
    case 'fieldref': {
      const others = fieldValues(event.fields, test.name)
      return values.some((value) => others.some((other) => refers(test, value, other)))
    }
    default:
      return values.some((value) => testValue(test, value))
  }
}

/** A test that one value decides. */
export type ValueTest = Exclude<Test, { readonly kind: 'exists' | 'null' | 'fieldref' }>
export type FieldRef = Extract<Test, { readonly kind: 'fieldref' }>

/** Whether `value` stands to `other`, a value of the field referred to, as the test asks. */
export function refers(test: FieldRef, value: FieldValue, other: FieldValue): boolean {
  const otherText = textOf(other)
  if (otherText === undefined) return false
  return testValue({ kind: test.op, value: otherText, cased: test.cased }, value)
}

/** Whether a test holds for one value (never an array). */
export function testValue(test: ValueTest, value: FieldValue): boolean {
  switch (test.kind) {
    case 'any':
      return value !== null
    case 'number':
      return typeof value === 'number' ? value === test.value : value === test.text
    case 'boolean':
      if (typeof value === 'string') return fold(value) === String(test.value)
      return value === test.value
    case 'compare': {
      const number = numberOf(value)
      return number !== undefined && orderHolds(test.op, number - test.value)
    }
    case 'timepart': {
      const time_ms = timestampOf(value)
      return time_ms !== undefined && orderHolds(test.op, timePart(time_ms, test.part) - test.value)
    }
    default: {
      const text = textOf(value)
      return text !== undefined && testText(test, text)
    }
  }
}

type TextTest = Exclude<
  ValueTest,
  { readonly kind: 'any' | 'number' | 'boolean' | 'compare' | 'timepart' }
>

function testText(test: TextTest, text: string): boolean {
  switch (test.kind) {
    case 'equals':
      return test.cased ? text === test.value : fold(text) === fold(test.value)
    case 'startswith':
      return test.cased ? text.startsWith(test.value) : fold(text).startsWith(fold(test.value))
    case 'endswith':
      return test.cased ? text.endsWith(test.value) : fold(text).endsWith(fold(test.value))
    case 'contains':
      return test.cased ? text.includes(test.value) : fold(text).includes(fold(test.value))
    case 'wildcard':
      return test.cased
        ? wildcardMatches(test.parts, text)
        : wildcardMatches(foldParts(test.parts), fold(text))
    case 'words':
      return hasWords(text, test.words.map(fold))
    case 'regex':
      return regexOf(test.pattern, test.flags).test(text)
    case 'textcompare':
      return orderHolds(test.op, compareTexts(fold(text), fold(test.value)))
    case 'cidr':
      return isInNetwork(test.network, text)
  }
}

function isInNetwork(cidr: string, text: string): boolean {
  const address = parseAddress(text)
  return address !== undefined && contains(networkOf(cidr), address)
}
