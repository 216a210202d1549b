// A pass over files of events: short ones are read here, long ones by workers.
import { readEventBatches } from '../input/read-events.ts'
import {
  createFileReader,
  type FileWork,
  type ReadBatch,
  type ReadRest,
  type Texts,
} from './file-reader.ts'
import { type FileWorkers, startFileWorkers } from './file-workers.ts'

/** Events that are read here before it is worth starting workers. */
const EVENTS_ALONE = 20_000

/** Reads files from start to end; `onRead` hears of every batch in order. What is left of each thread. */
export async function readFiles(
  files: readonly string[],
  work: FileWork,
  onRead: (batch: ReadBatch) => void,
): Promise<readonly ReadRest[]> {
  const own = createFileReader(work)
  let workers: FileWorkers | undefined
  let alone = 0
  try {
    for await (const texts of textsOf(files)) {
      if (alone < EVENTS_ALONE) {
        onRead(own.read(texts))
        alone += texts.texts.length
      } else {
        workers ??= startFileWorkers(work, onRead)
        await workers.read(texts)
      }
    }
    return [own.rest(), ...((await workers?.finish()) ?? [])]
  } finally {
    workers?.stop()
  }
}

async function* textsOf(files: readonly string[]): AsyncGenerator<Texts> {
  for (const file of files)
    for await (const batch of readEventBatches(file)) {
      let texts: string[] = []
      let header = batch[0]?.header
      for (const event of batch) {
        if (event.header !== header) {
          yield { texts, columns: header?.columns }
          texts = []
          header = event.header
        }
        texts.push(event.text)
      }
      if (texts.length > 0) yield { texts, columns: header?.columns }
    }
}
