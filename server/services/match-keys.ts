// The values that a match keeps of its event, so that dedup and correlations need not read the event again.
import { correlationText } from '../../sigma/correlate/text.ts'
import type { FieldText } from '../../sigma/correlate/types.ts'
import type { SigmaEvent } from '../../sigma/event.ts'

export type Keys = Readonly<Record<string, string>>

/** Key of the import that an event came with; live events have none. */
export const STREAM_KEY = '@import'
/** Behind the name of a field that has several values: they are kept as a JSON list. */
const LIST_MARK = '[]'

/** Adds the event's values of these fields to `keys`. */
export function addKeys(
  keys: Record<string, string>,
  event: SigmaEvent,
  names: readonly string[],
): void {
  for (const name of names) {
    const text = correlationText(event, name)
    if (typeof text === 'string') keys[name] = text
    else if (text !== undefined) keys[name + LIST_MARK] = JSON.stringify(text)
  }
}

/** A field's text out of what a match keeps. */
export function keyText(keys: Keys, name: string): FieldText {
  const list = keys[name + LIST_MARK]
  return list === undefined ? ownKey(keys, name) : (JSON.parse(list) as readonly string[])
}

/** A key's value; a rule may name `constructor`, which every object has. */
export function ownKey(keys: Keys, name: string): string | undefined {
  return Object.hasOwn(keys, name) ? keys[name] : undefined
}
