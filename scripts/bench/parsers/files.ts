// Reading the corpus: files below a folder, and the lines of one with where they begin.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Paths of the files below a folder that end in `suffix`, sorted; none where there is no such folder. */
export async function filesBelow(folder: string, suffix: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    },
  )
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

export interface Line {
  /** First byte in the file. */
  readonly offset: number
  /** Counted from 1. */
  readonly number: number
  readonly text: string
}

/** Lines of a file without their ends; a last empty one is none. Undefined where there is no such file. */
export async function linesOf(path: string): Promise<readonly Line[] | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (bytes === undefined) return undefined
  const lines: Line[] = []
  let offset = 0
  while (offset < bytes.length) {
    const newline = bytes.indexOf(0x0a, offset)
    const end = newline < 0 ? bytes.length : newline
    const text = bytes.toString('utf8', offset, end)
    const clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
    lines.push({
      offset,
      number: lines.length + 1,
      text: clean.endsWith('\r') ? clean.slice(0, -1) : clean,
    })
    offset = end + 1
  }
  return lines
}

/** JSON of a file. */
export async function jsonOf<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T
}

/** Lines that name columns: `#fields` of Zeek, `#Fields:` of W3C, the first line of VPC flow logs. */
export function headerOf(lines: readonly Line[]): readonly string[] {
  const marked = lines.filter(({ text }) => text.startsWith('#')).map(({ text }) => text)
  const first = lines[0]?.text ?? ''
  return marked.length === 0 && /^[a-z][a-z-]*(?: [a-z][a-z-]*){5,}$/.test(first) ? [first] : marked
}
