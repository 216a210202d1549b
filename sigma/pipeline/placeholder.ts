// Placeholders: `%name%` in values with the `expand` modifier.
import type { DetectionItem, Scalar } from '../rule.ts'
import { beforeValue, findPlaceholder, placeholderNames } from '../text/placeholder.ts'
import { textScalar } from './values.ts'

/** Values that one item may stand for. */
export const PLACEHOLDER_VALUES_MAX = 50_000

/** Names of the placeholders that an item asks for. */
export function placeholdersOf(item: DetectionItem): string[] {
  if (!item.modifiers.includes('expand')) return []
  return item.values.flatMap((value) =>
    value.kind === 'string' ? placeholderNames(value.text) : [],
  )
}

/** The item with these placeholders filled: a value for each way to fill it. Undefined when they are too
 * many. Without any left, `expand` goes. */
export function fillPlaceholders(
  item: DetectionItem,
  valuesOf: (name: string) => readonly string[] | undefined,
): DetectionItem | undefined {
  const values: Scalar[] = []
  let isLeft = false
  for (const value of item.values) {
    if (value.kind !== 'string') {
      values.push(value)
      continue
    }
    for (const { text, left } of fill(value.text, valuesOf)) {
      isLeft ||= left
      values.push(textScalar(text, value))
      if (values.length > PLACEHOLDER_VALUES_MAX) return undefined
    }
  }
  const modifiers = isLeft ? item.modifiers : item.modifiers.filter((name) => name !== 'expand')
  return { ...item, modifiers, values }
}

function* fill(
  text: string,
  valuesOf: (name: string) => readonly string[] | undefined,
): Generator<{ readonly text: string; readonly left: boolean }> {
  const match = findPlaceholder(text)
  if (match === null) {
    yield { text, left: false }
    return
  }
  const before = text.slice(0, match.index)
  const after = text.slice(match.index + match[0].length)
  const values = valuesOf(match[1]!)
  for (const rest of fill(after, valuesOf)) {
    if (values === undefined) yield { text: before + match[0] + rest.text, left: true }
    else
      for (const value of values)
        yield { text: beforeValue(before) + beforeValue(value) + rest.text, left: rest.left }
  }
}
