// Unified differences of git as values, for pages.

export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed'
  readonly text: string
  /** Line numbers in the old and in the new file. */
  readonly before?: number
  readonly after?: number
}

export interface DiffHunk {
  readonly lines: readonly DiffLine[]
}

export interface FileDiff {
  readonly path: string
  readonly hunks: readonly DiffHunk[]
  readonly added: number
  readonly removed: number
  readonly isBinary: boolean
}

/** Parses what `git diff --no-renames --no-color` prints. */
export function parseDiff(text: string): readonly FileDiff[] {
  return text
    .split(/^diff --git /m)
    .slice(1)
    .map(parseFile)
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/

function parseFile(part: string): FileDiff {
  const lines = part.split('\n')
  const hunks: { lines: DiffLine[] }[] = []
  let path = ''
  let [before, after] = [0, 0]
  for (const line of lines) {
    const hunk = HUNK.exec(line)
    if (hunk !== null) {
      before = Number(hunk[1])
      after = Number(hunk[2])
      hunks.push({ lines: [] })
      continue
    }
    const current = hunks.at(-1)
    if (current === undefined) path = pathOf(line) ?? path
    else if (line.startsWith('+'))
      current.lines.push({ kind: 'added', text: line.slice(1), after: after++ })
    else if (line.startsWith('-'))
      current.lines.push({ kind: 'removed', text: line.slice(1), before: before++ })
    else if (line.startsWith(' '))
      current.lines.push({ kind: 'same', text: line.slice(1), before: before++, after: after++ })
  }
  const all = hunks.flatMap((hunk) => hunk.lines)
  const count = (kind: DiffLine['kind']) => all.filter((line) => line.kind === kind).length
  const isBinary = lines.some((line) => /^Binary files .* differ$/.test(line))
  return { path, hunks, added: count('added'), removed: count('removed'), isBinary }
}

/** The file's name in `--- a/...` or `+++ b/...`, unquoted. */
function pathOf(line: string): string | undefined {
  const name = /^(?:--- a\/|\+\+\+ b\/)(.*?)\t?$/.exec(line)?.[1]
  if (name !== undefined) return name
  const quoted = /^(?:---|\+\+\+) ("(?:[^"\\]|\\.)*")\t?$/.exec(line)?.[1]
  return quoted === undefined ? undefined : unquote(quoted).replace(/^[ab]\//, '')
}

/** git's quoting of unusual names: C escapes, bytes in octal. */
function unquote(quoted: string): string {
  const bytes: number[] = []
  const inner = quoted.slice(1, -1)
  for (const [part, octal, escaped] of inner.matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/g)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8))
    else bytes.push(...new TextEncoder().encode(escaped === undefined ? part : plain(escaped)))
  }
  return new TextDecoder().decode(new Uint8Array(bytes))
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function plain(escaped: string): string {
  return ESCAPES[escaped] ?? escaped
}
