// The text of an event's field as correlations group and count by it.
import { columnValues, fieldValues, isColumn, textOf } from '../eval/values.ts'
import type { FieldValue, SigmaEvent } from '../event.ts'
import type { FieldText } from './types.ts'

/**
 * The field's text, several for a list; else the column of that name. Empty text, null and objects count as
 * absent. This is what `createCorrelator` wants as `read`.
 */
export function correlationText(event: SigmaEvent, name: string): FieldText {
  const { fields } = event
  if (Object.hasOwn(fields, name)) {
    const value = fields[name]
    if (typeof value === 'string' && value !== '') return value
  }
  const found = textsOf(fieldValues(fields, name))
  if (found !== undefined) return found
  return isColumn(name) ? textsOf(columnValues(event, name)) : undefined
}

function textsOf(values: readonly FieldValue[]): FieldText {
  const texts: string[] = []
  for (const value of values) {
    const text = textOf(value)
    if (text !== undefined && text !== '') texts.push(text)
  }
  return texts.length > 1 ? texts : texts[0]
}
