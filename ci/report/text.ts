// For terminals: a line a finding, as compilers write them.
import type { Report } from './report.ts'

export function text({ findings, tests, text: extra, summary }: Report): string {
  const lines = findings.map(
    ({ path, line = 1, column = 1, severity, code, message }) =>
      `${path}:${line}:${column}: ${severity}: ${message} [${code}]`,
  )
  const failed = tests
    .filter(({ passed }) => !passed)
    .map(({ path, name, message }) => `${path}: FAIL ${name}: ${message}`)
  return `${[...lines, ...failed, ...(extra === undefined ? [] : [extra]), summary].join('\n')}\n`
}
