// Where the corpus of real data lies: beside the project, never in it.
import { stat } from 'node:fs/promises'

const CORPUS = new URL('../../../shared/corpus/', import.meta.url).pathname

/** Path of a folder of the corpus, or undefined (with a notice) where there is none. */
export async function corpusFolder(name: string): Promise<string | undefined> {
  const path = CORPUS + name
  const found = await stat(path).then(
    (info) => info.isDirectory(),
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return false
    },
  )
  if (found) return path
  console.warn(`corpus folder ${name} is not here: its tests are skipped`)
  return undefined
}
