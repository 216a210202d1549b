// For programs: one JSON object.
import type { Report } from './report.ts'

export function json({ command, findings, tests, summary, data }: Report): string {
  const plain = findings.map(({ code, severity, message, path, line = 1, column = 1 }) => ({
    code,
    severity,
    message,
    path,
    line,
    column,
  }))
  return `${JSON.stringify({ command, summary, findings: plain, tests, ...data }, null, 2)}\n`
}
