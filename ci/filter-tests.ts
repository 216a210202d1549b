// Tests of filters, in `<filter>.test.yml` beside them: `match: false` is an event that the filter silences,
// `match: true` one that it must not. A silenced event must be one that the rule finds without the filter.
import type { ParserContent } from '../parsers/mapping/content.ts'
import { exprWithoutFilter } from '../sigma/filter.ts'
import type { LoadedFilter, LoadedRule, LoadedRules } from '../sigma/rule.ts'
import { runTest, type TestResult } from './checks/run-tests.ts'
import { parseTestFile, type RuleTest, type TestEvent } from './checks/test-file.ts'
import {
  eventsOfTest,
  type Finding,
  problem,
  type RuleFileTests,
  testPathOf,
} from './rule-tests.ts'

/** Runs the tests of the filters of one file; raw events are read with `parsers`. */
export async function testFilterFile(
  path: string,
  filters: readonly LoadedFilter[],
  loaded: LoadedRules,
  parsers: ParserContent = {},
): Promise<RuleFileTests> {
  const testPath = testPathOf(path)
  const file = Bun.file(testPath)
  if (!(await file.exists())) return { results: [], problems: [] }
  const parsed = parseTestFile(await file.text(), testPath)
  const problems: Finding[] = parsed.diagnostics.map((found) => ({ ...found, path: testPath }))
  const results: TestResult[] = []
  const isMixed = [...loaded.rules, ...loaded.correlations].some((rule) => rule.path === path)
  for (const test of parsed.tests) {
    if (isMixed && !filters.some((filter) => isFilterTest(test, filter))) continue
    const events = await eventsOfTest(test, testPath)
    const [filter, rule] = meantBy(test, filters, loaded)
    if (events === undefined)
      problems.push(problem(testPath, 1, `${test.name}: there is no file ${test.file}`))
    else if (filter === undefined || rule === undefined) problems.push(unknownRule(testPath, test))
    else results.push(testFilter(filter, rule, test, events, { ...loaded, parsers }))
  }
  return { results, problems }
}

/** Whether a test names a filter. */
export function isFilterTest({ rule }: RuleTest, { id, title }: LoadedFilter): boolean {
  return rule !== undefined && (rule === id || rule === title)
}

/** The filter and the rule that a test is about: those that it names, else the file's first. */
function meantBy(
  test: RuleTest,
  filters: readonly LoadedFilter[],
  { rules }: LoadedRules,
): readonly [LoadedFilter | undefined, LoadedRule | undefined] {
  const named = filters.find((filter) => isFilterTest(test, filter))
  const isMeant = (filter: LoadedFilter) => (rule: LoadedRule) =>
    filter.applied.includes(rule.id) &&
    (named !== undefined || test.rule === undefined || [rule.id, rule.title].includes(test.rule))
  const filter = named ?? filters.find((one) => rules.some(isMeant(one)))
  return [filter, filter && rules.find(isMeant(filter))]
}

/** Rules of other folders (overlays) are not among the files: the tests run where both are. */
function unknownRule(testPath: string, test: RuleTest): Finding {
  const message = `${test.name}: not run, no rule among these files has this filter${test.rule === undefined ? '' : ` and is called ${test.rule}`}`
  return { ...problem(testPath, 1, message), code: 'filter-not-tested', severity: 'warning' }
}

/** Runs one test of a filter over one of its rules. */
export function testFilter(
  filter: LoadedFilter,
  rule: LoadedRule,
  test: RuleTest,
  events: readonly TestEvent[],
  { filters, parsers = {} }: Pick<LoadedRules, 'filters'> & { readonly parsers?: ParserContent },
): TestResult {
  const { id, title, path } = filter
  const asFilter = { ...rule, id, title, path }
  const result = runTest(asFilter, test, events, parsers)
  if (test.match || !result.passed) return result
  const number = filters.filter(({ applied }) => applied.includes(rule.id)).indexOf(filter) + 1
  const expr = exprWithoutFilter(rule, number)
  const without = expr && runTest({ ...rule, expr }, { ...test, match: true }, events, parsers)
  if (without?.passed === true) return result
  const message = 'the rule does not match without the filter either: the test proves nothing'
  return { ...result, passed: false, message }
}
