// One expression as a closure, for searches, suppressions and live filters: no rule set, no automata.
import type { Fields, FieldValue, SigmaEvent } from '../event.ts'
import type { Expr, Target, Test } from '../ir/expr.ts'
import { fold } from '../text/fold.ts'
import { compileTest } from './compile-test.ts'
import { type FieldRef, refers } from './evaluate.ts'
import {
  columnValues,
  fieldValues,
  isColumn,
  isJsonText,
  isList,
  isObject,
  isPresent,
  targetValues,
  textOf,
} from './values.ts'

export type EventPredicate = (event: SigmaEvent) => boolean

/** The expression as a function of an event: the same answers as `evaluate`. */
export function compilePredicate(expr: Expr): EventPredicate {
  switch (expr.kind) {
    case 'const':
      return () => expr.value
    case 'not': {
      const arg = compilePredicate(expr.arg)
      return (event) => !arg(event)
    }
    case 'and':
      return compileAnd(expr.args.map(compilePredicate))
    case 'or':
      return compileOr(expr.args.map(compilePredicate))
    case 'match':
      return compileMatch(expr.target, expr.test)
  }
}

function compileAnd(args: readonly EventPredicate[]): EventPredicate {
  return (event) => {
    for (const arg of args) if (!arg(event)) return false
    return true
  }
}

function compileOr(args: readonly EventPredicate[]): EventPredicate {
  return (event) => {
    for (const arg of args) if (arg(event)) return true
    return false
  }
}

type ValuePredicate = (value: FieldValue) => boolean

/** One test on one target as a function of an event. */
export function compileMatch(target: Target, test: Test): EventPredicate {
  switch (test.kind) {
    case 'exists':
      return (event) => isPresent(target, event) === test.value
    case 'null':
      return compileNull(target)
    case 'fieldref': {
      const compare = compileReference(test)
      return (event) => {
        const own = ownText(target, event)
        const ownOther = own === undefined ? undefined : textAt(event.fields, test.name)
        if (own !== undefined && ownOther !== undefined) return compare(own, ownOther)
        const others = fieldValues(event.fields, test.name)
        if (others.length === 0) return false
        return targetValues(target, event).some((value) =>
          others.some((other) => compare(value, other)),
        )
      }
    }
    default:
      return compileTarget(target, compileTest(test))
  }
}

/** The text of a field that is there under its own name and nothing but a text. */
function ownText(target: Target, event: SigmaEvent): string | undefined {
  return target.scope === 'field' ? textAt(event.fields, target.name) : undefined
}

function textAt(fields: Fields, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return typeof value === 'string' ? value : undefined
}

/** Whether one value stands to another as the test asks; texts of unequal length are not folded. */
export function compileReference(
  test: FieldRef,
): (value: FieldValue, other: FieldValue) => boolean {
  if (test.op !== 'equals') return (value, other) => refers(test, value, other)
  return (value, other) => {
    const text = textOf(value)
    const otherText = textOf(other)
    if (text === undefined || otherText === undefined) return false
    if (text === otherText) return true
    return !test.cased && text.length === otherText.length && fold(text) === fold(otherText)
  }
}

function compileNull(target: Target): EventPredicate {
  return (event) => {
    if (target.scope === 'field' && Object.hasOwn(event.fields, target.name)) {
      const own = event.fields[target.name]!
      if (!isList(own)) return own === null
    }
    const values = targetValues(target, event)
    return values.length === 0 || values.includes(null)
  }
}

function compileTarget(target: Target, test: ValuePredicate): EventPredicate {
  switch (target.scope) {
    case 'field':
      return (event) => testField(event.fields, target.name, test)
    case 'auto': {
      const { name } = target
      return (event) => {
        const own = Object.hasOwn(event.fields, name) ? event.fields[name]! : undefined
        if (own !== undefined && !isList(own)) return test(own)
        const values = fieldValues(event.fields, name)
        if (values.length > 0) return values.some(test)
        return isColumn(name) && columnValues(event, name).some(test)
      }
    }
    case 'column':
      return (event) => columnValues(event, target.name).some(test)
    case 'message':
      return (event) => event.message !== '' && test(event.message)
    case 'raw':
      return (event) => event.raw !== '' && test(event.raw)
    case 'any':
      return (event) =>
        (event.message !== '' && test(event.message)) ||
        (event.raw !== '' && test(event.raw)) ||
        someLeaf(event.fields, test)
    case 'keyword':
      return (event) =>
        (event.message !== '' && test(event.message)) ||
        someLeaf(event.fields, test) ||
        (event.raw !== '' && !isJsonText(event.raw) && test(event.raw))
  }
}

function testField(fields: Fields, name: string, test: ValuePredicate): boolean {
  if (Object.hasOwn(fields, name)) {
    const own = fields[name]!
    return isList(own) ? fieldValues(fields, name).some(test) : test(own)
  }
  return name.includes('.') && fieldValues(fields, name).some(test)
}

/** Leaves are the texts that `eachLeaf` visits. */
function someLeaf(value: FieldValue, test: ValuePredicate): boolean {
  if (typeof value === 'string') return test(value)
  if (isList(value)) return value.some((element) => someLeaf(element, test))
  if (!isObject(value)) return value !== null && test(String(value))
  for (const key of Object.keys(value)) if (someLeaf(value[key]!, test)) return true
  return false
}
