// The reports of a run as one, for annotations, JUnit, SARIF and GitLab.
import { createHash } from 'node:crypto'
import type { Report } from '../report/report.ts'
import { REPORT_NAMES, type Reports } from './reports.ts'

/** Commands whose paths are from the folder that they run in, not from the repository's root. */
const FROM_HERE = new Set(['check', 'test', 'coverage'])

/** All findings and tests; `prefix` is the folder of the run below the repository's root, `rules/` or empty.
 * A command that wrote no report is a finding too. */
export function mergedReport(reports: Reports, prefix: string): Report {
  const findings: Report['findings'][number][] = []
  const tests: Report['tests'][number][] = []
  for (const name of REPORT_NAMES) {
    const report = reports[name]
    if (report === undefined) continue
    const place = (path: string) => (FROM_HERE.has(name) ? `${prefix}${path}` : path)
    // What changes is no finding of a run that shows it in its comment.
    const said = report.findings.filter(({ code }) => !code.startsWith('plan-') || name !== 'plan')
    findings.push(...said.map((finding) => ({ ...finding, path: place(finding.path) })))
    tests.push(...report.tests.map((one) => ({ ...one, rule: '', path: place(one.path) })))
  }
  for (const { name, why } of reports.broken)
    findings.push({
      code: `${name}-did-not-run`,
      severity: 'error',
      message: why,
      path: `${prefix}trapline.yml`,
    })
  const summaries = REPORT_NAMES.flatMap((name) => reports[name]?.summary ?? [])
  return { command: 'ci', findings, tests, summary: summaries.join('; ') }
}

const SEVERITIES = { error: 'critical', warning: 'minor', info: 'info' } as const

/** GitLab's code quality report. */
export function codeQuality({ findings, tests }: Report): string {
  const failed = tests
    .filter(({ passed }) => !passed)
    .map(({ path, name, message }) => ({
      ...{ code: 'test-failed', severity: 'error' as const, path },
      message: `${name}: ${message}`,
    }))
  const entries = [...findings, ...failed].map((finding) => {
    const { code, severity, message, path } = finding
    const line = 'line' in finding ? (finding.line ?? 1) : 1
    return {
      description: message,
      check_name: code,
      // Not the line: a finding that moves is the same finding.
      fingerprint: createHash('sha256').update(`${path}\0${code}\0${message}`).digest('hex'),
      severity: SEVERITIES[severity],
      location: { path, lines: { begin: Math.max(1, line) } },
    }
  })
  return `${JSON.stringify(entries, null, 2)}\n`
}
