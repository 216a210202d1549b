// What a folder of fetched rules holds, as text in the format of `sha256sum`: a line a file, by path.
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../command.ts'
import { sha256 } from '../input/sha256.ts'

/** Rule files are small; a larger one is not a rule. */
export const FILE_BYTES_MAX = 1024 * 1024
export const FILES_MAX = 50_000

/** Paths below a folder whose files (no links) match one of the patterns, sorted. */
export async function listFiles(folder: string, patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>()
  for (const pattern of patterns) {
    const glob = new Bun.Glob(pattern)
    for await (const path of glob.scan({ cwd: folder, onlyFiles: true, dot: false })) {
      if (found.size >= FILES_MAX) throw new UsageError(`${folder} holds over ${FILES_MAX} files`)
      const info = await lstat(join(folder, path))
      if (!info.isFile()) continue
      if (info.size > FILE_BYTES_MAX) {
        throw new UsageError(`${path} is larger than ${FILE_BYTES_MAX} bytes`)
      }
      found.add(path)
    }
  }
  return [...found].sort()
}

/** The manifest of files below a folder. */
export async function manifestOf(folder: string, paths: readonly string[]): Promise<string> {
  const lines: string[] = []
  for (const path of paths) {
    lines.push(`${sha256(await Bun.file(join(folder, path)).bytes())}  ${path}\n`)
  }
  return lines.join('')
}

/** What differs between two manifests: one line a file. */
export function differences(expected: string, actual: string): string[] {
  const before = parse(expected)
  const after = parse(actual)
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort()
  return paths.flatMap((path) => {
    if (!after.has(path)) return [`missing: ${path}`]
    if (!before.has(path)) return [`added: ${path}`]
    return before.get(path) === after.get(path) ? [] : [`changed: ${path}`]
  })
}

function parse(manifest: string): Map<string, string> {
  const lines = manifest.split('\n').filter((line) => line !== '')
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]))
}
