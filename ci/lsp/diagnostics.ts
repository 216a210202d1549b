// Findings as an editor shows them, and the quick fixes that come with them.
import type { Finding } from '../../sigma/lint/check.ts'
import { type OpenDocument, offsetAt, rangeOf } from './documents.ts'
import type { CodeAction, Diagnostic, Range } from './protocol.ts'

const SEVERITY = { error: 1, warning: 2, info: 3 } as const

/** From the finding's place to the end of what stands there. */
export function rangeOfFinding(text: string, { line, column }: Finding): Range {
  const start = { line: line - 1, character: column - 1 }
  const offset = offsetAt(text, start)
  const rest = text.slice(
    offset,
    text.indexOf('\n', offset) < 0 ? undefined : text.indexOf('\n', offset),
  )
  const token = /^(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^\s#].*?(?=\s+#|\s*$))/.exec(rest)?.[0] ?? ''
  return { start, end: { line: line - 1, character: column - 1 + Math.max(1, token.length) } }
}

export function diagnosticOf(text: string, finding: Finding): Diagnostic {
  return {
    range: rangeOfFinding(text, finding),
    severity: SEVERITY[finding.severity],
    code: finding.code,
    source: 'trapline',
    message: finding.message,
  }
}

function touches(a: Range, b: Range): boolean {
  return a.start.line <= b.end.line && b.start.line <= a.end.line
}

/** Fixes of the findings in a range, and for each check a way to switch it off for the line. */
export function actionsAt(
  { uri, text }: OpenDocument,
  findings: readonly Finding[],
  range: Range,
): readonly CodeAction[] {
  const here = findings.filter((finding) => touches(rangeOfFinding(text, finding), range))
  const fixes = here.flatMap((finding): CodeAction[] => {
    const { fix } = finding
    if (fix === undefined) return []
    const edits = fix.edits.map(({ start, end, text: newText }) => ({
      range: rangeOf(text, start, end),
      newText,
    }))
    return [
      {
        title: fix.title,
        kind: 'quickfix',
        diagnostics: [diagnosticOf(text, finding)],
        isPreferred: fix.safe,
        edit: { changes: { [uri]: edits } },
      },
    ]
  })
  const seen = new Set<string>()
  const silences = here.flatMap((finding): CodeAction[] => {
    const { code, line } = finding
    if (seen.has(code)) return []
    seen.add(code)
    const own = text.split('\n')[line - 1] ?? ''
    const position = { line: line - 1, character: 0 }
    const newText = `${/^\s*/.exec(own)![0]}# trapline-lint: disable=${code}\n`
    const edits = [{ range: { start: position, end: position }, newText }]
    return [
      {
        title: `Switch ${code} off for this line`,
        kind: 'quickfix',
        diagnostics: [diagnosticOf(text, finding)],
        edit: { changes: { [uri]: edits } },
      },
    ]
  })
  return [...fixes, ...silences]
}
