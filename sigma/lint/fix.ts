// Applies fixes: only what they name changes, every other byte stays. A fix that would change what a rule
// matches, or break its file, is left out.
import { lowerRule } from '../lower/lower.ts'
import { parseRules } from '../parse/rules.ts'
import type { Edit, Finding, LintFile } from './check.ts'
import { exprKey } from './implication.ts'

/** Rounds of linting and fixing; each mends what the one before could not reach. */
const FIX_ROUNDS_MAX = 8

/** What stands in a text for bytes that are no UTF-8. */
export const REPLACEMENT = '\ufffd'

export interface FixedFile {
  readonly path: string
  readonly text: string
  /** Findings that were mended. */
  readonly fixed: number
}

/** Applies the edits, which must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let out = ''
  let at = 0
  for (const { start, end, text: to } of [...edits].sort((a, b) => a.start - b.start)) {
    out += text.slice(at, start) + to
    at = end
  }
  return out + text.slice(at)
}

/** Applies the safe fixes of a file's findings, as far as they do not touch one another. */
export function fixFile(file: LintFile, findings: readonly Finding[]): FixedFile {
  const taken: Edit[] = []
  let { text } = file
  let fixed = 0
  for (const { fix } of findings) {
    if (fix === undefined || !fix.safe || overlaps(fix.edits, taken)) continue
    const next = applyEdits(file.text, [...taken, ...fix.edits])
    if (!meansTheSame(text, next, file.path)) continue
    taken.push(...fix.edits)
    text = next
    fixed++
  }
  return { path: file.path, text, fixed }
}

/** Fixes until nothing more can be; `find` lints a text of that path. */
export function fixUntilDone(
  file: LintFile,
  find: (file: LintFile) => readonly Finding[],
): FixedFile {
  let { text } = file
  let fixed = 0
  // What could not be read as UTF-8 would be written as something else.
  if (text.includes(REPLACEMENT)) return { path: file.path, text, fixed }
  for (let round = 0; round < FIX_ROUNDS_MAX; round++) {
    const outcome = fixFile({ path: file.path, text }, find({ path: file.path, text }))
    if (outcome.fixed === 0) break
    text = outcome.text
    fixed += outcome.fixed
  }
  return { path: file.path, text, fixed }
}

function overlaps(edits: readonly Edit[], taken: readonly Edit[]): boolean {
  return edits.some((edit) =>
    taken.some((other) =>
      edit.start === edit.end || other.start === other.end
        ? edit.start < other.end && other.start < edit.end
        : Math.max(edit.start, other.start) < Math.min(edit.end, other.end),
    ),
  )
}

/** Whether both texts hold documents of the same logic and number, and the second no new errors. */
export function meansTheSame(before: string, after: string, path: string): boolean {
  return meaning(before, path) === meaning(after, path)
}

function meaning(text: string, path: string): string {
  const { documents, diagnostics } = parseRules(text, { path })
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  const logic = documents.map(({ value, id }) => {
    if (value === undefined) return 'unread'
    if (value.kind === 'correlation')
      return JSON.stringify([
        id,
        value.type,
        value.rules,
        value.groupBy,
        value.timespan_ms,
        value.condition,
      ])
    const { expr } = lowerRule(value)
    return `${id} ${JSON.stringify(value.logsource)} ${expr === undefined ? 'refused' : exprKey(expr)}`
  })
  return `${errors}\n${logic.join('\n')}`
}
