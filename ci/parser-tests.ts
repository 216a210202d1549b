// Tests of parsers: `parsers/mappings/<name>.test.yml` and `parsers/severity.test.yml`, beside what they test.
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { parse } from 'yaml'
import { parserFileKind } from '../parsers/mapping/check.ts'
import { isParserTests, MAPPINGS_FOLDER, type ParserContent } from '../parsers/mapping/content.ts'
import { type ParserTest, parseParserTests } from './checks/parser-test-file.ts'
import { runParserTest } from './checks/run-parser-tests.ts'
import { UsageError } from './command.ts'
import { changedSince } from './content-files.ts'
import type { Report, ReportTest } from './report/report.ts'

/** Where rules are when no path is named. */
const RULES_FOLDER = 'detections'
/** Top folder of what content brings for parsers. */
const PARSERS_FOLDER = MAPPINGS_FOLDER.split('/')[0]!

export interface ParserTestResults {
  readonly tests: readonly ReportTest[]
  readonly problems: Report['findings']
}

/** Whether a path of a call is about parsers: `parsers`, or a file or folder in it. */
function isParserPath(path: string): boolean {
  return /(^|\/)parsers(\/(mappings(\/|$)|severity\.)|$)/.test(relative('.', path))
}

/** Files of tests below the paths, sorted; of the working folder's `parsers` where no path is named. */
async function parserTestFiles(paths: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const path of paths.length === 0 ? [PARSERS_FOLDER] : paths) {
    const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (info === undefined) continue
    const names = info.isDirectory()
      ? await Array.fromAsync(new Bun.Glob('**/*.test.{yml,yaml}').scan({ cwd: path }))
      : ['']
    for (const name of names) {
      const own = relative('.', join(path, name))
      if (isParserTests(own)) found.add(own)
    }
  }
  return [...found].sort()
}

/** What a call of `trapline test` is about: paths of rules, and files of parsers' tests. With `base` the latter
 * only where the change since touched anything of parsers. Rejects `UsageError` where there is nothing. */
export async function testedPaths(positionals: readonly string[], base: string | undefined) {
  const isAll = positionals.length === 0
  const own = positionals.filter(isParserPath)
  const rules = isAll && existsSync(RULES_FOLDER) ? [RULES_FOLDER] : positionals
  const found = isAll || own.length > 0 ? await parserTestFiles(own) : []
  const paths = rules.filter((path) => !isParserPath(path))
  if (isAll && paths.length + found.length === 0)
    throw new UsageError(`cannot read ${RULES_FOLDER}: there is none here`)
  const isTouched =
    base === undefined ||
    found.length === 0 ||
    [...(await changedSince(base))].some((path) => parserFileKind(path) !== undefined)
  return { paths, parserTests: isTouched ? found : [] }
}

/** Runs the tests of several files. */
export async function testParsers(
  paths: readonly string[],
  parsers: ParserContent,
): Promise<ParserTestResults> {
  const all = await Promise.all(paths.map((path) => testParserFile(path, parsers)))
  return {
    tests: all.flatMap(({ tests }) => tests),
    problems: all.flatMap(({ problems }) => problems),
  }
}

/** Runs the tests of a file; events are read with `parsers`, the tables of the content. */
async function testParserFile(path: string, parsers: ParserContent): Promise<ParserTestResults> {
  const parsed = parseParserTests(await Bun.file(path).text(), path)
  const table = await tableOf(path)
  const tests = parsed.tests.map((test, n): ReportTest => {
    const differences = runParserTest(test, table, parsers)
    const [first] = differences
    const at = first === undefined ? ['name'] : placeIn(test, first.path)
    return {
      path,
      line: parsed.placeOf(n, ...at).line,
      rule: table ?? 'severity',
      name: test.name,
      passed: first === undefined,
      message: differences.map(({ message }) => message).join('; '),
    }
  })
  return { tests, problems: parsed.diagnostics.map((found) => ({ ...found, path })) }
}

/** The parser whose table lies beside, else the one that the file is named after; undefined for severity
 * patterns. */
async function tableOf(path: string): Promise<string | undefined> {
  if (!resolve(path).includes(`/${MAPPINGS_FOLDER}/`)) return undefined
  for (const ending of ['yml', 'yaml']) {
    const file = Bun.file(path.replace(/test\.ya?ml$/, ending))
    if (!(await file.exists())) continue
    const table: unknown = parse(await file.text())
    if (typeof table === 'object' && table !== null && 'name' in table) return String(table.name)
  }
  return basename(path).replace(/\.test\.ya?ml$/, '')
}

/** What is not in the test itself is shown at its name. */
function placeIn(test: ParserTest, path: readonly string[]): readonly string[] {
  return path[0] === 'raw' && test.raw === undefined ? ['name'] : path
}
