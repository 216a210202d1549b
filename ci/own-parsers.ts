// What the content that is looked at brings for parsers: `parsers/` in the working folder.
import { join, resolve } from 'node:path'
import type { ParserContent } from '../parsers/mapping/content.ts'
import { MAPPED } from '../parsers/table.ts'
import { UsageError } from './command.ts'

/** Our own tables are in the program already. */
const PROGRAM = resolve(import.meta.dir, '..')
/** Holds all of it. */
const FOLDER = 'parsers'

/** Tables and patterns as a server would read events with; none where there are none. Rejects `UsageError`
 * naming a file that cannot be used. */
export async function ownParsers(root = '.'): Promise<ParserContent> {
  if (resolve(root) === PROGRAM || !(await isFolder(join(root, FOLDER)))) return {}
  // What reads YAML is started where there is some.
  const { MAPPINGS_FOLDER, SEVERITY_FILE } = await import('../parsers/mapping/content.ts')
  const { loadParserContent } = await import('../parsers/mapping/load.ts')
  const paths = [SEVERITY_FILE, SEVERITY_FILE.replace(/yml$/, 'yaml')]
  if (await isFolder(join(root, MAPPINGS_FOLDER))) {
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

function isFolder(path: string): Promise<boolean> {
  return Bun.file(path)
    .stat()
    .then(
      (info) => info.isDirectory(),
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false
        throw error
      },
    )
}
