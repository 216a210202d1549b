// GitHub workflow commands: annotations on the lines of a pull request.
import { printable } from './plain.ts'
import type { Report } from './report.ts'

const LEVELS = { error: 'error', warning: 'warning', info: 'notice' } as const

/** Text of a command: no line breaks or control characters, no percent signs as they are. */
function escapeData(text: string): string {
  return printable(text).replaceAll('%', '%25').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

function command(
  level: string,
  properties: Readonly<Record<string, string | number>>,
  message: string,
): string {
  const list = Object.entries(properties).map(
    ([key, value]) => `${key}=${escapeProperty(String(value))}`,
  )
  return `::${level} ${list.join(',')}::${escapeData(message)}`
}

export function github({ findings, tests, summary }: Report): string {
  const lines = findings.map(({ severity, path, line = 1, column = 1, code, message }) =>
    command(LEVELS[severity], { file: path, line, col: column, title: code }, message),
  )
  const failed = tests
    .filter(({ passed }) => !passed)
    .map(({ path, line, name, message }) =>
      command(
        'error',
        { file: path, ...(line === undefined ? {} : { line }), title: `test: ${name}` },
        message,
      ),
    )
  return `${[...lines, ...failed, summary].join('\n')}\n`
}
