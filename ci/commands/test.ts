// `trapline test`: the tests of rules.
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import type { LoadedFilter } from '../../sigma/rule.ts'
import type { TestResult } from '../checks/run-tests.ts'
import { EXIT, UsageError } from '../command.ts'
import { readWithBeside } from '../filter-rules.ts'
import { testFilterFile } from '../filter-tests.ts'
import { ownParsers } from '../own-parsers.ts'
import { testedPaths, testParsers } from '../parser-tests.ts'
import { startCount } from '../progress.ts'
import { reachedSince } from '../reached.ts'
import { FORMAT_NAMES, formatNamed, printReport } from '../report/formats.ts'
import { plural, type Report, type ReportTest } from '../report/report.ts'
import { type RuleFileTests, type Testable, testRuleFile } from '../rule-tests.ts'
import { readTestSettings, type TestSettings } from '../test-settings.ts'

export const summary = "Runs the tests of rules, filters and parsers' tables"
export const usage = `trapline test [PATH...] [--format ${FORMAT_NAMES}] [--base REF] [--require [none|stable|all]]
  PATH        rule files or folders, parsers (default: detections and parsers)
  --json      one JSON object a test on standard output
  --base REF  only rules that the change since REF reaches: themselves, their tests, filters, pipelines
  --beside DIR  filters are tested on the rules there: upstream rules, a server's overlays
  --pipeline NAME|FILE   a shipped pipeline or a file, beside those that lie with the rules; several times
  --lists DIR   lists of placeholder values, beside those that lie with the rules
  --require   rules that need a test that must match and one that must not: all by itself, none, or
              stable (the default; trapline.yml has tests: {require, untested: [{path, until}]})
Tests stand beside a rule in RULE.test.yml; exemplars in the rule, Panther's Tests: and SigmaHQ's
regression_tests_path are read too. A filter's tests stand beside it: match: false is an event that it
silences, match: true one that it must not. parsers/mappings/NAME.test.yml has lines, and the log source,
columns and fields that a table makes of them. Exit code 1: a test fails or is missing; 2: a rule or test cannot run.`

type Finding = Report['findings'][number]

/** Runs every test below the given paths; exit code 1 when one fails, 2 when a rule cannot run. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: args.flatMap((arg, n) =>
      arg === '--require' && !/^(none|stable|all)$/.test(args[n + 1] ?? '')
        ? ['--require=all']
        : [arg],
    ),
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      format: { type: 'string' },
      base: { type: 'string' },
      require: { type: 'string' },
      beside: { type: 'string', multiple: true },
      pipeline: { type: 'string', multiple: true },
      lists: { type: 'string' },
    },
  })
  const format = formatNamed(values.format)
  const settings = await readTestSettings()
  const require = requirement(values.require) ?? settings.require
  const { paths, parserTests } = await testedPaths(positionals, values.base)
  const { pipeline: pipelines, lists } = values
  const folder = await readWithBeside(paths, values.beside ?? [], { pipelines, lists })
  const testable: Testable[] = [...folder.rules, ...folder.correlations].filter(folder.isOwn)
  const count = testable.length + folder.refused.length + folder.filters.length
  if (count === 0 && parserTests.length === 0 && values.base === undefined)
    throw new UsageError(`no rules below ${positionals.join(', ')}`)
  const wanted =
    values.base === undefined || count === 0 ? () => true : await reachedSince(values.base, paths)
  const findings: Finding[] = folder.refused
    .filter((one) => folder.isOwn(one) && wanted(one.path))
    .map(({ path, line, reason, message }) => ({
      code: reason,
      severity: 'error',
      message,
      path,
      line,
      column: 1,
    }))
  const parsers = await ownParsers()
  const results: TestResult[] = []
  const missing: Finding[] = []
  const files = Map.groupBy(testable, (rule) => rule.path)
  const progress = startCount('files tested', files.size)
  for (const [path, rules] of files) {
    progress.add(1)
    if (!wanted(path)) continue
    const outcome = await testRuleFile(path, rules, folder, parsers)
    results.push(...outcome.results)
    findings.push(...outcome.problems)
    missing.push(...missingTests(path, rules, outcome.results, { ...settings, require }))
  }
  progress.end()
  for (const [path, filters] of Map.groupBy(folder.filters, (filter) => filter.path)) {
    if (!wanted(path)) continue
    const outcome = await testFilterFile(path, filters, folder, parsers)
    results.push(...outcome.results)
    findings.push(...outcome.problems)
    missing.push(...missingFilterTests(path, filters, outcome, { ...settings, require }))
  }
  const tables = await testParsers(parserTests, parsers)
  findings.push(...tables.problems)
  const report = reportOf(results, tables.tests, [...findings, ...missing])
  if (values.json === true) printLines(results, tables.tests, report)
  else await printReport(report, format)
  if (findings.some(({ severity }) => severity === 'error')) return EXIT.badRule
  const passed = report.tests.every((test) => test.passed)
  return passed && missing.length === 0 ? EXIT.ok : EXIT.findings
}

function requirement(text: string | undefined): TestSettings['require'] | undefined {
  if (text === undefined || text === 'none' || text === 'stable' || text === 'all') return text
  throw new UsageError(`--require "${text}": say none, stable or all`)
}

function missingTests(
  path: string,
  rules: readonly Testable[],
  results: readonly TestResult[],
  { require, untested }: TestSettings,
): Finding[] {
  return rules.flatMap((rule): Finding[] => {
    const needed = require === 'all' || (require === 'stable' && rule.status === 'stable')
    if (!needed || rule.feedsOnly) return []
    const own = results.filter((result) => result.rule === rule)
    return lackOf(path, rule.line, own, untested, ['must match', 'must not match'])
  })
}

/** A filter hides alerts: it always shows what it hides and what it leaves. */
function missingFilterTests(
  path: string,
  filters: readonly LoadedFilter[],
  { results, problems }: RuleFileTests,
  { require, untested }: TestSettings,
): Finding[] {
  if (require === 'none' || problems.length > 0) return []
  return filters.flatMap(({ id, line }) => {
    const own = results.filter((result) => result.rule.id === id)
    return lackOf(path, line, own, untested, ['must stay', 'it silences'])
  })
}

