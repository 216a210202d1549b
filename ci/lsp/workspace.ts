// The content of an editor's workspace: what references and doubles of a document are looked up in.
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { LintFile } from '../../sigma/lint/check.ts'
import { type KnownRule, rulesIn } from '../checks/known-rules.ts'
import { CONTENT_FOLDERS, readContent } from '../content-files.ts'

/** Files of a workspace up to which references between them are looked up. */
const WORKSPACE_FILES_MAX = 20_000

export interface Workspace {
  /** The first folder, where `trapline.yml` lies. */
  readonly root: string
  /** Whether a file is among the content, on disk or still to be saved. */
  holds(path: string): boolean
  /** All other files, open documents as they are now. */
  filesBeside(file: LintFile, open: readonly LintFile[]): readonly LintFile[]
  rules(): readonly KnownRule[]
  /** Reads files again that may have changed, come or gone. */
  reread(paths: readonly string[]): Promise<void>
}

interface Entry {
  readonly file: LintFile
  readonly rules: readonly KnownRule[]
}

function entryOf({ path, text }: LintFile): readonly [string, Entry] {
  // Editors name documents by their whole path.
  const file = { path: resolve(path), text }
  return [file.path, { file, rules: rulesIn(file.path, text) }]
}

/** Reads the content below a workspace's folders; none when there is more than `WORKSPACE_FILES_MAX`. */
export async function readWorkspace(folders: readonly string[]): Promise<Workspace> {
  const below = folders.flatMap((folder) =>
    CONTENT_FOLDERS.map((name) => resolve(`${folder}/${name}`)),
  )
  const found: string[] = []
  for (const path of below) if ((await kindOf(path)) === 'folder') found.push(path)
  const files = await readContent(found)
  const isTooLarge = files.length > WORKSPACE_FILES_MAX
  if (isTooLarge) {
    const most = `more than ${WORKSPACE_FILES_MAX}`
    console.error(`trapline lsp: ${files.length} files are ${most}: each is checked on its own`)
  }
  const entries = new Map(isTooLarge ? [] : files.map(entryOf))
  const holds = (path: string) =>
    !isTooLarge && below.some((folder) => path.startsWith(`${folder}/`))
  return {
    root: folders[0] ?? '.',
    holds,
    filesBeside({ path: own }, open) {
      const now = new Set([own, ...open.map(({ path }) => path)])
      const kept = [...entries.values()].map(({ file }) => file)
      return [
        ...kept.filter(({ path }) => !now.has(path)),
        ...open.filter(({ path }) => path !== own && holds(path)),
      ]
    },
    rules: () => [...entries.values()].flatMap(({ rules }) => rules),
    async reread(paths) {
      for (const path of paths.filter(holds)) {
        const [file] = (await kindOf(path)) === 'file' ? await readContent([path]) : []
        if (file === undefined) entries.delete(path)
        else entries.set(...entryOf(file))
      }
    },
  }
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  return stat(path).then(
    (info) => (info.isDirectory() ? 'folder' : 'file'),
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
      return undefined
    },
  )
}
