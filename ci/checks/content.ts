// All checks over content: schemas, lint, and whether everything loads. Pure: files in, findings out.
import { checkParserFiles, parserFileKind } from '../../parsers/mapping/check.ts'
import { MAPPED, parserNames } from '../../parsers/table.ts'
import { parseQuery } from '../../query/query.ts'
import { pushTo } from '../../sigma/collections.ts'
import { ATTACK, LOG_SOURCES } from '../../sigma/facts/facts.ts'
import type { Finding, LintFile } from '../../sigma/lint/check.ts'
import type { LintFacts } from '../../sigma/lint/facts.ts'
import { fileKind, type LintOptions, lint } from '../../sigma/lint/lint.ts'
import { CHECKS } from '../../sigma/lint/table.ts'
import { loadRules } from '../../sigma/load.ts'
import { contentOptions } from '../../sigma/pipeline/content.ts'
import type { LoadedRules } from '../../sigma/rule.ts'
import { parseParserTests } from './parser-test-file.ts'
import { checkPlacement } from './placement.ts'
import { checkSchema, NONE_OF } from './schema.ts'

export type ContentOptions = Omit<LintOptions, 'facts'> & {
  /** Today, `YYYY-MM-DD`. */
  readonly today: string
  /** Whether the files are all of the content: then an unknown reference is one. */
  readonly complete?: boolean
  /** Ids and names of rules that are there and not among the files. */
  readonly elsewhere?: ReadonlySet<string>
}

/** The taxonomy, and products that only our own parsers give. */
const KNOWN_SOURCES = {
  ...Object.fromEntries(parserNames().map((name) => [name, {}])),
  ...LOG_SOURCES,
}

/** The facts that ship with Trapline. */
export function lintFacts({
  today,
  complete = true,
  elsewhere = new Set(),
}: Pick<ContentOptions, 'today' | 'complete' | 'elsewhere'>): LintFacts {
  return { attack: ATTACK, logsources: KNOWN_SOURCES, today, complete, elsewhere, queryProblem }
}

function queryProblem(query: string): string | undefined {
  return parseQuery(query).diagnostics.find(({ severity }) => severity === 'error')?.message
}

/** Lint findings alone. */
export function lintContent(all: readonly LintFile[], options: ContentOptions): readonly Finding[] {
  const files = all.filter(({ path }) => parserFileKind(path) === undefined)
  return lint(files, { ...options, facts: lintFacts(options) })
}

/** Schemas, lint, loading and parsers' tables; what two of them say of one place is said once. */
export function checkContent(
  all: readonly LintFile[],
  options: ContentOptions,
): readonly Finding[] {
  const files = all.filter(({ path }) => parserFileKind(path) === undefined)
  const linted = lintContent(files, options)
  const wanted = (path: string) => options.only === undefined || options.only.has(path)
  const errors = new Set(linted.filter(({ severity }) => severity === 'error').map(lineOf))
  const said = new Set(linted.filter(({ severity }) => severity !== 'info').map(placeOf))
  const shaped = files
    .filter(({ path }) => wanted(path))
    .flatMap(checkSchema)
    .filter((finding) => !errors.has(lineOf(finding)) && !said.has(placeOf(finding)))
  const off = new Set(options.disable ?? [])
  const rules = loadedFiles(files, options.only).filter((file) => fileKind(file) === 'sigma')
  const content = contentOptions(files)
  const loaded = loadRules(rules, content.options)
  const documentOf = documentsOf(loaded)
  const told = new Set([...linted, ...shaped].filter(stopsRunning).map(documentOf))
  const refused = [...loaded.diagnostics, ...content.diagnostics].flatMap(
    (diagnostic): Finding[] => {
      const { path, line = 1, column = 1, severity, code } = diagnostic
      if (path === undefined || severity !== 'error' || !wanted(path) || off.has(code)) return []
      const finding = { ...diagnostic, path, line, column }
      return told.has(documentOf(finding)) ? [] : [finding]
    },
  )
  const parsers = checkParsers(all).filter(({ path }) => wanted(path))
  const placed = checkPlacement(all).filter(({ path, code }) => wanted(path) && !off.has(code))
  return [...linted, ...shaped, ...refused, ...parsers, ...placed].sort(inOrder)
}

/** Tells the document that a finding is in, by where it begins. */
function documentsOf(loaded: LoadedRules): (finding: Finding) => string {
  const starts = new Map<string, number[]>()
  for (const one of [loaded.rules, loaded.correlations, loaded.filters, loaded.refused].flat())
    pushTo(starts, one.path, one.line)
  return ({ path, line }) => {
    const before = (starts.get(path) ?? []).filter((start) => start <= line)
    return `${path}:${Math.max(0, ...before)}`
  }
}

/** The files that have to be loaded to judge some of them: all, unless these hold nothing that reads others. */
function loadedFiles(
  files: readonly LintFile[],
  only: ReadonlySet<string> | undefined,
): readonly LintFile[] {
  const wanted = only === undefined ? files : files.filter(({ path }) => only.has(path))
  const readsOthers = wanted.some(({ text }) => /^(correlation|filter)\s*:/m.test(text))
  return readsOthers || only === undefined ? files : wanted
}

/** Tables and patterns of parsers, and their tests. */
function checkParsers(all: readonly LintFile[]): readonly Finding[] {
  const files = all.filter(({ path }) => parserFileKind(path) !== undefined)
  const [tests, tables] = [true, false].map((isTest) =>
    files.filter(({ path }) => (parserFileKind(path) === 'tests') === isTest),
  ) as [LintFile[], LintFile[]]
  const found = tests.flatMap((file) => {
    // Where the schema cannot say what was meant, the reader can.
    const shaped = checkSchema(file).filter(({ message }) => !message.endsWith(NONE_OF))
    const read = parseParserTests(file.text, file.path).diagnostics.map(
      (one): Finding => ({ line: 1, column: 1, ...one, path: file.path }),
    )
    return [...(shaped.length > 0 ? shaped : read), ...orphan(file, tables)]
  })
  return [...checkParserFiles(tables, MAPPED), ...found]
}

/** Tests beside no table are of ours: then there is one of that name. */
function orphan({ path }: LintFile, tables: readonly LintFile[]): readonly Finding[] {
  const beside = path.replace(/\.test(?=\.ya?ml$)/, '').replace(/\.ya?ml$/, '')
  if (tables.some((table) => table.path.replace(/\.ya?ml$/, '') === beside)) return []
  const name = beside.slice(beside.lastIndexOf('/') + 1)
  if (name === 'severity' || (MAPPED as ReadonlySet<string>).has(name)) return []
  const message = `no table ${beside}.yml beside, and none of ours is called ${name}`
  return [{ code: 'test-file-orphan', severity: 'error', message, path, line: 1, column: 1 }]
}

function lineOf({ path, line }: Finding): string {
  return `${path}:${line}`
}

function placeOf({ path, line, column }: Finding): string {
  return `${path}:${line}:${column}`
}

function inOrder(a: Finding, b: Finding): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1
  return a.line - b.line || a.column - b.column
}

/** Whether a finding means that something cannot run. */
export function stopsRunning({ code, severity }: Finding): boolean {
  const check = CHECKS.get(code)
  const kinds: readonly string[] = ['reading', 'correlation', 'pipeline', 'hunt', 'tests']
  return severity === 'error' && (check === undefined || kinds.includes(check.on))
}
