// YAML text to values with positions. Plain scalars are typed by our own rules instead of a YAML schema's,
// and keep their source text. Nothing throws: what cannot be read is a diagnostic.
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml'
import type { Position, Yaml, YamlEntry } from '../rule.ts'
import { YAML_BYTES_MAX, YAML_DEPTH_MAX, YAML_DOCUMENTS_MAX, YAML_NODES_MAX } from './limits.ts'
import { readPlainYaml } from './plain-yaml.ts'
import { fail, type Report } from './report.ts'
import { typedScalar } from './scalars.ts'
import { advised, aliasProblem, causes } from './yaml-advice.ts'

/** One document of a file. `value` is undefined when it cannot be read; the report says why. */
export interface YamlDocument extends Position {
  readonly value: Yaml | undefined
  /** The document's own text. */
  readonly text: string
  readonly report: Report
}

const STRING_TAG = 'tag:yaml.org,2002:str'
const START: Position = { line: 1, column: 1 }

function refuse(report: Report, code: string, message: string): YamlDocument[] {
  fail(report, code, message, START)
  return [{ ...START, value: undefined, text: '', report }]
}

/** The documents of a text, empty ones left out; `newReport` gives each its own report. */
export function readYaml(text: string, newReport: () => Report): YamlDocument[] {
  if (text.length > YAML_BYTES_MAX || new TextEncoder().encode(text).length > YAML_BYTES_MAX) {
    return refuse(newReport(), 'yaml-too-long', `the file is longer than ${YAML_BYTES_MAX} bytes`)
  }
  const plain = readPlainYaml(text)
  if (plain !== undefined) {
    return [{ line: plain.line, column: plain.column, value: plain, text, report: newReport() }]
  }
  return readFullYaml(text, newReport)
}

/** The same through the full YAML reader, for any text within the limits. */
export function readFullYaml(text: string, newReport: () => Report): YamlDocument[] {
  const lines = new LineCounter()
  let documents: readonly Document[]
  try {
    documents = [
      ...parseAllDocuments(text, {
        lineCounter: lines,
        schema: 'failsafe',
        uniqueKeys: false,
        prettyErrors: false,
        logLevel: 'silent',
      }),
    ]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return refuse(newReport(), 'yaml-syntax', `the YAML reader gave up: ${reason}`)
  }
  if (documents.length > YAML_DOCUMENTS_MAX) {
    return refuse(
      newReport(),
      'yaml-too-many-documents',
      `more than ${YAML_DOCUMENTS_MAX} documents`,
    )
  }
  return documents.flatMap((document, index) => {
    const end = documents[index + 1]?.range?.[0] ?? text.length
    const own = text.slice(index === 0 ? 0 : (document.range?.[0] ?? 0), end)
    return readDocument(document, own, lines, newReport())
  })
}

interface Walk {
  readonly lines: LineCounter
  readonly report: Report
  readonly anchors: Map<string, Node>
  /** Anchors being put in: an alias inside its own anchor never ends. */
  readonly open: Set<string>
  nodes: number
}

