// `trapline check`: whether content may go live: schemas, lint, ids, references, loading.
import { parseArgs } from 'node:util'
import { MAPPINGS_FOLDER, SEVERITY_FILE } from '../../parsers/mapping/content.ts'
import { CHECK_OPTIONS, CHECK_USAGE, exitCodeOf, readSubject, shownFindings } from '../checked.ts'
import { checkContent } from '../checks/content.ts'
import { CONTENT_FOLDERS } from '../content-files.ts'
import { FORMAT_NAMES, formatNamed, printReport } from '../report/formats.ts'
import { countFindings, plural } from '../report/report.ts'
import { readSettings } from '../settings.ts'
import { readTestSettings } from '../test-settings.ts'

/** What is checked when no path is named: the content, and what it brings for parsers. */
const CHECKED = [...CONTENT_FOLDERS, MAPPINGS_FOLDER, SEVERITY_FILE, 'parsers/severity.yaml']

export const summary = "Checks that rules, hunts, pipelines, tests and parsers' tables can go live"
export const usage = `trapline check [PATH...] [--format ${FORMAT_NAMES}] [--base REF]
  PATH           files or folders (default: ${CHECKED.join(', ')})
${CHECK_USAGE}
Schemas, the linter, ids, references between documents, parsers' tables, and whether everything loads.
Exit code 1: findings; 2: something cannot run; 3: wrong call or settings.`

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: CHECK_OPTIONS,
  })
  const format = formatNamed(values.format)
  // Other commands read the rest of it: what is wrong there shows here already.
  await Promise.all([readSettings(), readTestSettings()])
  const subject = await readSubject(positionals, values, CHECKED)
  const findings = checkContent(subject.files, subject.options)
  const shown = shownFindings(findings, subject, values)
  const files = subject.touched?.size ?? subject.files.length
  const report = {
    command: 'check',
    findings: shown,
    tests: [],
    summary: `${plural(files, 'file')}: ${countFindings(shown)}`,
    data: { files },
  }
  await printReport(report, format)
  return exitCodeOf(shown, values)
}
