// Files and folders named on a command line to files.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { STDIN } from './bytes.ts'
import { InputError } from './error.ts'

/** Files below the folders of one call, at most. */
export const FILES_MAX = 1_000_000

export interface InputFile {
  readonly path: string
  /** Bytes; undefined for standard input. */
  readonly size: number | undefined
  /** Milliseconds since 1970 UTC. */
  readonly changed: number
  /** Whether it was found below a folder: what is no log there is passed over. */
  readonly isFound: boolean
}

/** Every file of `paths`, folders with all below them in order of name. Rejects `InputError`. */
export async function listFiles(paths: readonly string[]): Promise<readonly InputFile[]> {
  const files: InputFile[] = []
  for (const path of paths) {
    if (path === STDIN) files.push({ path, size: undefined, changed: 0, isFound: false })
    else await addPath(path, files, false)
  }
  return files
}

async function addPath(path: string, files: InputFile[], isFound: boolean): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(path, error.code === 'ENOENT' ? 'no such file' : error.message)
  })
  if (!found.isDirectory()) {
    files.push({ path, size: found.size, changed: found.mtimeMs, isFound })
    if (files.length > FILES_MAX) throw new InputError(path, `more than ${FILES_MAX} files`)
    return
  }
  const entries = await readdir(path, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    // Links could lead in circles, and hidden files are not meant.
    if (entry.name.startsWith('.') || entry.isSymbolicLink()) continue
    if (entry.isDirectory() || entry.isFile()) await addPath(join(path, entry.name), files, true)
  }
}
