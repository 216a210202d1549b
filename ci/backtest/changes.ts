// What a change does to rules: pairs of before and after, by rule id.
import { fileKind } from '../../sigma/lint/lint.ts'
import { loadRules } from '../../sigma/load.ts'
import { contentOptions } from '../../sigma/pipeline/content.ts'
import { isListFile, isPipelineFile } from '../../sigma/pipeline/paths.ts'
import type {
  LoadedCorrelation,
  LoadedFilter,
  LoadedRule,
  LoadedRules,
  RuleFile,
} from '../../sigma/rule.ts'
import { isRuleFile } from '../rule-files.ts'
import type { Versions } from '../versions.ts'
import type { CorrelationVersion } from './correlation.ts'
import { isSeverityFile, type ParserTables, readsSeverity, tablesOf } from './parser-tables.ts'

interface ChangeOf<T> {
  readonly id: string
  readonly title: string
  readonly path: string
  readonly before: T | undefined
  readonly after: T | undefined
  /** True where nothing but changed tables of parsers reaches it. */
  readonly byParser?: boolean
}

/** A rule that a change adds, removes or gives another meaning. */
export interface ChangedRule extends ChangeOf<LoadedRule> {
  readonly correlation?: undefined
}

/** A correlation that a change reaches, and what each version was loaded with. */
export interface ChangedCorrelation extends ChangeOf<LoadedCorrelation> {
  readonly correlation: {
    readonly before: CorrelationVersion | undefined
    readonly after: CorrelationVersion | undefined
  }
}

export type RuleChange = ChangedRule | ChangedCorrelation

/** The changes of rules that read events: correlations need every event of their rules in order. */
export function rulesChanged(changes: readonly RuleChange[]): readonly ChangedRule[] {
  return changes.filter((change) => change.correlation === undefined)
}

export interface Changes {
  readonly changed: readonly RuleChange[]
  /** Rules whose text changed while every event is answered as before. */
  readonly sameMeaning: readonly LoadedRule[]
  /** What is not replayed, and why. */
  readonly notReplayed: readonly string[]
  /** Why rules of the new version cannot run, where the old one could. */
  readonly broken: readonly string[]
  /** Filters of the new version with the rules that they apply to. */
  readonly filters: readonly LoadedFilter[]
  /** Pipelines and lists of both versions: rules mean nothing without them. */
  readonly content: {
    readonly before: readonly RuleFile[]
    readonly after: readonly RuleFile[]
  }
  readonly loaded: { readonly before: LoadedRules; readonly after: LoadedRules }
  /** Tables of parsers: the same text may be another event. */
  readonly tables: ParserTables
}

/** Compares two versions of content: rules with the filters, pipelines and lists of their own version. */
export function changesOf({ before, after }: Versions): Changes {
  const [old, now] = [loadContent(before), loadContent(after)]
  const changes = changesBetween(old.rules, now.rules)
  const content = { before: old.beside, after: now.beside }
  const found = tablesOf(before, after)
  const needless = readsSeverity(old.rules, now.rules)
    ? []
    : found.tables.changed.filter(isSeverityFile)
  return {
    ...changes,
    broken: [...now.broken, ...changes.broken, ...found.broken],
    notReplayed: [
      ...found.notReplayed,
      ...needless.map((path) => `${path}: no rule asks for the severity of events`),
    ],
    filters: now.rules.filters,
    content,
    loaded: { before: old.rules, after: now.rules },
    tables: {
      ...found.tables,
      changed: found.tables.changed.filter((path) => !needless.includes(path)),
    },
  }
}

/** The changes with what other tables reach: rules of these ids, and correlations that read them. */
export function withMoved(changes: Changes, ids: readonly string[]): Changes {
  const { before, after } = changes.loaded
  const known = new Set(changes.changed.map(({ id }) => id))
  const old = new Map(before.rules.map((rule) => [rule.id, rule]))
  const moved = new Set(ids)
  const reached = after.rules.flatMap((rule): RuleChange[] =>
    moved.has(rule.id) && !known.has(rule.id)
      ? [{ ...identity(rule), before: old.get(rule.id), after: rule, byParser: true }]
      : [],
  )
  const rules = [...rulesChanged(changes.changed), ...reached]
  const correlations = correlationsReached(before, after, rules).map((change) =>
    known.has(change.id) ? change : { ...change, byParser: true },
  )
  return { ...changes, changed: [...rules, ...correlations] }
}

