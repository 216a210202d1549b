// What the content that is looked at brings for parsers: `parsers/` in the working folder.
import { join, resolve } from 'node:path'
import { MAPPINGS_FOLDER, type ParserContent, SEVERITY_FILE } from '../parsers/mapping/content.ts'
import { loadParserContent } from '../parsers/mapping/load.ts'
import { MAPPED } from '../parsers/table.ts'
import { UsageError } from './command.ts'

/** Our own tables are in the program already. */
const PROGRAM = resolve(import.meta.dir, '..')

/** Tables and patterns as a server would read events with; none where there are none. Rejects `UsageError`
 * naming a file that cannot be used. */
export async function ownParsers(root = '.'): Promise<ParserContent> {
  if (resolve(root) === PROGRAM) return {}
  const paths = [SEVERITY_FILE, SEVERITY_FILE.replace(/yml$/, 'yaml')]
  const folder = Bun.file(join(root, MAPPINGS_FOLDER))
  const isFolder = await folder.stat().then(
    (info) => info.isDirectory(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false
      throw error
    },
  )
  if (isFolder) {
    const glob = new Bun.Glob('*.{yml,yaml}')
    for await (const name of glob.scan({ cwd: join(root, MAPPINGS_FOLDER) }))
      paths.push(`${MAPPINGS_FOLDER}/${name}`)
  }
  const files: { path: string; text: string }[] = []
  for (const path of paths.sort()) {
    const file = Bun.file(join(root, path))
    if (await file.exists()) files.push({ path, text: await file.text() })
  }
  try {
    return loadParserContent(files, MAPPED)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
