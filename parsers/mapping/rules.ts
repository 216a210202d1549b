// The rules that fill a column or a field: the first that gives a usable value.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { compileCondition } from './condition.ts'
import { inForm } from './forms.ts'
import { compilePath, valueAt } from './path.ts'
import type { Rule } from './table.ts'

/** What the first rule that applies gives. */
export type RuleReader = (fields: Fields) => FieldValue | undefined

/** Compiles rules; `usable` is the column's form of a value. */
export function compileRules(
  rules: readonly Rule[],
  usable: (value: FieldValue) => FieldValue | undefined,
): RuleReader {
  const readers = rules.map((rule) => compileRule(rule, usable))
  return (fields) => {
    for (const read of readers) {
      const value = read(fields)
      if (value !== undefined) return value
    }
    return undefined
  }
}

function compileRule(
  rule: Rule,
  usable: (value: FieldValue) => FieldValue | undefined,
): RuleReader {
  const { words, only, as, form } = rule
  const test = rule.when === undefined ? undefined : compileCondition(rule.when)
  const path = rule.path === undefined ? undefined : compilePath(rule.path)
  return (fields) => {
    if (test !== undefined && !test(fields)) return undefined
    if (path === undefined) return as
    const value = valueAt(fields, path)
    if (value === undefined || value === null || value === '') return undefined
    if (as !== undefined) return as
    const formed = form === undefined ? value : inForm(value, form)
    if (formed === undefined) return undefined
    if (words === undefined) return usable(formed)
    const word = wordFor(formed, words)
    return word ?? (only === true ? undefined : usable(formed))
  }
}

function wordFor(value: FieldValue, words: Readonly<Record<string, string>>): string | undefined {
  if (Array.isArray(value)) {
    for (const element of value) {
      const word = wordFor(element as FieldValue, words)
      if (word !== undefined) return word
    }
    return undefined
  }
  // An object's own toString may be anything.
  if (typeof value === 'object') return undefined
  const text = String(value).toLowerCase()
  return Object.hasOwn(words, text) ? words[text] : undefined
}
