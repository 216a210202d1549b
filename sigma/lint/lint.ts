// The linter: files in, findings out. Pure; what it knows of the world comes in as facts.
import { groupBy } from '../collections.ts'
import type { Diagnostic, Severity } from '../diagnostic.ts'
import type { Expr } from '../ir/expr.ts'
import type { RuleTransform } from '../load.ts'
import { lowerRule } from '../lower/lower.ts'
import { applyActions } from '../parse/actions.ts'
import type { Entries } from '../parse/reader.ts'
import { newReport } from '../parse/report.ts'
import { parseRules } from '../parse/rules.ts'
import { readYaml, type YamlDocument } from '../parse/yaml.ts'
import { isListFile, isPipelineFile } from '../pipeline/paths.ts'
import { parsePipeline } from '../pipeline/pipeline.ts'
import type { SigmaDocument, SigmaFilter, SigmaRule, Yaml } from '../rule.ts'
import {
  type Add,
  type Check,
  type ContentSet,
  type DetectionSubject,
  type DocumentSubject,
  type FileSubject,
  type Finding,
  itemUses,
  type LintFile,
  type SetDocument,
  type YamlTests,
} from './check.ts'
import type { LintFacts } from './facts.ts'
import { transformOf } from './steps.ts'
import { readSuppressions } from './suppress.ts'
import { CHECKS } from './table.ts'

export interface LintOptions {
  readonly facts: LintFacts
  /** Checks switched off by id. */
  readonly disable?: readonly string[]
  /** Severities other than those of the table, by id. */
  readonly severity?: Readonly<Record<string, Severity>>
  /** Report on these paths only; the others are still looked up in. */
  readonly only?: ReadonlySet<string>
}

export type ContentKind = 'sigma' | 'tests' | 'pipeline' | 'hunt' | 'list'

/** What a file holds, by its name and first document. */
export function contentKind(path: string, entries: Entries | undefined): ContentKind {
  if (isListFile(path)) return 'list'
  if (/\.test\.ya?ml$/.test(path)) return 'tests'
  if (isPipelineFile(path)) return 'pipeline'
  const has = (...keys: readonly string[]) => keys.some((key) => entries?.has(key))
  if (has('detection', 'correlation', 'filter', 'logsource', 'action')) return 'sigma'
  if (has('transformations', 'postprocessing', 'finalizers')) return 'pipeline'
  if (has('query', 'hypothesis') || /(^|\/)hunts\//.test(path)) return 'hunt'
  return 'sigma'
}

const NO_EXPRS: ReadonlyMap<string, Expr> = new Map()

/** What a file holds, by its name and text. */
export function fileKind({ path, text }: LintFile): ContentKind {
  if (isListFile(path)) return 'list'
  const [first] = readYaml(text, () => newReport(path))
  return contentKind(path, first?.value?.kind === 'map' ? first.value.entries : undefined)
}

interface ReadFile {
  readonly file: LintFile
  readonly kind: ContentKind
  readonly roots: readonly YamlDocument[]
  readonly found: readonly Diagnostic[]
  readonly documents: readonly SetDocument[]
}

/** Lints a set of files. Findings come by path, line and column. Never throws for what files hold. */
export function lint(files: readonly LintFile[], options: LintOptions): readonly Finding[] {
  const transform = transformOf(files)
  const read = files.map((file) => readOnce(file, transform))
  const set = contentSet(read)
  const off = new Set(options.disable ?? [])
  const findings: Finding[] = []
  const checks = [...CHECKS].filter(([id, check]) => check.on !== 'reading' && !off.has(id))
  for (const one of read) {
    if (options.only !== undefined && !options.only.has(one.file.path)) continue
    const suppressed = readSuppressions(one.file.text)
    const collect = (finding: Finding) => {
      const severity = options.severity?.[finding.code] ?? finding.severity
      const own = severity === finding.severity ? finding : { ...finding, severity }
      if (!off.has(own.code) && !suppressed(own)) findings.push(own)
    }
    for (const diagnostic of one.found) collect(placed(diagnostic, one.file))
    lintFile(one, { file: one.file, facts: options.facts, set }, checks, collect)
  }
  return findings.sort(inOrder)
}

/** Files that were read before: who lints the same objects again, as editors do, reads only what is new. */
const known = new WeakMap<
  LintFile,
  { readonly read: ReadFile; readonly transform: RuleTransform | undefined }
>()

function readOnce(file: LintFile, transform: RuleTransform | undefined): ReadFile {
  const found = known.get(file)
  if (found !== undefined && found.transform === transform) return found.read
  const read = readFile(file, transform)
  known.set(file, { read, transform })
  return read
}

function inOrder(a: Finding, b: Finding): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1
  return a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : 1)
}

function placed(diagnostic: Diagnostic, file: LintFile): Finding {
  const { line = 1, column = 1 } = diagnostic
  return { ...diagnostic, path: file.path, line, column }
}

function readFile(file: LintFile, transform: RuleTransform | undefined): ReadFile {
  if (isListFile(file.path)) return { file, kind: 'list', roots: [], found: [], documents: [] }
  const roots = readYaml(file.text, () => newReport(file.path))
  const first = roots[0]?.value
  const kind = contentKind(file.path, first?.kind === 'map' ? first.entries : undefined)
  if (kind !== 'sigma') {
    const found =
      kind === 'pipeline'
        ? parsePipeline(file.text, file.path).diagnostics
        : roots.flatMap(({ report }) => report.diagnostics)
    return { file, kind, roots, found, documents: [] }
  }
  const parsed = parseRules(file.text, { path: file.path })
  const merged = applyActions(roots)
  const found: Diagnostic[] = [...parsed.diagnostics]
  const documents = parsed.documents.flatMap(({ value }, n) => {
    const root = merged[n]?.value
    if (value === undefined || root?.kind !== 'map') return []
    const { expr, selections } = lowered(value, transform, found)
    if (value.id === undefined && value.kind !== 'filter') found.push(noId(value))
    return [{ file, value, entries: root.entries, expr, exprs: selections }]
  })
  return { file, kind, roots, found, documents }
}

