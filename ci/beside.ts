// Rules that are there but lie elsewhere: a server's overlays, a clone of upstream rules. Only their ids and
// names are looked at, so that thousands of files cost next to nothing.
import { stat } from 'node:fs/promises'
import { UsageError } from './command.ts'
import { findRuleFiles } from './rule-files.ts'

/** File of each id and name below the folders. Rejects `UsageError` for a folder that is not there. */
export async function rulesBeside(
  folders: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>()
  for (const folder of folders) {
    const info = await stat(folder).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`--beside ${folder}: ${error.code ?? error.message}`)
    })
    if (!info.isDirectory()) throw new UsageError(`--beside ${folder}: is no folder`)
    for (const path of await findRuleFiles([folder])) {
      for (const name of namesIn(await Bun.file(path).text())) files.getOrInsert(name, path)
    }
  }
  return files
}

/** Ids and names of the documents in a text, as they are written at the beginning of a line. */
function namesIn(text: string): readonly string[] {
  const lines = text.matchAll(/^(?:id|name):[ \t]*(?:"([^"\n]+)"|'([^'\n]+)'|([^\s#'"]+))/gm)
  return [...lines].map(([, double, single, plain]) => double ?? single ?? plain ?? '')
}
