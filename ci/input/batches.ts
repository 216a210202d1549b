// A file as batches for the ingest route: what `trapline ingest` and a file dropped on a page both send.
import type { InputEvent } from './event.ts'
import { type ReadOptions, readEventBatches } from './read-events.ts'

/** A batch goes out at this many events or characters. */
export const BATCH_EVENTS = 1000
export const BATCH_UNITS = 4 * 1024 * 1024

/** Events of a file, `BATCH_EVENTS` at a time. Rejects `InputError`. */
export async function* ingestBatches(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<readonly InputEvent[]> {
  let open: InputEvent[] = []
  let units = 0
  for await (const chunk of readEventBatches(path, options)) {
    for (const event of chunk) {
      if (open.length >= BATCH_EVENTS || units + event.text.length > BATCH_UNITS) {
        if (open.length > 0) yield open
        open = []
        units = 0
      }
      open.push(event)
      units += event.text.length
    }
  }
  if (open.length > 0) yield open
}

/** The body of a batch: one event a line. */
export function batchBody(batch: readonly InputEvent[]): string {
  return batch.map((event) => event.text).join('\n')
}
