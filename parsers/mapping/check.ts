// What is wrong with the files that a content repository brings for parsers, and where. What has no finding here
// loads.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import { PIVOTS } from '../../sigma/event.ts'
import { severityPatterns } from '../severity.ts'
import { compileMapping } from './compile.ts'
import { isParserTests, MAPPINGS_FOLDER, SEVERITY_FILE } from './content.ts'
import { compilePath } from './path.ts'
import { conditionOf, logSourceOf, pairOf, rulesOf, TABLE_KEYS, textsOf } from './table.ts'

/** One finding; `line` and `column` count from 1. */
export interface ParserFinding {
  readonly code: 'mapping' | 'severity-patterns'
  readonly severity: 'error'
  readonly message: string
  readonly path: string
  readonly line: number
  readonly column: number
}

/** What a file under `parsers/` of a content repository is; undefined for any other file. */
export type ParserFileKind = 'mapping' | 'severity' | 'tests'

/** Kind of a file by its path. */
export function parserFileKind(path: string): ParserFileKind | undefined {
  const own = `/${path}`
  if (isParserTests(path)) return 'tests'
  if (/\/parsers\/mappings\/.+\.ya?ml$/.test(own)) return 'mapping'
  return /\/parsers\/severity\.ya?ml$/.test(own) ? 'severity' : undefined
}

/** Why a file is read by nobody where it lies. */
function misplaced(path: string): string | undefined {
  const own = `/${path}`
  if (own.endsWith('/parsers/severity.yaml')) return `is not read: call it ${SEVERITY_FILE}`
  if (/\/parsers\/mappings\/.+\/[^/]+$/.test(own))
    return `is not read: move it to ${MAPPINGS_FOLDER}/`
  return undefined
}

/** Takes a finding at a node. */
type Report = (node: Node | undefined, message: string, code?: ParserFinding['code']) => void

/** A file that is looked at. */
interface Subject {
  readonly document: Document
  readonly report: Report
}

/** Checks the files of one content repository; `names` are the parsers whose tables may be replaced. */
export function checkParserFiles(
  files: readonly { readonly path: string; readonly text: string }[],
  names: ReadonlySet<string>,
): readonly ParserFinding[] {
  const seen = new Map<string, string>()
  const tables = files.filter(({ path }) => !isParserTests(path))
  return tables.flatMap((file) => {
    const found: ParserFinding[] = []
    const lines = new LineCounter()
    const document = parseDocument(file.text, { lineCounter: lines })
    const add = (offset: number, message: string, code: ParserFinding['code'] = 'mapping') => {
      const { line, col } = lines.linePos(offset)
      const at = { path: file.path, line: Math.max(line, 1), column: Math.max(col, 1) }
      found.push({ code, severity: 'error', message, ...at })
    }
    const unread = misplaced(file.path)
    if (unread !== undefined) add(0, unread)
    for (const { message, pos } of [...document.errors, ...document.warnings]) {
      // The place stands in front already.
      add(pos[0], message.split('\n', 1)[0]!.replace(/ at line \d+, column \d+:?$/, ''))
    }
    if (found.length > 0) return found
    const report: Report = (node, message, code) => add(node?.range?.[0] ?? 0, message, code)
    const root = document.contents ?? undefined
    const subject = { document, report }
    if (parserFileKind(file.path) === 'severity') checkSeverity(root, subject)
    else if (isMap(root)) checkTable(root, names, seen, file.path, subject)
    else report(root, 'a mapping table is a map of names to what they mean')
    return found
  })
}

function checkSeverity(root: Node | undefined, subject: Subject): void {
  const { document, report } = subject
  if (!isMap(root)) {
    report(root, 'severity patterns: no table', 'severity-patterns')
    return
  }
  for (const { key, value } of root.items as Pair<Node, Node | null>[]) {
    const phrases: unknown = value?.toJS(document)
    const read = () => severityPatterns({ [String(key)]: phrases })
    attempt(key, report, read, 'severity-patterns')
  }
}

