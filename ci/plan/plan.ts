// What a deploy would change, by document: two versions of content in, a list of changes out. Pure.
import { isMap, isScalar, parseDocument } from 'yaml'
import { fileKind } from '../../sigma/lint/lint.ts'
import { isListFile, isPipelineFile } from '../../sigma/pipeline/paths.ts'
import type { LoadedCorrelation, LoadedRule, LoadedRules, RuleFile } from '../../sigma/rule.ts'
import { isParserFile, loadContent } from '../backtest/changes.ts'
import { parseTestFile } from '../checks/test-file.ts'
import type { LiveRule } from './live.ts'

export const PLAN_KINDS = [
  'rule',
  'correlation',
  'filter',
  'hunt',
  'pipeline',
  'parser',
  'list',
  'tests',
] as const
export type PlanKind = (typeof PLAN_KINDS)[number]

/** One document that would not be what it is. */
export interface PlanChange {
  readonly kind: PlanKind
  readonly change: 'added' | 'changed' | 'removed'
  /** Rule id; the path of what has none. */
  readonly id: string
  readonly title: string
  readonly path: string
  readonly line: number
  /** What about it, in words: `matches other events`, `level high -> critical`. */
  readonly what: readonly string[]
}

export interface Plan {
  readonly changes: readonly PlanChange[]
  /** Documents of the new version that cannot run. */
  readonly refused: readonly { path: string; line: number; code: string; message: string }[]
  /** Test cases that the new version adds and takes away. */
  readonly tests: { readonly added: number; readonly removed: number }
}

/** One document of a version, known by `key` in both. */
interface Item {
  readonly kind: PlanKind
  readonly id: string
  readonly title: string
  readonly path: string
  readonly line: number
  readonly text: string
  readonly rule?: LoadedRule | LoadedCorrelation
  readonly filters?: readonly string[]
}

/** Compares two versions of content. */
export function planBetween(before: readonly RuleFile[], after: readonly RuleFile[]): Plan {
  const [old, now] = [loadContent(before).rules, loadContent(after).rules]
  const olds = itemsOf(before, old)
  const news = itemsOf(after, now)
  const changes: PlanChange[] = []
  for (const [key, item] of news) {
    const other = olds.get(key)
    if (other === undefined) changes.push(changeOf(item, 'added', describe(item)))
    else {
      const what = differences(other, item)
      if (what.length > 0) changes.push(changeOf(item, 'changed', what))
    }
  }
  for (const [key, item] of olds) if (!news.has(key)) changes.push(changeOf(item, 'removed', []))
  const order = (one: PlanChange) => PLAN_KINDS.indexOf(one.kind)
  return {
    changes: changes.sort((a, b) => order(a) - order(b) || (a.path < b.path ? -1 : 1)),
    refused: now.refused.map(refusedLine),
    tests: testCounts(before, after),
  }
}

function changeOf(item: Item, change: PlanChange['change'], what: readonly string[]): PlanChange {
  const { kind, id, title, path, line } = item
  return { kind, change, id, title, path, line, what }
}

function itemsOf(files: readonly RuleFile[], loaded: LoadedRules): ReadonlyMap<string, Item> {
  const items: Item[] = []
  const filtersOf = (id: string) =>
    loaded.filters.filter(({ applied }) => applied.includes(id)).map(({ title }) => title)
  for (const rule of loaded.rules)
    items.push({ ...head(rule), kind: 'rule', rule, filters: filtersOf(rule.id) })
  for (const rule of loaded.correlations) items.push({ ...head(rule), kind: 'correlation', rule })
  for (const filter of loaded.filters) items.push({ ...head(filter), kind: 'filter' })
  for (const { path, id, line } of loaded.refused) {
    const text = files.find((file) => file.path === path)?.text ?? ''
    items.push({ kind: 'rule', id: id ?? `path:${path}`, title: path, path, line, text })
  }
  for (const file of files) {
    const kind = plainKind(file)
    if (kind !== undefined)
      items.push({ kind, ...titleOf(file), path: file.path, line: 1, text: file.text })
  }
  return new Map(items.map((item) => [`${item.kind}:${item.id}`, item]))
}

function head({ id, title, path, line, text }: Omit<Item, 'kind'>) {
  return { id, title, path, line, text }
}

/** What is no Sigma document. */
function plainKind(file: RuleFile): PlanKind | undefined {
  if (isParserFile(file.path)) return 'parser'
  if (isListFile(file.path)) return 'list'
  if (isPipelineFile(file.path)) return 'pipeline'
  if (/\.test\.ya?ml$/.test(file.path)) return 'tests'
  return fileKind(file) === 'hunt' ? 'hunt' : undefined
}

