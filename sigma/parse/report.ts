// Findings of one document, gathered while it is read.
import type { Diagnostic, Severity } from '../diagnostic.ts'
import type { Position } from '../rule.ts'
import { DIAGNOSTICS_MAX } from './limits.ts'

export interface Report {
  /** Path of the file. */
  readonly path: string
  /** What stands before every message: `rule "Title": `. */
  prefix: string
  readonly diagnostics: Diagnostic[]
}

export function newReport(path: string): Report {
  return { path, prefix: '', diagnostics: [] }
}

/** Adds a finding; past the limit of a document only errors that are its first are kept. */
export function report(
  to: Report,
  severity: Severity,
  code: string,
  message: string,
  at: Position,
): void {
  const full = to.diagnostics.length >= DIAGNOSTICS_MAX
  if (full && (severity !== 'error' || hasErrors(to.diagnostics))) return
  const { line, column } = at
  to.diagnostics.push({ code, severity, message: to.prefix + message, path: to.path, line, column })
}

export function fail(to: Report, code: string, message: string, at: Position): void {
  report(to, 'error', code, message, at)
}

export function warn(to: Report, code: string, message: string, at: Position): void {
  report(to, 'warning', code, message, at)
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error')
}
