// The read-only overlay folders beside the content (`TRAPLINE_RULES`), as they are on disk.
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReleaseOverlay } from '../stores/state/releases.ts'

/** Files read at the same time: the server goes on answering meanwhile. */
const READ_AT_ONCE = 32
const CONTENT_FILE = /\.(?:ya?ml|txt)$/

/** Each folder with the number and hash of its files. Rejects when one cannot be read. */
export function describeOverlays(folders: readonly string[]): Promise<readonly ReleaseOverlay[]> {
  return Promise.all(folders.map(describe))
}

async function describe(path: string): Promise<ReleaseOverlay> {
  const names = await overlayFiles(path)
  const hash = createHash('sha256')
  for (let at = 0; at < names.length; at += READ_AT_ONCE) {
    const some = names.slice(at, at + READ_AT_ONCE)
    const texts = await Promise.all(some.map((name) => Bun.file(join(path, name)).text()))
    for (const [n, text] of texts.entries()) hash.update(`${some[n]}\0${text.length}\0${text}`)
  }
  return { path, files: names.length, hash: hash.digest('hex') }
}

/** Paths of content files below an overlay folder, sorted. */
export async function overlayFiles(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory() && CONTENT_FILE.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort()
}
