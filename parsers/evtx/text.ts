// An item of an event log as the text that is kept of it: a record is its JSON, damage says what was lost and
// keeps the bytes.
import type { EvtxDamage, EvtxItem } from './chunk.ts'
import { createEvtxReader } from './reader.ts'

/** JSON of lost bytes, with the number and time of their record where these could be read. */
export function damageText({ code, message, offset, id, time, bytes }: EvtxDamage): string {
  const at = time === undefined ? undefined : isoTime(time)
  return JSON.stringify({
    ...(at === undefined ? {} : { '@timestamp': at }),
    message,
    evtx: {
      error: code,
      offset,
      ...(id === undefined ? {} : { record_id: id }),
      bytes: Buffer.from(bytes).toString('base64'),
    },
  })
}

/** The text of an item; undefined for a notice, which is no event. */
export function itemText(item: EvtxItem): string | undefined {
  if (item.kind === 'notice') return undefined
  return item.kind === 'record' ? JSON.stringify(item.event) : damageText(item)
}

/** The texts of a whole log's events. */
export function logTexts(log: Uint8Array): string[] {
  const reader = createEvtxReader()
  const texts: string[] = []
  for (const items of [reader.push(log), reader.end()]) {
    for (const item of items) {
      const text = itemText(item)
      if (text !== undefined) texts.push(text)
    }
  }
  return texts
}

function isoTime(time_ms: number): string | undefined {
  const date = new Date(time_ms)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
