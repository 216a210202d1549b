// `# trapline-lint: disable=ID[,ID...]` in a file: at the end of a line for that line, on a line of its own for
// the next one; `disable-file=` for the whole file. `all` stands for every check but those of severity error.
import type { Finding } from './check.ts'

const COMMENT =
  /(?:^|\s)#\s*trapline-lint:\s*(disable|disable-file)\s*=\s*([\w-]+(?:\s*,\s*[\w-]+)*)/

/** Whether a finding is switched off by a comment of its file. */
export type Suppressed = (finding: Finding) => boolean

/** Reads the comments of a text. */
export function readSuppressions(text: string): Suppressed {
  if (!text.includes('trapline-lint:')) return () => false
  const wholeFile = new Set<string>()
  const byLine = new Map<number, string[]>()
  const lines = text.split('\n')
  for (const [n, line] of lines.entries()) {
    const match = COMMENT.exec(line)
    if (match === null) continue
    const ids = match[2]!.split(',').map((id) => id.trim())
    if (match[1] === 'disable-file') for (const id of ids) wholeFile.add(id)
    else {
      const target = /^\s*#/.test(line) ? nextContent(lines, n) : n
      byLine.set(target, [...(byLine.get(target) ?? []), ...ids])
    }
  }
  return (finding) => {
    const ids = byLine.get(finding.line - 1) ?? []
    const named = ids.includes(finding.code) || wholeFile.has(finding.code)
    const all = ids.includes('all') || wholeFile.has('all')
    return named || (all && finding.severity !== 'error')
  }
}

/** Index of the next line that is neither blank nor a comment. */
function nextContent(lines: readonly string[], from: number): number {
  let at = from + 1
  while (at < lines.length && /^\s*(#|$)/.test(lines[at]!)) at++
  return at
}