/** The `id` and `title` (or `name`) that a YAML document says, else its path. */
function titleOf({ path, text }: RuleFile): { id: string; title: string } {
  const none = { id: path, title: path }
  if (!/\.ya?ml$/.test(path) || /\.test\.ya?ml$/.test(path)) return none
  const { contents } = parseDocument(text, { logLevel: 'silent' })
  const textAt = (key: string) => {
    const node = isMap(contents) ? contents.get(key, true) : undefined
    return isScalar(node) && typeof node.value === 'string' ? node.value : undefined
  }
  return { id: textAt('id') ?? path, title: textAt('title') ?? textAt('name') ?? path }
}

function describe({ rule, filters = [] }: Item): string[] {
  if (rule === undefined) return []
  return [
    `level ${rule.level}`,
    `stage ${stageOf(rule)}`,
    ...filters.map((title) => `filtered by "${title}"`),
  ]
}

function stageOf(rule: LoadedRule | LoadedCorrelation): string {
  const { stage = 'live', share } = rule.trapline?.rollout ?? {}
  return share === undefined ? stage : `${stage} (${share * 100} % of hosts)`
}

function differences(before: Item, after: Item): string[] {
  const what: string[] = []
  const differs = (name: string, a: string | undefined, b: string | undefined) => {
    if (a !== b) what.push(`${name} ${a ?? 'none'} -> ${b ?? 'none'}`)
  }
  const [a, b] = [before.rule, after.rule]
  if (a !== undefined && b !== undefined) {
    if (!sameMatches(a, b))
      what.push(
        a.text === b.text ? 'matches other events: a filter or pipeline' : 'matches other events',
      )
    differs('level', a.trapline?.severity ?? a.level, b.trapline?.severity ?? b.level)
    differs('status', a.status, b.status)
    differs('stage', stageOf(a), stageOf(b))
    differs('schedule', a.trapline?.schedule, b.trapline?.schedule)
    if (!Bun.deepEquals(dedup(a), dedup(b))) what.push('alerts fold otherwise')
    const [old, now] = [new Set(before.filters), new Set(after.filters)]
    what.push(...[...now.difference(old)].map((title) => `now filtered by "${title}"`))
    what.push(...[...old.difference(now)].map((title) => `no longer filtered by "${title}"`))
  } else if ((a === undefined) !== (b === undefined) && after.kind === 'rule')
    what.push(b === undefined ? 'can no longer run' : 'can run now')
  if (before.path !== after.path) what.push(`moved from ${before.path}`)
  if (what.length === 0 && before.text !== after.text) what.push('text')
  return what
}

function dedup({ trapline }: LoadedRule | LoadedCorrelation) {
  return [trapline?.dedup, trapline?.dedup_window_minutes]
}

function sameMatches(
  a: LoadedRule | LoadedCorrelation,
  b: LoadedRule | LoadedCorrelation,
): boolean {
  if ('expr' in a && 'expr' in b)
    return Bun.deepEquals(a.expr, b.expr) && Bun.deepEquals(a.logsource, b.logsource)
  return 'expr' in a === 'expr' in b && a.text === b.text
}

/** Cases that have the same name in the same file are the same. */
function testCounts(before: readonly RuleFile[], after: readonly RuleFile[]): Plan['tests'] {
  const [old, now] = [testNames(before), testNames(after)]
  return { added: now.difference(old).size, removed: old.difference(now).size }
}

function testNames(files: readonly RuleFile[]): Set<string> {
  const tests = files.filter(({ path }) => /\.test\.ya?ml$/.test(path))
  return new Set(
    tests.flatMap(({ path, text }) =>
      parseTestFile(text, path).tests.map(({ name }) => `${path}\0${name}`),
    ),
  )
}

/** Rules of a server, whose files are not at hand, against the new version: by id and hash of the text. */
export function planAgainst(live: readonly LiveRule[], after: readonly RuleFile[]): Plan {
  const { rules, correlations, refused } = loadContent(after).rules
  const now = new Map([...rules, ...correlations].map((rule) => [rule.id, rule]))
  const old = new Map(live.map((rule) => [rule.id, rule]))
  const kindOf = (rule: LoadedRule | LoadedCorrelation) => ('expr' in rule ? 'rule' : 'correlation')
  const changes = [...now.values()].flatMap((rule): PlanChange[] => {
    const { id, title, path, line } = rule
    const other = old.get(id)
    const one = { kind: kindOf(rule), id, title, path, line } as const
    if (other === undefined)
      return [{ ...one, change: 'added', what: [`level ${rule.level}`, `stage ${stageOf(rule)}`] }]
    if (other.hash === new Bun.CryptoHasher('sha256').update(rule.text).digest('hex')) return []
    const level = rule.trapline?.severity ?? rule.level
    const what = other.level === level ? ['text'] : [`level ${other.level} -> ${level}`]
    return [{ ...one, change: 'changed', what }]
  })
  for (const { id, title, path } of live)
    if (!now.has(id))
      changes.push({ kind: 'rule', change: 'removed', id, title, path, line: 1, what: [] })
  return { changes, refused: refused.map(refusedLine), tests: { added: 0, removed: 0 } }
}

function refusedLine({ path, line, reason, message }: LoadedRules['refused'][number]) {
  return { path, line, code: reason, message }
}
