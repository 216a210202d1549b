// What a check has to say, whatever the format it is said in.
import type { Diagnostic } from '../../sigma/diagnostic.ts'

/** One test that ran. */
export interface ReportTest {
  /** Path of the rule, or of the file of tests where the test is about no rule. */
  readonly path: string
  /** Where the test stands, from 1; absent where `path` is not the file that it is in. */
  readonly line?: number
  readonly rule: string
  readonly name: string
  readonly passed: boolean
  /** Why it failed; empty when it passed. */
  readonly message: string
}

export interface Report {
  /** Name of the command: `check`. */
  readonly command: string
  /** Findings with a place, by path and line. */
  readonly findings: readonly (Diagnostic & { readonly path: string })[]
  readonly tests: readonly ReportTest[]
  /** One line: what was looked at and how it went. */
  readonly summary: string
  /** What else the command found out, for `--format json`. */
  readonly data?: Readonly<Record<string, unknown>>
  /** Extra text for people: tables, matrices. */
  readonly text?: string
  /** The same as Markdown. */
  readonly markdown?: string
}

/** `1 file`, `2 files`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

/** How many findings of each severity, in words: `2 errors, 1 warning`. */
export function countFindings(findings: readonly Diagnostic[]): string {
  const count = (severity: Diagnostic['severity'], word: string) => {
    const n = findings.filter((finding) => finding.severity === severity).length
    return n === 0 ? [] : [plural(n, word)]
  }
  const parts = [
    ...count('error', 'error'),
    ...count('warning', 'warning'),
    ...count('info', 'note'),
  ]
  return parts.length === 0 ? 'no findings' : parts.join(', ')
}