/** What the document comes to after pipelines and lists; findings on the way go to `found`. */
function lowered(
  value: SigmaDocument,
  transform: RuleTransform | undefined,
  found: Diagnostic[],
): { readonly expr: Expr | undefined; readonly selections: ReadonlyMap<string, Expr> } {
  if (value.kind === 'correlation') return { expr: undefined, selections: NO_EXPRS }
  const changed = value.kind === 'rule' ? transform?.(value) : undefined
  found.push(...(changed?.diagnostics ?? []))
  if (changed?.diagnostics.some(({ severity }) => severity === 'error')) {
    return { expr: undefined, selections: NO_EXPRS }
  }
  const { expr, selections, diagnostics } = lowerRule(changed?.rule ?? value)
  found.push(...diagnostics)
  return { expr, selections }
}

function noId(value: SigmaDocument): Diagnostic {
  const { line, column } = value
  const message = `rule "${value.title}": has no id; uuidgen makes one`
  return { code: 'id-missing', severity: 'warning', message, line, column }
}

function contentSet(read: readonly ReadFile[]): ContentSet {
  const documents = read.flatMap((one) => one.documents)
  const references = new Map<string, SetDocument[]>()
  for (const document of documents) {
    const { id, name } = document.value
    for (const key of new Set([id, name])) {
      if (key === undefined) continue
      const known = references.get(key)
      if (known === undefined) references.set(key, [document])
      else known.push(document)
    }
  }
  const memos = new Map<string, unknown>()
  return {
    documents,
    byReference: references,
    byPath: groupBy(documents, ({ file }) => file.path),
    tests: new Map(
      read.filter(({ kind }) => kind === 'tests').map((one) => [one.file.path, testsOf(one)]),
    ),
    memo<T>(key: string, make: () => T): T {
      if (!memos.has(key)) memos.set(key, make())
      return memos.get(key) as T
    },
  }
}

function testsOf({ file, roots }: ReadFile): YamlTests {
  const root = roots[0]?.value
  const list = root?.kind === 'map' ? root.entries.get('tests')?.value : undefined
  const textOf = (value: Yaml | undefined) =>
    value !== undefined && 'text' in value ? value.text : undefined
  const cases = (list?.kind === 'list' ? list.items : []).flatMap((item) => {
    if (item.kind !== 'map') return []
    const match = item.entries.get('match')?.value
    const rule = textOf(item.entries.get('rule')?.value)
    const expected = match?.kind === 'boolean' ? match.value : undefined
    return [rule === undefined ? { match: expected } : { match: expected, rule }]
  })
  return { path: file.path, cases }
}

type Entry = readonly [string, Check]

function lintFile(
  one: ReadFile,
  base: FileSubject,
  checks: readonly Entry[],
  collect: (finding: Finding) => void,
): void {
  const adder =
    ([code, { severity }]: Entry): Add =>
    (at, message, fix) =>
      collect({
        code,
        severity,
        message,
        path: one.file.path,
        line: at.line,
        column: at.column,
        ...(fix === undefined ? {} : { fix }),
      })
  for (const entry of checks) if (entry[1].on === 'file') entry[1].run(base, adder(entry))
  if (one.kind === 'sigma') {
    duplicateIds(one, base, collect)
    for (const document of one.documents) lintDocument(document, base, checks, adder)
    return
  }
  for (const { value } of one.roots) {
    if (value?.kind !== 'map') continue
    const subject = { ...base, root: value, entries: value.entries }
    for (const entry of checks) if (entry[1].on === one.kind) entry[1].run(subject, adder(entry))
  }
}

function duplicateIds(
  one: ReadFile,
  { set }: FileSubject,
  collect: (finding: Finding) => void,
): void {
  for (const document of one.documents) {
    const { id, title, line, column } = document.value
    const [first] =
      id === undefined ? [] : (set.byReference.get(id) ?? []).filter(({ value }) => value.id === id)
    if (first === undefined || first === document) continue
    const message = `rule "${title}": its id ${id} is that of ${first.file.path}`
    collect({ code: 'id-duplicate', severity: 'error', message, path: one.file.path, line, column })
  }
}

function lintDocument(
  document: SetDocument,
  base: FileSubject,
  checks: readonly Entry[],
  adder: (entry: Entry) => Add,
): void {
  const { value, entries } = document
  const subject: DocumentSubject = { ...base, value, entries }
  const detection =
    value.kind === 'correlation' ? undefined : detectionSubject(subject, value, document)
  for (const entry of checks) {
    const check = entry[1]
    const add = adder(entry)
    if (check.on === 'document') check.run(subject, add)
    else if (check.on === 'correlation' && value.kind === 'correlation')
      check.run({ ...subject, value }, add)
    if (detection === undefined) continue
    if (check.on === 'detection') check.run(detection, add)
    else if (check.on === 'rule' && value.kind === 'rule') check.run({ ...detection, value }, add)
    else if (check.on === 'filter' && value.kind === 'filter')
      check.run({ ...detection, value }, add)
    else if (check.on === 'item') for (const use of detection.items) check.run(detection, add, use)
  }
}

function detectionSubject(
  subject: DocumentSubject,
  value: SigmaRule | SigmaFilter,
  { expr, exprs }: SetDocument,
): DetectionSubject {
  const items = [...value.detection.selections].flatMap(([name, node]) => itemUses(name, node))
  return { ...subject, value, items, exprs, expr }
}
