// SARIF 2.1.0, as code scanning takes it: rules from the table of checks, results with places.
import { CHECKS } from '../../sigma/lint/table.ts'
import type { Report } from './report.ts'

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const
const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'

type Result = Report['findings'][number]

function resultsOf({ findings, tests }: Report): readonly Result[] {
  const failed = tests
    .filter(({ passed }) => !passed)
    .map(
      ({ path, line = 1, name, message }): Result => ({
        code: 'test-failed',
        severity: 'error',
        message: `${name}: ${message}`,
        path,
        line,
        column: 1,
      }),
    )
  return [...findings, ...failed]
}

/** Paths are relative to the repository, with forward slashes and escapes as URIs have them. */
function uriOf(path: string): string {
  return path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')
}

export function sarif(report: Report): string {
  const results = resultsOf(report)
  const ids = [...new Set(results.map(({ code }) => code))].sort()
  const rules = ids.map((id) => {
    const check = CHECKS.get(id)
    return {
      id,
      shortDescription: { text: check?.summary ?? id },
      ...(check === undefined
        ? {}
        : { fullDescription: { text: check.why }, help: { text: check.why } }),
      defaultConfiguration: { level: LEVELS[check?.severity ?? 'error'] },
    }
  })
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        automationDetails: { id: `trapline/${report.command}/` },
        tool: { driver: { name: 'trapline', semanticVersion: '0.1.0', rules } },
        columnKind: 'utf16CodeUnits',
        results: results.map(({ code, severity, message, path, line = 1, column = 1 }) => ({
          ruleId: code,
          ruleIndex: ids.indexOf(code),
          level: LEVELS[severity],
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(path) },
                region: { startLine: Math.max(1, line), startColumn: Math.max(1, column) },
              },
            },
          ],
        })),
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}
