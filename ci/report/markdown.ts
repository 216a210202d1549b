// Markdown for comments and job summaries: the verdict first, tables folded.
import type { Report } from './report.ts'

const ROWS_MAX = 100

/** Text inside a table cell: nothing in it is markup. */
export function cell(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_[\]|~@#]/g, '\\$&')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = rows.slice(0, ROWS_MAX)
  const lines = [head, head.map(() => '---'), ...shown].map((row) => `| ${row.join(' | ')} |`)
  const more = rows.length - shown.length
  return [...lines, ...(more > 0 ? ['', `${more} more are not shown.`] : [])].join('\n')
}

function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`
}

function place(path: string, line: number, column: number): string {
  return `${cell(path)}:${line}:${column}`
}

export function markdown({ command, findings, tests, summary, markdown: extra }: Report): string {
  const failed = tests.filter(({ passed }) => !passed)
  const serious = findings.filter(({ severity }) => severity !== 'info')
  const verdict =
    failed.length > 0 || serious.some(({ severity }) => severity === 'error')
      ? '**failed**'
      : serious.length > 0
        ? '**needs a look**'
        : 'passed'
  const rows = findings.map(({ path, line = 1, column = 1, severity, code, message }) => [
    place(path, line, column),
    severity,
    cell(code),
    cell(message),
  ])
  const parts = [`### trapline ${command}: ${verdict}`, cell(summary)]
  if (failed.length > 0) {
    const failures = failed.map(({ path, line, name, message }) => [
      cell(line === undefined ? path : `${path}:${line}`),
      cell(name),
      cell(message),
    ])
    parts.push(table(['file', 'test', 'what happened'], failures))
  }
  if (rows.length > 0) {
    parts.push(
      folded(
        `${rows.length} finding${rows.length === 1 ? '' : 's'}`,
        table(['where', 'severity', 'check', 'what'], rows),
      ),
    )
  }
  if (extra !== undefined) parts.push(extra)
  return `${parts.join('\n\n')}\n`
}
