// `trapline lint`: what could be better about rules, and mending of what is safe to mend.
import { parseArgs } from 'node:util'
import type { Finding, LintFile } from '../../sigma/lint/check.ts'
import { fixUntilDone } from '../../sigma/lint/fix.ts'
import { CHECKS } from '../../sigma/lint/table.ts'
import {
  CHECK_OPTIONS,
  CHECK_USAGE,
  exitCodeOf,
  readSubject,
  type Subject,
  shownFindings,
} from '../checked.ts'
import { lintContent } from '../checks/content.ts'
import { EXIT, UsageError } from '../command.ts'
import { FORMAT_NAMES, formatNamed, printReport } from '../report/formats.ts'
import { countFindings, plural } from '../report/report.ts'

export const summary = 'Says what could be better about rules, hunts, pipelines and tests'
export const usage = `trapline lint [PATH...] [--fix] [--format ${FORMAT_NAMES}] [--base REF]
       trapline lint --list | --explain ID
  PATH           files or folders (default: detections, hunts, filters, pipelines, correlations)
  --fix          mends what cannot change what a rule matches; every other byte stays
${CHECK_USAGE}
  --list         all checks with their severity
  --explain ID   what a check finds and why it matters
A comment "# trapline-lint: disable=ID" switches a check off for its line, or for the next one.
Exit code 1: findings; 2: something cannot run; 3: wrong call or settings.`

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...CHECK_OPTIONS,
      fix: { type: 'boolean' },
      list: { type: 'boolean' },
      explain: { type: 'string' },
    },
  })
  if (values.list) return list()
  if (values.explain !== undefined) return explain(values.explain)
  const format = formatNamed(values.format)
  let subject = await readSubject(positionals, values)
  let findings = lintContent(subject.files, subject.options)
  let fixed = 0
  if (values.fix) {
    const outcome = await fixAll(subject, findings)
    fixed = outcome.fixed
    if (fixed > 0) {
      subject = { ...subject, files: outcome.files }
      findings = lintContent(subject.files, subject.options)
    }
  }
  const shown = shownFindings(findings, subject, values)
  const looked = plural(subject.touched?.size ?? subject.files.length, 'file')
  const mended = fixed > 0 ? `, ${fixed} mended` : ''
  await printReport(
    {
      command: 'lint',
      findings: shown,
      tests: [],
      summary: `${looked}: ${countFindings(shown)}${mended}`,
      data: { files: subject.touched?.size ?? subject.files.length, fixed },
    },
    format,
  )
  return exitCodeOf(shown, values)
}

/** Applies safe fixes file by file and writes the files that change. */
async function fixAll(
  { files, options, touched }: Subject,
  findings: readonly Finding[],
): Promise<{ files: readonly LintFile[]; fixed: number }> {
  const mendable = new Set(findings.filter(({ fix }) => fix?.safe).map(({ path }) => path))
  let fixed = 0
  const out: LintFile[] = []
  for (const file of files) {
    if (!mendable.has(file.path) || (touched !== undefined && !touched.has(file.path))) {
      out.push(file)
      continue
    }
    const alone = { ...options, complete: false }
    const mended = fixUntilDone(file, (one) => lintContent([one], alone))
    if (mended.fixed > 0) await Bun.write(file.path, mended.text)
    fixed += mended.fixed
    out.push({ path: file.path, text: mended.text })
  }
  return { files: out, fixed }
}

function list(): number {
  const width = Math.max(...[...CHECKS.keys()].map((id) => id.length))
  for (const [id, { severity, summary: what, fixable }] of CHECKS) {
    console.log(`${id.padEnd(width)}  ${severity.padEnd(7)}  ${what}${fixable ? ' (--fix)' : ''}`)
  }
  return EXIT.ok
}

function explain(id: string): number {
  const check = CHECKS.get(id)
  if (check === undefined) throw new UsageError(`there is no check "${id}"; --list names them all`)
  console.log(`${id} (${check.severity}): ${check.summary}\n\n${check.why}`)
  return EXIT.ok
}
