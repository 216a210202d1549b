// Everything that tests a rule file: the file of tests beside it, what stands in the rule, recorded events.
import { dirname, join } from 'node:path'
import type { ParserContent } from '../parsers/mapping/content.ts'
import type { LoadedCorrelation, LoadedRule, LoadedRules } from '../sigma/rule.ts'
import { foreignTests } from './checks/foreign-tests.ts'
import { runCorrelationTest, runTest, type TestResult } from './checks/run-tests.ts'
import { parseTestFile, type RuleTest, type TestEvent } from './checks/test-file.ts'
import { regressionTests } from './regression-tests.ts'
import type { Report } from './report/report.ts'

export type Testable = LoadedRule | LoadedCorrelation
export type Finding = Report['findings'][number]

export interface RuleFileTests {
  readonly results: readonly TestResult[]
  /** Tests that cannot run, and why. */
  readonly problems: readonly Finding[]
}

/** Code of the finding of a test that cannot run. */
export const TEST_INVALID = 'test-invalid'

/** A test that cannot run, as a finding. */
export function problem(path: string, line: number, message: string): Finding {
  return { code: TEST_INVALID, severity: 'error', message, path, line, column: 1 }
}

/** Where the tests of a file stand. */
export function testPathOf(path: string): string {
  return path.replace(/\.ya?ml$/, '.test.yml')
}

/** Runs all tests of the rules of one file; raw events are read with `parsers`. */
export async function testRuleFile(
  path: string,
  rules: readonly Testable[],
  loaded: LoadedRules,
  parsers: ParserContent = {},
): Promise<RuleFileTests> {
  const results: TestResult[] = []
  const problems: Finding[] = []
  const execute = (rule: Testable, test: RuleTest, events: readonly TestEvent[]) => {
    results.push(
      'expr' in rule
        ? runTest(rule, test, events, parsers)
        : runCorrelationTest(rule, loaded, test, events, parsers),
    )
  }
  const testPath = testPathOf(path)
  const file = Bun.file(testPath)
  if (await file.exists()) {
    const parsed = parseTestFile(await file.text(), testPath)
    problems.push(...parsed.diagnostics.map((found) => ({ ...found, path: testPath })))
    const filters = loaded.filters.filter((filter) => filter.path === path)
    for (const test of parsed.tests) {
      if (filters.some(({ id, title }) => test.rule === id || test.rule === title)) continue
      const rule = ruleOf(test, rules)
      const events = await eventsOfTest(test, testPath)
      if (rule === undefined)
        problems.push(problem(testPath, 1, `${test.name}: no rule ${test.rule} in ${path}`))
      else if (events === undefined)
        problems.push(problem(testPath, 1, `${test.name}: there is no file ${test.file}`))
      else execute(rule, test, events)
    }
  }
  for (const rule of rules) {
    for (const found of foreignTests(rule.text)) {
      if ('problem' in found)
        problems.push(problem(path, rule.line + found.line - 1, found.problem))
      else execute(rule, found.test, found.test.events)
    }
    for (const { test, events } of await regressionTests(path, rule.text))
      execute(rule, test, events)
  }
  return { results, problems }
}

/** The rule that a test names; else the file's first that raises something itself. */
function ruleOf(test: RuleTest, rules: readonly Testable[]): Testable | undefined {
  if (test.rule === undefined) return rules.find((rule) => !rule.feedsOnly) ?? rules[0]
  return rules.find((rule) => rule.id === test.rule || rule.title === test.rule)
}

/** A test's events, from the file itself or from the one it names (NDJSON or raw lines). */
export async function eventsOfTest(
  test: RuleTest,
  testPath: string,
): Promise<readonly TestEvent[] | undefined> {
  if (test.events !== undefined) return test.events
  const file = Bun.file(join(dirname(testPath), test.file!))
  if (!(await file.exists())) return undefined
  const lines = (await file.text()).split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => ({ raw: line }))
}
