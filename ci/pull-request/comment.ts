// The one comment that a pull request carries: verdict first, tables folded.
import { countChanges } from '../plan/report.ts'
import { alertLine, costLine, coverageLine, truthLine } from './figures.ts'
import { fit, type Section } from './fit.ts'
import { code, plain, table } from './markup.ts'
import { parserSections, parserSentence } from './parsers.ts'
import type { ReportFinding, Reports } from './reports.ts'
import { ruleSections, ruleSentences } from './rules.ts'

/** The first line of our comment, by which the next run finds it. */
export const MARKER = '<!-- trapline: pull request report -->'
/** What GitHub takes, characters. */
export const COMMENT_CHARACTERS_MAX = 65_536

/** Findings and failures that stand outside of folds. */
const PROBLEMS_SHOWN = 10
/** Rows of a folded table. */
const ROWS_MAX = 100

export interface CommentOptions {
  /** Address of the server as people reach it, for links; no slash at the end. */
  readonly server?: string | undefined
  /** Where the whole reports are, for what a comment has no room for. */
  readonly details?: string | undefined
  readonly limit?: number
}

export type Verdict = 'fails' | 'needs a look' | 'passes'

/** What a run says in one word. */
export function verdictOf({ broken, codes = {}, ...reports }: Reports): Verdict {
  const all = Object.values(reports)
  const findings = all.flatMap((report) => report.findings)
  const isFailed = all.some(({ tests }) => tests.some(({ passed }) => !passed))
  const missing = findings.some(({ code: id }) => id === 'test-missing')
  if (Object.values(codes).some((code) => code !== 0)) return 'fails'
  if (broken.length > 0 || isFailed || missing) return 'fails'
  if (findings.some(({ severity }) => severity === 'error')) return 'fails'
  const moved = reports.backtest?.rules.some((rule) => rule.new + rule.lost > 0) === true
  const isReadOtherwise = (reports.backtest?.parsers?.changed ?? 0) > 0
  return moved || isReadOtherwise || findings.some(({ severity }) => severity === 'warning')
    ? 'needs a look'
    : 'passes'
}

/** The comment of a run, within what GitHub takes. */
export function commentOf(reports: Reports, options: CommentOptions = {}): string {
  const { plan, backtest } = reports
  const changed = plan === undefined ? 'rules changed' : countChanges(plan.changes)
  const head = [
    MARKER,
    `### Trapline: ${changed} · **${verdictOf(reports)}**`,
    table(['', ''], figureRows(reports)),
    ...reports.broken.map(({ name, why }) => `**${name} did not run**: ${plain(why)}`),
    ...problemTable(reports),
    ...parserSentence(reports),
    ...(backtest === undefined ? [] : ruleSentences(backtest.rules, options.server)),
  ].join('\n\n')
  const sections: Section[] = [
    ...(backtest === undefined ? [] : ruleSections(backtest.rules)),
    ...parserSections(reports),
    ...planSection(reports),
    ...findingSections(reports),
    ...(backtest?.not_replayed ?? []).slice(0, 1).map(() => notReplayed(backtest!.not_replayed)),
  ]
  const limit = options.limit ?? COMMENT_CHARACTERS_MAX
  return fit({ head, sections, foot: footOf(reports), details: options.details }, limit)
}

function figureRows(reports: Reports): string[][] {
  const { check, test, plan } = reports
  const failed = test?.tests.filter(({ passed }) => !passed).length ?? 0
  const added = plan?.test_cases.added ?? 0
  return [
    ...(check === undefined ? [] : [['Checks', checkLine(check.files, check.findings)]]),
    ...(test === undefined
      ? []
      : [
          [
            'Tests',
            `${test.tests.length - failed} passed, ${failed} failed${added > 0 ? ` (${added} new)` : ''}`,
          ],
        ]),
    ...alertLine(reports),
    ...truthLine(reports),
    ...costLine(reports),
    ...coverageLine(reports),
  ]
}

function checkLine(files: number, findings: readonly ReportFinding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const warnings = findings.filter(({ severity }) => severity === 'warning').length
  const words = [count(errors, 'error'), count(warnings, 'warning')].filter((text) => text !== '')
  const found = words.length === 0 ? 'no findings' : words.join(', ')
  return `${files} file${files === 1 ? '' : 's'}, ${found}`
}

function count(n: number, word: string): string {
  return n === 0 ? '' : `${n} ${word}${n === 1 ? '' : 's'}`
}

/** What makes it fail, unfolded. */
function problemTable(reports: Reports): string[] {
  const { broken: _, codes: __, ...named } = reports
  const rows = Object.values(named).flatMap(({ findings, tests }) => [
    ...findings
      .filter(({ severity, code: id }) => severity === 'error' || id === 'test-missing')
      .map(({ path, line, code: id, message }) => [
        code(`${path}:${line}`),
        code(id),
        plain(message),
      ]),
    ...tests
      .filter(({ passed }) => !passed)
      .map(({ path, name, message }) => [code(path), plain(`test: ${name}`), plain(message)]),
  ])
  if (rows.length === 0) return []
  const more = rows.length - PROBLEMS_SHOWN
  const rest = more > 0 ? `\n\nand ${more} more` : ''
  return [`${table(['where', 'what', 'why'], rows.slice(0, PROBLEMS_SHOWN))}${rest}`]
}

function planSection({ plan }: Reports): Section[] {
  if (plan === undefined || plan.changes.length === 0) return []
  const rows = plan.changes
    .slice(0, ROWS_MAX)
    .map(({ kind, change, title, path, what }) => [
      `${kind} ${change}`,
      title === path ? code(path) : `${plain(title)} ${code(path)}`,
      plain(what.join('; ')),
    ])
  const title = `What changes: ${plan.changes.length}`
  return [{ title, body: table(['change', 'what', 'how'], rows), rank: 2 }]
}

/** Warnings and notes, folded. */
function findingSections({ broken: _, codes: ___, ...reports }: Reports): Section[] {
  const { plan: __, ...said } = reports
  return (['warning', 'info'] as const).flatMap((severity): Section[] => {
    const found = Object.values(said)
      .flatMap(({ findings }) => findings)
      .filter((finding) => finding.severity === severity && finding.code !== 'test-missing')
    if (found.length === 0) return []
    const rows = found
      .slice(0, ROWS_MAX)
      .map(({ path, line, column, code: id, message }) => [
        code(`${path}:${line}:${column}`),
        code(id),
        plain(message),
      ])
    const word = severity === 'info' ? 'note' : 'warning'
    const title = `${found.length} ${word}${found.length === 1 ? '' : 's'}`
    return [
      { title, body: table(['where', 'check', 'what'], rows), rank: severity === 'info' ? 5 : 3 },
    ]
  })
}

function notReplayed(reasons: readonly string[]): Section {
  const body = reasons
    .slice(0, ROWS_MAX)
    .map((reason) => `- ${plain(reason)}`)
    .join('\n')
  return { title: `Not replayed: ${reasons.length}`, body, rank: 4 }
}

function footOf({ backtest }: Reports): string {
  const live =
    'After the merge it is live once the server has followed; roll back with <code>trapline rollback</code> or on the Releases page.'
  if (backtest === undefined) return live
  const { from, to, events } = backtest
  const range =
    from === undefined || to === undefined
      ? ''
      : ` kept from ${from.slice(0, 10)} to ${to.slice(0, 10)}`
  return `Run against ${events.toLocaleString('en')} events${range}. ${live}`
}
