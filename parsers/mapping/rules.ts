// The rules that fill a column or a field: the first that gives a usable value.
import type { FieldValue } from '../../sigma/event.ts'
import { compileCondition } from './condition.ts'
import { inForm } from './forms.ts'
import type { SlotReader, Slots } from './slots.ts'
import type { Rule } from './table.ts'

/** Compiles rules; `usable` is the column's form of a value. */
export function compileRules(
  rules: readonly Rule[],
  usable: (value: FieldValue) => FieldValue | undefined,
  slots: Slots,
): SlotReader {
  const readers = rules.map((rule) => compileRule(rule, usable, slots))
  return (values) => {
    for (const read of readers) {
      const value = read(values)
      if (value !== undefined) return value
    }
    return undefined
  }
}

function compileRule(
  rule: Rule,
  usable: (value: FieldValue) => FieldValue | undefined,
  slots: Slots,
): SlotReader {
  const { words, only, as, form } = rule
  const test = rule.when === undefined ? undefined : compileCondition(rule.when, slots.reader)
  const read = rule.path === undefined ? undefined : slots.reader(rule.path)
  return (values) => {
    const value = read?.(values)
    // Most paths of a table lead nowhere in most events: conditions come after.
    if (read !== undefined && (value === undefined || value === null || value === ''))
      return undefined
    if (test !== undefined && !test(values)) return undefined
    if (value === undefined) return as
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
