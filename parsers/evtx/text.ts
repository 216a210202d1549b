// An item of an event log as the text that is kept of it: a record is its JSON, damage says what was lost and
// keeps the bytes.
import { CHUNK_BYTES, type EvtxDamage, type EvtxItem } from './chunk.ts'
import { createEvtxReader, FILE_HEADER_BYTES } from './reader.ts'

/** Bytes up to the end of a log's first chunk. */
const FIRST_BYTES = FILE_HEADER_BYTES + CHUNK_BYTES

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

/** The items of a whole log. It is read chunk by chunk: what was made of one can go before the next is read. */
export function* logItems(log: Uint8Array): Generator<EvtxItem> {
  const reader = createEvtxReader()
  for (let at = 0, end = FIRST_BYTES; at < log.length; at = end, end += CHUNK_BYTES) {
    yield* reader.push(log.subarray(at, end))
  }
  yield* reader.end()
}

/** The texts of a whole log's events. */
export function logTexts(log: Uint8Array): string[] {
  const texts: string[] = []
  for (const item of logItems(log)) {
    const text = itemText(item)
    if (text !== undefined) texts.push(text)
  }
  return texts
}

function isoTime(time_ms: number): string | undefined {
  const date = new Date(time_ms)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
