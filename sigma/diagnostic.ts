// What parsing and lowering say about a file, as data: nothing in `sigma/` throws for bad input.

export type Severity = 'error' | 'warning' | 'info'

/** One finding about a text. `line` and `column` count from 1. */
export interface Diagnostic {
  /** Stable kebab-case id: `unknown-modifier`. */
  readonly code: string
  readonly severity: Severity
  /** Where outside-in and the likely fix: `selection: Image|endswit: unknown modifier, did you mean endswith?` */
  readonly message: string
  readonly path?: string
  readonly line?: number
  readonly column?: number
}
