// Windows event logs to events: each record as JSON, what is damaged as an event that says so and keeps the
// bytes.
import type { EvtxDamage, EvtxItem, EvtxRecord } from '../../parsers/evtx/chunk.ts'
import { createEvtxReader } from '../../parsers/evtx/reader.ts'
import { damageText } from '../../parsers/evtx/text.ts'
import type { InputEvent } from './event.ts'

/** Events of a log by chunk of bytes, numbered by record. */
export async function* readEvtxEvents(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  onNotice?: (message: string) => void,
): AsyncGenerator<readonly InputEvent[]> {
  const reader = createEvtxReader()
  let index = 0

  function eventsOf(items: readonly EvtxItem[]): readonly InputEvent[] {
    const events: InputEvent[] = []
    for (const item of items) {
      if (item.kind === 'notice') onNotice?.(`${name}: ${item.message}`)
      else if (item.kind === 'damage') events.push(damagedEvent(item, index++))
      else events.push(recordEvent(item, index++))
    }
    return events
  }

  for await (const chunk of chunks) yield eventsOf(reader.push(chunk))
  yield eventsOf(reader.end())
}

const ESCAPED_SURROGATE = /\\ud[89a-f]/

function recordEvent({ event }: EvtxRecord, index: number): InputEvent {
  const text = JSON.stringify(event)
  // Halves of a character alone would be replaced where the text is read.
  return ESCAPED_SURROGATE.test(text) ? { text, index } : { text, index, json: event }
}

function damagedEvent(damage: EvtxDamage, index: number): InputEvent {
  const { code, message } = damage
  return { text: damageText(damage), index, error: { code, message } }
}
