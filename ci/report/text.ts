// For terminals: a line a finding, as compilers write them.
import { oneLine, printable } from './plain.ts'
import type { Report } from './report.ts'

export function text({ findings, tests, text: extra, summary }: Report): string {
  const lines = findings.map(({ path, line = 1, column = 1, severity, code, message }) =>
    oneLine(`${path}:${line}:${column}: ${severity}: ${message} [${code}]`),
  )
  const failed = tests
    .filter(({ passed }) => !passed)
    .map(({ path, line, name, message }) =>
      oneLine(`${path}${line === undefined ? '' : `:${line}`}: FAIL ${name}: ${message}`),
    )
  const more = extra === undefined ? [] : [printable(extra)]
  return `${[...lines, ...failed, ...more, summary].join('\n')}\n`
}