/** A finding where there is no test of an event that matches, or none of one that does not. */
function lackOf(
  path: string,
  line: number,
  own: readonly TestResult[],
  untested: TestSettings['untested'],
  [matching, other]: readonly [string, string],
): Finding[] {
  const waits = untested.find((entry) => entry.path === relative('.', path))
  const lacks = [true, false].filter((match) => !own.some((result) => result.test.match === match))
  if (lacks.length === 0 || (waits !== undefined && waits.until >= today())) return []
  const what = lacks.map((match) => (match ? matching : other)).join(' and none that ')
  const late = waits === undefined ? '' : `, and its time without ran out on ${waits.until}`
  const message = `has no test that ${what}${late}`
  return [{ code: 'test-missing', severity: 'warning', message, path, line, column: 1 }]
}

function today(): string {
  return new Date().toISOString().slice(0, 10)
}

function summaryOf(results: readonly TestResult[], tables: readonly ReportTest[]): string {
  const failed = [...results, ...tables].filter((test) => !test.passed).length
  const rules = new Set(results.map(({ rule }) => rule.id)).size
  const files = new Set(tables.map(({ path }) => path)).size
  const more = tables.length === 0 ? '' : `, ${tables.length} of ${plural(files, 'parser')}`
  return `${plural(results.length, 'test')} of ${plural(rules, 'rule')}${more}: ${failed} failed`
}

function reportOf(
  results: readonly TestResult[],
  tables: readonly ReportTest[],
  findings: readonly Finding[],
): Report {
  const tests = results.map(({ rule, test, passed, message }) => ({
    path: relative(process.cwd(), rule.path),
    rule: rule.id,
    name: test.name,
    passed,
    message,
  }))
  const summary = summaryOf(results, tables)
  return { command: 'test', findings, tests: [...tests, ...tables], summary }
}

function printLines(
  results: readonly TestResult[],
  tables: readonly ReportTest[],
  { findings, summary }: Report,
): void {
  for (const { rule, test, passed, message } of results) {
    const path = relative(process.cwd(), rule.path)
    console.log(JSON.stringify({ rule_id: rule.id, path, test: test.name, passed, message }))
  }
  for (const { path, line, rule, name, passed, message } of tables) {
    console.log(JSON.stringify({ parser: rule, path, line, test: name, passed, message }))
  }
  for (const { path, line, message } of findings) console.error(`${path}:${line}: ${message}`)
  console.error(summary)
}
