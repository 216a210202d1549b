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

export interface ListOptions {
  /** Hears what below a folder cannot be looked at; without it the list rejects. */
  readonly onFailure?: ((error: InputError) => void) | undefined
  /** Hears what below a folder is passed over. */
  readonly onNotice?: ((message: string) => void) | undefined
}

/** Every file of `paths`, folders with all below them in order of name. Rejects `InputError`. */
export async function listFiles(
  paths: readonly string[],
  options: ListOptions = {},
): Promise<readonly InputFile[]> {
  const files: InputFile[] = []
  for (const path of paths) {
    if (path === STDIN) files.push({ path, size: undefined, changed: 0, isFound: false })
    else await addPath(path, files, false, options)
  }
  return files
}

async function addPath(
  path: string,
  files: InputFile[],
  isFound: boolean,
  options: ListOptions,
): Promise<void> {
  const failed = (error: NodeJS.ErrnoException): undefined => {
    const reason = error.code === 'ENOENT' ? 'no such file' : error.message
    const failure = new InputError(path, reason, { cause: error })
    if (!isFound || options.onFailure === undefined) throw failure
    options.onFailure(failure)
  }
  const found = await stat(path).catch(failed)
  if (found === undefined) return
  if (!found.isDirectory()) {
    files.push({ path, size: found.size, changed: found.mtimeMs, isFound })
    if (files.length > FILES_MAX) throw new InputError(path, `more than ${FILES_MAX} files`)
    return
  }
  const entries = await readdir(path, { withFileTypes: true }).catch(failed)
  for (const entry of entries?.sort((a, b) => (a.name < b.name ? -1 : 1)) ?? []) {
    // Links could lead in circles, and hidden files are not meant.
    if (entry.name.startsWith('.')) continue
    const place = join(path, entry.name)
    if (entry.isDirectory() || entry.isFile()) await addPath(place, files, true, options)
    else if (entry.isSymbolicLink()) options.onNotice?.(`${place}: a link, passed over`)
  }
}
