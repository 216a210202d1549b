// `trapline test`: the tests beside each rule.
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import type { LoadedCorrelation, LoadedRule, LoadedRules } from '../../sigma/rule.ts'
import { runCorrelationTest, runTest, type TestResult } from '../checks/run-tests.ts'
import { parseTestFile, type RuleTest, type TestEvent } from '../checks/test-file.ts'
import { EXIT, UsageError } from '../command.ts'
import { readRuleFolder } from '../rule-files.ts'

export const summary = 'run the tests beside each rule'
export const usage = `trapline test [PATH...] [--json] [--require]
  PATH       rule files or folders (default: detections)
  --json     one JSON object a test on standard output
  --require  every rule needs a test that must match and one that must not`

/** Runs every test below the given paths; exit code 1 when one fails, 2 when a rule cannot run. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean' }, require: { type: 'boolean' } },
  })
  const folder = await readRuleFolder(positionals.length > 0 ? positionals : ['detections'])
  if (folder.rules.length + folder.correlations.length + folder.refused.length === 0)
    throw new UsageError(`no rules below ${positionals.join(', ') || 'detections'}`)
  const problems = folder.refused.map((rule) => `${rule.path}:${rule.line}: ${rule.message}`)
  const results: TestResult[] = []
  const testable: Testable[] = [...folder.rules, ...folder.correlations]
  for (const [path, rules] of Map.groupBy(testable, (rule) => rule.path)) {
    const outcome = await testRuleFile(path, rules, folder, values.require === true)
    results.push(...outcome.results)
    problems.push(...outcome.problems)
  }
  print(results, problems, values.json === true)
  if (problems.length > 0) return EXIT.badRule
  return results.every((result) => result.passed) ? EXIT.ok : EXIT.findings
}

type Testable = LoadedRule | LoadedCorrelation

/** Runs the test file of one rule file. */
async function testRuleFile(
  path: string,
  rules: readonly Testable[],
  loaded: LoadedRules,
  required: boolean,
) {
  const testPath = path.replace(/\.ya?ml$/, '.test.yml')
  const file = Bun.file(testPath)
  const results: TestResult[] = []
  const problems: string[] = []
  if (await file.exists()) {
    const parsed = parseTestFile(await file.text(), testPath)
    problems.push(...parsed.diagnostics.map((d) => `${testPath}:${d.line ?? 1}: ${d.message}`))
    for (const test of parsed.tests) {
      const rule = ruleOf(test, rules)
      if (rule === undefined)
        problems.push(`${testPath}: ${test.name}: no rule ${test.rule} in ${path}`)
      else {
        const events = await eventsOf(test, testPath)
        const result =
          'expr' in rule
            ? runTest(rule, test, events)
            : runCorrelationTest(rule, loaded, test, events)
        results.push(result)
      }
    }
  }
  if (required) problems.push(...missingTests(path, results))
  return { results, problems }
}

/** The rule that a test names; else the file's first that raises something itself. */
function ruleOf(test: RuleTest, rules: readonly Testable[]): Testable | undefined {
  if (test.rule === undefined) return rules.find((rule) => !rule.feedsOnly) ?? rules[0]
  return rules.find((rule) => rule.id === test.rule || rule.title === test.rule)
}

function missingTests(path: string, results: readonly TestResult[]): string[] {
  const has = (match: boolean) => results.some((result) => result.test.match === match)
  const missing = [...(has(true) ? [] : ['must match']), ...(has(false) ? [] : ['must not match'])]
  return missing.map((what) => `${path}: has no test that ${what}`)
}

/** A test's events, from the file itself or from the one it names (NDJSON or raw lines). */
async function eventsOf(test: RuleTest, testPath: string): Promise<readonly TestEvent[]> {
  if (test.events !== undefined) return test.events
  const path = join(dirname(testPath), test.file!)
  const lines = (await Bun.file(path).text()).split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => ({ raw: line }))
}

function print(results: readonly TestResult[], problems: readonly string[], json: boolean): void {
  const failed = results.filter((result) => !result.passed)
  for (const { rule, test, passed, message } of json ? results : failed) {
    const path = relative(process.cwd(), rule.path)
    if (json) {
      console.log(JSON.stringify({ rule_id: rule.id, path, test: test.name, passed, message }))
    } else console.log(`FAIL ${path}: ${test.name}: ${message}`)
  }
  for (const problem of problems) console.error(problem)
  const rules = new Set(results.map((result) => result.rule.id)).size
  console.error(`${results.length} tests of ${rules} rules: ${failed.length} failed`)
}
