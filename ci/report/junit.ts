// JUnit XML: a suite a file; findings of severity error are failures, others are output.
import type { Report, ReportTest } from './report.ts'

type Finding = Report['findings'][number]

/** Text for XML 1.0: what it cannot hold is a replacement character. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`)
}

function findingCase({ path, line = 1, column = 1, severity, code, message }: Finding): string {
  const where = `${path}:${line}:${column}`
  const open = `    <testcase classname="${escapeXml(path)}" name="${escapeXml(`${code} ${line}:${column}`)}"`
  const body =
    severity === 'info'
      ? `<system-out>${escapeXml(`${where}: ${message}`)}</system-out>`
      : `<failure type="${escapeXml(`${severity}: ${code}`)}" message="${escapeXml(message)}">${escapeXml(where)}</failure>`
  return `${open}>${body}</testcase>`
}

function testCase({ path, line, name, passed, message }: ReportTest): string {
  const open = `    <testcase classname="${escapeXml(path)}" name="${escapeXml(name)}"`
  if (passed) return `${open}/>`
  const where = line === undefined ? '' : `${path}:${line}: `
  return `${open}><failure type="test" message="${escapeXml(message)}">${escapeXml(where + message)}</failure></testcase>`
}

export function junit({ command, findings, tests }: Report): string {
  const paths = [...new Set([...findings, ...tests].map(({ path }) => path))].sort()
  let failures = 0
  let total = 0
  const suites = paths.map((path) => {
    const own = findings.filter((finding) => finding.path === path)
    const ran = tests.filter((test) => test.path === path)
    const failed =
      own.filter(({ severity }) => severity !== 'info').length +
      ran.filter(({ passed }) => !passed).length
    failures += failed
    total += own.length + ran.length
    const cases = [...own.map(findingCase), ...ran.map(testCase)].join('\n')
    const counts = `tests="${own.length + ran.length}" failures="${failed}" errors="0" skipped="0"`
    return `  <testsuite name="${escapeXml(path)}" ${counts}>\n${cases}\n  </testsuite>`
  })
  const head = `<testsuites name="trapline ${escapeXml(command)}" tests="${total}" failures="${failures}" errors="0">`
  return `<?xml version="1.0" encoding="UTF-8"?>\n${[head, ...suites, '</testsuites>'].join('\n')}\n`
}
