// `trapline coverage`: what of ATT&CK the rules cover.
import { parseArgs } from 'node:util'
import { ATTACK } from '../../sigma/facts/facts.ts'
import type { RefusedRule } from '../../sigma/rule.ts'
import { loadContent } from '../backtest/changes.ts'
import {
  type Coverage,
  coverageOf,
  matrixOf,
  readTargets,
  type Target,
  targetsOf,
} from '../checks/coverage.ts'
import { coverageChange, type TouchedTechnique } from '../checks/coverage-change.ts'
import { navigatorLayer } from '../checks/navigator.ts'
import { EXIT, UsageError } from '../command.ts'
import { narrowed } from '../narrow.ts'
import { FORMAT_NAMES, formatNamed, printReport } from '../report/formats.ts'
import { cell } from '../report/markdown.ts'
import { plural, type Report } from '../report/report.ts'
import { readRuleFolder } from '../rule-files.ts'
import { readVersions } from '../versions.ts'

export const summary =
  'Shows which techniques of ATT&CK rules cover, and gaps against a target list'
export const usage = `trapline coverage [PATH...] [--targets FILE] [--fail-on-gaps] [--layer FILE]
                  [--base REF] [--format ${FORMAT_NAMES}]
  PATH            rule files or folders (default: detections)
  --targets       techniques that should be covered: an id a line, or a Navigator layer
  --fail-on-gaps  exit code 1 when a target has no live rule
  --base          also what the change since REF does to coverage; exit code 1 when a technique loses its
                  last live rule
  --layer         writes a layer for the ATT&CK Navigator there (- is standard output)
Rules in shadow, deprecated or unsupported do not count as live. Retired ids count for what took their place.`

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      targets: { type: 'string' },
      layer: { type: 'string' },
      'fail-on-gaps': { type: 'boolean' },
      base: { type: 'string' },
      format: { type: 'string' },
    },
  })
  const format = formatNamed(values.format)
  if (values['fail-on-gaps'] && values.targets === undefined)
    throw new UsageError('--fail-on-gaps needs --targets')
  const paths = positionals.length > 0 ? positionals : ['detections']
  const loaded = await readRuleFolder(paths)
  const rules = [...loaded.rules, ...loaded.correlations]
  if (rules.length === 0 && loaded.refused.length > 0) {
    console.error(`none of the ${loaded.refused.length} rules below ${paths.join(', ')} can run`)
    return EXIT.badRule
  }
  if (rules.length === 0) throw new UsageError(`there are no rules below ${paths.join(', ')}`)
  const coverage = coverageOf(rules, ATTACK)
  if (values.layer !== undefined) {
    const layer = `${JSON.stringify(navigatorLayer(coverage, `Trapline: ${paths.join(', ')}`), null, 2)}\n`
    await Bun.write(values.layer === '-' ? Bun.stdout : values.layer, layer)
    if (values.layer === '-') return EXIT.ok
  }
  const targets = values.targets === undefined ? [] : await targetList(values.targets, coverage)
  const gaps = targets.filter(({ isCovered }) => !isCovered)
  const touched = values.base === undefined ? [] : await touchedBy(values.base, paths, coverage)
  const lost = touched.filter(({ before, after }) => before > 0 && after === 0)
  const report = reportOf(coverage, rules.length, targets, values.targets)
  await printReport(
    {
      ...report,
      findings: [
        ...loaded.refused.map(refusedFinding),
        ...report.findings,
        ...lost.map(lostFinding),
      ],
      data: { ...report.data, touched },
    },
    format,
  )
  if (loaded.refused.length > 0) return EXIT.badRule
  if (lost.length > 0) return EXIT.findings
  return values['fail-on-gaps'] && gaps.length > 0 ? EXIT.findings : EXIT.ok
}

/** What the change since a commit does to techniques of the rules that it touches. */
async function touchedBy(
  base: string,
  paths: readonly string[],
  now: Coverage,
): Promise<readonly TouchedTechnique[]> {
  const { before, after } = narrowed(await readVersions(base, paths))
  return coverageChange(loadContent(before).rules, loadContent(after).rules, now, ATTACK)
}

/** A rule that cannot run covers nothing. */
function refusedFinding({ reason, message, path, line }: RefusedRule): Report['findings'][number] {
  return { code: reason, severity: 'error', message, path, line, column: 1 }
}

function lostFinding({ id, name, path, before }: TouchedTechnique): Report['findings'][number] {
  return {
    code: 'coverage-lost',
    severity: 'warning',
    message: `${id} (${name}) had ${before} live rule${before === 1 ? '' : 's'} and has none any more`,
    path,
    line: 1,
    column: 1,
  }
}

async function targetList(path: string, coverage: Coverage): Promise<readonly Target[]> {
  const file = Bun.file(path)
  if (!(await file.exists())) throw new UsageError(`there is no ${path}`)
  let ids: readonly string[]
  try {
    ids = readTargets(await file.text())
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
  const { targets, unknown } = targetsOf(ids, coverage, ATTACK)
  if (unknown.length > 0)
    throw new UsageError(`${path}: ATT&CK ${ATTACK.version} has no ${unknown.join(', ')}`)
  return targets
}

interface Row {
  readonly tactic: string
  readonly covered: number
  readonly total: number
}

function rowsOf(coverage: Coverage): readonly Row[] {
  const live = new Set(coverage.techniques.filter((one) => one.live.length > 0).map(({ id }) => id))
  return [...matrixOf(ATTACK)].map(([tactic, ids]) => ({
    tactic,
    covered: ids.filter((id) => live.has(id)).length,
    total: ids.length,
  }))
}

function reportOf(
  coverage: Coverage,
  rules: number,
  targets: readonly Target[],
  path: string | undefined,
): Report {
  const rows = rowsOf(coverage)
  const gaps = targets.filter(({ isCovered }) => !isCovered)
  const all = [...new Set([...matrixOf(ATTACK).values()].flat())]
  const live = coverage.techniques.filter((one) => one.live.length > 0 && all.includes(one.id))
  const parts = coverage.techniques.filter((one) => one.live.length > 0 && one.id.includes('.'))
  const against =
    path === undefined ? '' : `; ${targets.length - gaps.length} of ${targets.length} targets`
  return {
    command: 'coverage',
    findings: gaps.map(({ id, name, writtenAs }) => ({
      code: 'coverage-gap',
      severity: 'warning',
      message: `${id} (${name})${writtenAs === undefined ? '' : `, listed as ${writtenAs},`} has no live rule`,
      path: path!,
      line: 1,
      column: 1,
    })),
    tests: [],
    summary: `${plural(rules, 'rule')} ${rules === 1 ? 'covers' : 'cover'} ${live.length} of ${all.length} techniques and ${parts.length} parts (ATT&CK ${coverage.version})${against}`,
    data: { ...coverage, matrix: rows, targets },
    text: rows
      .map(
        ({ tactic, covered, total }) =>
          `${tactic.padEnd(22)} ${bar(covered, total)} ${covered}/${total}`,
      )
      .join('\n'),
    markdown: [
      '| tactic | covered | of |',
      '| --- | --- | --- |',
      ...rows.map(({ tactic, covered, total }) => `| ${cell(tactic)} | ${covered} | ${total} |`),
    ].join('\n'),
  }
}

const BAR_CELLS = 20

function bar(covered: number, total: number): string {
  const full = total === 0 ? 0 : Math.round((covered / total) * BAR_CELLS)
  return '#'.repeat(full) + '.'.repeat(BAR_CELLS - full)
}
