// Two versions of a repository's content: where a branch and the work tree parted, and the work tree.
import { stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { isListFile } from '../sigma/pipeline/paths.ts'
import type { RuleFile } from '../sigma/rule.ts'
import { UsageError } from './command.ts'
import { CONTENT_FOLDERS, readContent } from './content-files.ts'
import { filesAt, git, tryGit } from './git.ts'
import { SETTINGS_FILE } from './settings.ts'

export interface Versions {
  /** The commit that is compared with. */
  readonly base: string
  /** Paths from the repository's root, in both. */
  readonly before: readonly RuleFile[]
  readonly after: readonly RuleFile[]
}

/**
 * Content below folders of the work tree, and what it was where `ref` and HEAD parted (`exact`: what it is in
 * `ref` itself). Rejects `UsageError` where there is no such commit, and for folders outside the repository.
 */
export async function readVersions(
  ref: string,
  folders: readonly string[] = CONTENT_FOLDERS,
  { exact = false } = {},
): Promise<Versions> {
  if (ref.startsWith('-')) throw new UsageError(`${ref} is no commit or branch`)
  const root = (await git('.', 'rev-parse', '--show-toplevel')).trim()
  const below = folders.map((folder) => relative(root, resolve(folder)) || '.')
  const outside = below.find((folder) => folder.startsWith('..'))
  if (outside !== undefined) throw new UsageError(`${outside} is outside the repository`)
  const parted = exact ? undefined : await tryGit('.', ['merge-base', ref, 'HEAD'])
  const base = parted?.trim() ?? ref
  const before = await filesAt(root, base, below, isContentFile)
  const there = await Promise.all(folders.map(isThere))
  const files = await readContent(folders.filter((_, n) => there[n]))
  const after = files.map(({ path, text }) => ({ path: relative(root, resolve(path)), text }))
  return { base, before, after }
}

/** Whether a path counts as content, as `readContent` sees it. */
export function isContentFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (name === SETTINGS_FILE || name === 'info.yml') return false
  return /\.ya?ml$/.test(name) || isListFile(`/${path}`)
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw new UsageError(`cannot read ${path}: ${error.code}`)
    },
  )
}
