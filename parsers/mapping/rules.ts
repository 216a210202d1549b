// The rules that fill a column or a field: the first that gives a usable value.
import type { FieldValue } from '../../sigma/event.ts'
import { compileCondition } from './condition.ts'
import { inForm } from './forms.ts'
import type { SlotReader, Slots } from './slots.ts'
import type { Rule } from './table.ts'

/** Compiles rules; `usable` is the column's form of a value, absent where any value will do. Undefined where no
 * event of the layout has a value for any of them. */
export function compileRules(
  rules: readonly Rule[],
  usable: ((value: FieldValue) => FieldValue | undefined) | undefined,
  slots: Slots,
): SlotReader | undefined {
  const readers = rules.flatMap((rule) => compileRule(rule, usable, slots) ?? [])
  const [only] = readers
  if (readers.length <= 1) return only
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
  usable: ((value: FieldValue) => FieldValue | undefined) | undefined,
  slots: Slots,
): SlotReader | undefined {
  const { as, path, when } = rule
  const value = path === undefined ? () => as : compilePathRule(rule, path, usable, slots)
  // Most paths of a table lead nowhere in most events: conditions come after.
  if (value === undefined || when === undefined) return value
  const test = compileCondition(when, (inner) => slots.reader(inner) ?? nothing)
  return (values) => {
    const found = value(values)
    return found !== undefined && test(values) ? found : undefined
  }
}

/** What a rule makes of the value at its path. */
function compilePathRule(
  { words, only, as, form }: Rule,
  path: string,
  usable: ((value: FieldValue) => FieldValue | undefined) | undefined,
  slots: Slots,
): SlotReader | undefined {
  const read = slots.reader(path)
  if (read === undefined) return undefined
  if (as !== undefined) return (values) => (isThere(read(values)) ? as : undefined)
  if (form === undefined && words === undefined) {
    return (values) => {
      const value = read(values)
      if (!isThere(value)) return undefined
      return usable === undefined ? value : usable(value)
    }
  }
  return (values) => {
    const value = read(values)
    if (!isThere(value)) return undefined
    const formed = form === undefined ? value : inForm(value, form)
    if (formed === undefined) return undefined
    const word = words === undefined ? undefined : wordFor(formed, words)
    if (word !== undefined) return word
    if (words !== undefined && only === true) return undefined
    return usable === undefined ? formed : usable(formed)
  }
}

function nothing(): undefined {
  return undefined
}

function isThere(value: FieldValue | undefined): value is FieldValue {
  return value !== undefined && value !== null && value !== ''
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
