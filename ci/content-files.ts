// The content that checks look at: every YAML file below the paths, tests included.
import { stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import type { LintFile } from '../sigma/lint/check.ts'
import { isListFile } from '../sigma/pipeline/paths.ts'
import { UsageError } from './command.ts'
import { git, tryGit } from './git.ts'
import { SETTINGS_FILE } from './settings.ts'

/** Folders of a content repository, looked at when no path is named. */
export const CONTENT_FOLDERS = [
  'detections',
  'hunts',
  'filters',
  'pipelines',
  'correlations',
] as const
const withMark = new TextDecoder('utf-8', { ignoreBOM: true })
const FILE_BYTES_MAX = 4 * 1024 * 1024

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw new UsageError(`cannot read ${path}: ${error.code}`)
    return undefined
  })
  if (info === undefined) return undefined
  return info.isDirectory() ? 'folder' : 'file'
}

/** The paths given, or the content folders there are. Rejects `UsageError` when nothing is there. */
export async function contentPaths(
  given: readonly string[],
  folders: readonly string[] = CONTENT_FOLDERS,
): Promise<readonly string[]> {
  if (given.length > 0) {
    for (const path of given) {
      if ((await kindOf(path)) === undefined) throw new UsageError(`there is no ${path}`)
    }
    return given
  }
  const found: string[] = []
  for (const folder of folders) if ((await kindOf(folder)) !== undefined) found.push(folder)
  if (found.length === 0)
    throw new UsageError(`there is none of ${folders.join(', ')} here: name a path`)
  return found
}

/** All YAML files and lists below files and folders, by path; `trapline.yml` and SigmaHQ's `info.yml` are none. */
export async function readContent(paths: readonly string[]): Promise<readonly LintFile[]> {
  const found = new Set<string>()
  for (const path of paths) {
    if ((await kindOf(path)) !== 'folder') {
      found.add(path)
      continue
    }
    const glob = new Bun.Glob('**/*.{yml,yaml,txt}')
    for await (const file of glob.scan({ cwd: path, onlyFiles: true, followSymlinks: true })) {
      const name = file.slice(file.lastIndexOf('/') + 1)
      if (name.endsWith('.txt') && !isListFile(`/${file}`)) continue
      if (name !== SETTINGS_FILE && name !== 'info.yml')
        found.add(`${path.replace(/\/$/, '')}/${file}`)
    }
  }
  return Promise.all([...found].map(fromHere).sort().map(readFile))
}

/** The path from the working folder where it lies below that: as git and reports name it. */
function fromHere(path: string): string {
  const own = relative(process.cwd(), resolve(path))
  return own.startsWith('..') ? path : own
}

async function readFile(path: string): Promise<LintFile> {
  const file = Bun.file(path)
  if (file.size > FILE_BYTES_MAX)
    throw new UsageError(`${path} has more than ${FILE_BYTES_MAX} bytes`)
  if (isListFile(`/${path}`)) return { path, text: await file.text() }
  // A byte order mark stays: it is reported, and what is fixed elsewhere in the file leaves it alone.
  return { path, text: withMark.decode(await file.bytes()) }
}

/**
 * Paths (from the working folder) that differ from where `ref` and the working tree parted, deleted and
 * untracked ones included. Rejects `UsageError` where there is no such commit.
 */
export async function changedSince(ref: string): Promise<ReadonlySet<string>> {
  if (ref.startsWith('-')) throw new UsageError(`${ref} is no commit or branch`)
  const root = (await git('.', 'rev-parse', '--show-toplevel')).trim()
  const base =
    (await tryGit('.', ['merge-base', ref, 'HEAD'])) ??
    (await git('.', 'rev-parse', `${ref}^{commit}`))
  const changed = await git('.', 'diff', '--name-only', '--no-renames', '-z', base.trim())
  const untracked = await git(root, 'ls-files', '--others', '--exclude-standard', '-z')
  const names = [...changed.split('\0'), ...untracked.split('\0')].filter((name) => name !== '')
  return new Set(names.map((name) => relative(process.cwd(), `${root}/${name}`)))
}