/** Rules of files with the pipelines and lists among them. */
export function loadContent(files: readonly RuleFile[]): {
  readonly rules: LoadedRules
  readonly beside: readonly RuleFile[]
  /** Why pipelines or lists cannot be used. */
  readonly broken: readonly string[]
} {
  const beside = files.filter(({ path }) => isPipelineFile(path) || isListFile(path))
  const { options, diagnostics } = contentOptions(beside)
  const rules = loadRules(
    files.filter((file) => isRuleFile(file.path) && !isParserFile(file.path) && isSigma(file)),
    options,
  )
  const broken = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ path, code, message }) => `${path}: ${code}: ${message}`)
  return { rules, beside, broken }
}

/** Whether a path is that of a parser's table or of the severity patterns. */
export function isParserFile(path: string): boolean {
  return /(^|\/)parsers\/(mappings\/[^/]+\.ya?ml|severity\.yml)$/.test(path)
}

/** Whether a file holds Sigma documents, not a hunt: most say so at first glance. */
function isSigma(file: RuleFile): boolean {
  return /^(detection|correlation|filter|logsource):/m.test(file.text) || fileKind(file) === 'sigma'
}

/** Compares two versions of a rule set. A rule without an id is known by its path. */
export function changesBetween(
  before: LoadedRules,
  after: LoadedRules,
): Pick<Changes, 'changed' | 'sameMeaning' | 'broken'> {
  const old = new Map(before.rules.map((rule) => [rule.id, rule]))
  const now = new Map(after.rules.map((rule) => [rule.id, rule]))
  const changed: RuleChange[] = []
  const sameMeaning: LoadedRule[] = []
  for (const rule of after.rules) {
    const other = old.get(rule.id)
    if (other !== undefined && sameAnswers(other, rule)) {
      if (other.text !== rule.text) sameMeaning.push(rule)
    } else changed.push({ ...identity(rule), before: other, after: rule })
  }
  for (const rule of before.rules)
    if (!now.has(rule.id)) changed.push({ ...identity(rule), before: rule, after: undefined })
  const broken = after.refused
    .filter(({ id, path }) => old.has(id ?? `path:${path}`))
    .map(({ path, line, message }) => `${path}:${line}: ${message}`)
  const correlations = correlationsReached(before, after, changed)
  return { changed: [...changed, ...correlations], sameMeaning, broken }
}

/** Correlations that raise alerts and were changed themselves, or read something that was. */
function correlationsReached(
  before: LoadedRules,
  after: LoadedRules,
  changed: readonly RuleChange[],
): RuleChange[] {
  const old = new Map(before.correlations.map((correlation) => [correlation.id, correlation]))
  const now = new Map(after.correlations.map((correlation) => [correlation.id, correlation]))
  const all = [...now.values(), ...[...old.values()].filter(({ id }) => !now.has(id))]
  const moved = new Set(changed.map(({ id }) => id))
  let known = -1
  while (moved.size !== known) {
    known = moved.size
    for (const { id, text, inputs } of all) {
      const isOther = old.get(id)?.text !== text || !now.has(id)
      if (isOther || inputs.some((input) => moved.has(input.id))) moved.add(id)
    }
  }
  return all
    .filter(({ id }) => moved.has(id))
    .flatMap((correlation): RuleChange[] => {
      const { id } = correlation
      const was = raised(old.get(id), before)
      const is = raised(now.get(id), after)
      if (was === undefined && is === undefined) return []
      const versions = { before: was?.correlation, after: is?.correlation }
      return [{ ...identity(correlation), ...versions, correlation: { before: was, after: is } }]
    })
}

function raised(
  correlation: LoadedCorrelation | undefined,
  loaded: LoadedRules,
): CorrelationVersion | undefined {
  if (correlation === undefined || correlation.feedsOnly) return undefined
  return { correlation, loaded }
}

function identity({ id, title, path }: LoadedRule | LoadedCorrelation) {
  return { id, title, path }
}

/** Whether both match the same events and fold them into the same alerts. */
function sameAnswers(a: LoadedRule, b: LoadedRule): boolean {
  return (
    Bun.deepEquals(a.expr, b.expr) &&
    Bun.deepEquals(a.logsource, b.logsource) &&
    Bun.deepEquals(a.trapline?.dedup, b.trapline?.dedup) &&
    a.trapline?.dedup_window_minutes === b.trapline?.dedup_window_minutes
  )
}