function checkTable(
  root: YAMLMap,
  names: ReadonlySet<string>,
  seen: Map<string, string>,
  path: string,
  { document, report }: Subject,
): void {
  let count = 0
  const counted: Report = (...found) => {
    count++
    report(...found)
  }
  for (const { key, value } of root.items as Pair<Node, Node | null>[]) {
    const name = isScalar(key) ? String(key.value) : ''
    if (!TABLE_KEYS.has(name)) {
      counted(key, `unknown key ${name}; known are ${[...TABLE_KEYS].join(' ')}`)
    } else if (value !== null) checkSection(name, value, { document, report: counted })
  }
  checkName(root, names, seen, path, counted)
  // What only shows in the whole: missing keys, and whatever the sections do not tell.
  if (count === 0) attempt(root, counted, () => compileMapping(root.toJS(document)))
}

function checkName(
  root: YAMLMap,
  names: ReadonlySet<string>,
  seen: Map<string, string>,
  path: string,
  report: Report,
): void {
  const name = root.get('name', true) as Node | undefined
  if (!isScalar(name)) {
    report(root, 'name: missing; it says whose place the table takes')
    return
  }
  const text = String(name.value)
  const other = seen.get(text)
  if (!names.has(text)) report(name, `name: ${text} is none of ${[...names].sort().join(' ')}`)
  else if (other !== undefined) report(name, `name: ${text} has a table in ${other} already`)
  seen.set(text, path)
}

/** Sections whose entries are read one by one. */
const ENTRIES: Readonly<Record<string, (value: unknown) => unknown>> = {
  recognise: checkedCondition,
  accept: checkedCondition,
  logsources(value) {
    const rule = logSourceOf(value)
    if (rule.when !== undefined) checkedCondition(rule.when)
  },
  pairs: (value) => checkedPaths([pairOf(value).path]),
  time: (value) => checkedPaths(textsOf(value)),
  texts: (value) => checkedPaths(textsOf(value)),
  json: textsOf,
  aliases: textsOf,
  message: (value) => textsOf(value).forEach(checkedMessage),
}

function checkSection(name: string, value: Node, subject: Subject): void {
  const { document, report } = subject
  if (name === 'pivots' || name === 'fields') {
    checkColumns(name, value, subject)
    return
  }
  const read = ENTRIES[name]
  if (read === undefined) return
  for (const entry of entriesOf(value, document)) {
    attempt(entry, report, () => read(entry.toJS(document)), 'mapping', `${name}: `)
  }
}

function checkColumns(name: 'pivots' | 'fields', value: Node, { document, report }: Subject): void {
  if (!isMap(value)) {
    report(value, `${name}: no table`)
    return
  }
  for (const { key, value: rules } of value.items as Pair<Node, Node | null>[]) {
    const column = isScalar(key) ? String(key.value) : ''
    if (name === 'pivots' && !(PIVOTS as readonly string[]).includes(column)) {
      report(key, `pivots: ${column} is no column; columns are ${PIVOTS.join(' ')}`)
    }
    for (const rule of entriesOf(rules, document)) {
      attempt(rule, report, () => checkedRules(rule.toJS(document)))
    }
  }
}

function entriesOf(node: Node | null, document: Document): readonly Node[] {
  const own = isAlias(node) ? (node.resolve(document) ?? node) : node
  if (own === null) return []
  return isSeq(own) ? (own.items as Node[]) : [own]
}

function checkedRules(value: unknown): void {
  for (const { path, when } of rulesOf(value)) {
    if (path !== undefined) compilePath(path)
    if (when !== undefined) checkedCondition(when)
  }
}

function checkedCondition(value: unknown): void {
  const { has = [], not = [], is = {} } = conditionOf(value)
  checkedPaths([...has, ...not, ...Object.keys(is)])
  if (has.length + not.length + Object.keys(is).length === 0) {
    throw new Error('condition: none of has, not, is: it always holds')
  }
}

function checkedPaths(paths: readonly string[]): void {
  for (const path of paths) compilePath(path)
}

/** A path, or a text with paths in braces. */
function checkedMessage(source: string): void {
  if (!source.includes('{')) {
    checkedPaths([source])
    return
  }
  const parts = source.split(/[{}]/)
  if (parts.length % 2 === 0) throw new Error(`${JSON.stringify(source)}: a brace is not closed`)
  checkedPaths(parts.filter((_, index) => index % 2 === 1))
}

/** Runs a reader; what it throws is a finding at `node`. */
function attempt(
  node: Node,
  report: Report,
  read: () => unknown,
  code?: ParserFinding['code'],
  prefix = '',
): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const why = error.message
    report(node, why.startsWith(prefix) ? why : `${prefix}${why}`, code)
  }
}
