// Events of a file as batches for the ingest route: what `trapline ingest` and a file dropped on a page
// both send.
import type { InputEvent } from './event.ts'
import { listFiles } from './files.ts'
import { type ReadOptions, readMembers } from './read-events.ts'

/** A batch goes out at this many events or characters. */
export const BATCH_EVENTS = 1000
export const BATCH_UNITS = 4 * 1024 * 1024

/** Events in batches; a batch has one header. */
export async function* batchesOf(
  events: AsyncIterable<readonly InputEvent[]>,
): AsyncGenerator<readonly InputEvent[]> {
  let open: InputEvent[] = []
  let units = 0
  for await (const chunk of events) {
    for (const event of chunk) {
      const isFull = open.length >= BATCH_EVENTS || units + event.text.length > BATCH_UNITS
      if (open.length > 0 && (isFull || event.header !== open[0]!.header)) {
        yield open
        open = []
        units = 0
      }
      open.push(event)
      units += event.text.length
    }
  }
  if (open.length > 0) yield open
}

/** The body of a batch, and how many header lines stand before its events. */
export function batchBody(batch: readonly InputEvent[]): { body: string; skipped: number } {
  const header = batch[0]?.header?.lines ?? []
  const body = [...header, ...batch.map((event) => event.text)].join('\n')
  return { body, skipped: header.length }
}

/** One file, or what an archive holds, as batches with the name of the member they are from. Rejects
 * `InputError`. */
export async function* fileBatches(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<{ readonly name: string; readonly batch: readonly InputEvent[] }> {
  for (const file of await listFiles([path])) {
    for await (const { name, events } of readMembers(file, options)) {
      for await (const batch of batchesOf(events)) yield { name, batch }
    }
  }
}