function readDocument(
  document: Document,
  source: string,
  lines: LineCounter,
  report: Report,
): YamlDocument[] {
  const contents = document.contents
  const start = positionOf(lines, contents?.range?.[0] ?? document.range?.[0] ?? 0)
  const text = source.replace(/^---[ \t]*\r?\n/, '').replace(/\n---[ \t]*\r?\n?$/, '\n')
  const lineOf = (offset: number) => positionOf(lines, offset).line
  for (const problem of causes([...document.errors, ...document.warnings], lineOf)) {
    const code = problem.code === 'TAG_RESOLVE_FAILED' ? 'yaml-tag-unsupported' : 'yaml-syntax'
    fail(report, code, advised(problem), positionOf(lines, problem.pos[0]))
  }
  if (report.diagnostics.length > 0) return [{ ...start, value: undefined, text, report }]
  if (contents === null || (isScalar(contents) && contents.source === '')) return []
  const walk: Walk = { lines, report, anchors: new Map(), open: new Set(), nodes: 0 }
  const value = convert(walk, contents, 0)
  return [{ ...start, value: report.diagnostics.length > 0 ? undefined : value, text, report }]
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

/** The value of a node, or undefined after a finding. */
function convert(walk: Walk, node: unknown, depth: number): Yaml | undefined {
  const range = (node as Node | null)?.range
  const at = positionOf(walk.lines, range?.[0] ?? 0)
  if (++walk.nodes > YAML_NODES_MAX) {
    if (walk.nodes === YAML_NODES_MAX + 1) {
      fail(walk.report, 'yaml-too-large', `more than ${YAML_NODES_MAX} values, aliases put in`, at)
    }
    return undefined
  }
  if (depth > YAML_DEPTH_MAX) {
    fail(walk.report, 'yaml-too-deep', `more than ${YAML_DEPTH_MAX} levels of nesting`, at)
    return undefined
  }
  if (node === null || node === undefined) return { ...at, kind: 'null', text: '' }
  if (isAlias(node)) return followAlias(walk, node, at, depth)
  const anchor = (node as { anchor?: string }).anchor
  if (anchor !== undefined) walk.anchors.set(anchor, node as Node)
  if (isScalar(node)) {
    const isTyped = node.type === 'PLAIN' && node.tag !== STRING_TAG
    return typedScalar(String(node.value ?? ''), isTyped, at)
  }
  if (isSeq(node)) {
    const items: Yaml[] = []
    for (const item of node.items) {
      const value = convert(walk, item, depth + 1)
      if (value === undefined) return undefined
      items.push(value)
    }
    return { ...at, kind: 'list', items }
  }
  if (isMap(node)) return convertMap(walk, node, at, depth)
  fail(walk.report, 'yaml-syntax', 'a value of an unknown kind', at)
  return undefined
}

function followAlias(walk: Walk, alias: Alias, at: Position, depth: number): Yaml | undefined {
  const name = alias.source
  const target = walk.anchors.get(name)
  if (target === undefined || walk.open.has(name)) {
    fail(walk.report, 'yaml-alias', aliasProblem(name, target !== undefined), at)
    return undefined
  }
  walk.open.add(name)
  const value = convert(walk, target, depth + 1)
  walk.open.delete(name)
  return value === undefined ? undefined : { ...value, ...at }
}

function convertMap(walk: Walk, map: YAMLMap, at: Position, depth: number): Yaml | undefined {
  const entries = new Map<string, YamlEntry>()
  const merged: Yaml[] = []
  for (const pair of map.items as Pair<unknown, unknown>[]) {
    const keyNode = pair.key
    if (!isScalar(keyNode)) {
      fail(walk.report, 'yaml-key', 'a key must be plain text', at)
      return undefined
    }
    const key = positionOf(walk.lines, keyNode.range?.[0] ?? 0)
    const name = String(keyNode.value ?? '')
    const first = entries.get(name)
    if (first !== undefined) {
      fail(walk.report, 'duplicate-key', `${name}: already set in line ${first.key.line}`, key)
      continue
    }
    const value = convert(walk, pair.value, depth + 1)
    if (value === undefined) return undefined
    if (name === '<<' && keyNode.type === 'PLAIN') {
      merged.push(...(value.kind === 'list' ? value.items : [value]))
      continue
    }
    const bare = value.kind === 'null' && value.text === '' ? { ...value, ...key } : value
    entries.set(name, { key, value: bare })
  }
  return merge(walk, entries, merged, at) ? { ...at, kind: 'map', entries } : undefined
}

/** Adds the keys of merged maps (`<<`): a map's own come first, then those of earlier maps. */
function merge(
  walk: Walk,
  entries: Map<string, YamlEntry>,
  merged: readonly Yaml[],
  at: Position,
): boolean {
  for (const one of merged) {
    if (one.kind !== 'map') {
      fail(walk.report, 'yaml-merge-invalid', '<< takes a map, or a list of maps', at)
      return false
    }
    for (const [name, entry] of one.entries) if (!entries.has(name)) entries.set(name, entry)
  }
  return true
}
