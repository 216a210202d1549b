// What a change does to rules: pairs of before and after, by rule id.
import { fileKind } from '../../sigma/lint/lint.ts'
import { loadRules } from '../../sigma/load.ts'
import { contentOptions, isListFile, isPipelineFile } from '../../sigma/pipeline/content.ts'
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

interface ChangeOf<T> {
  readonly id: string
  readonly title: string
  readonly path: string
  readonly before: T | undefined
  readonly after: T | undefined
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
  /** Parsers' tables, and why they are not replayed. */
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
}

/** Compares two versions of content: rules with the filters, pipelines and lists of their own version. */
export function changesOf({ before, after }: Versions): Changes {
  const [old, now] = [loadContent(before), loadContent(after)]
  const changes = changesBetween(old.rules, now.rules)
  const content = { before: old.beside, after: now.beside }
  return {
    ...changes,
    broken: [...now.broken, ...changes.broken],
    notReplayed: parsersChanged(before, after),
    filters: now.rules.filters,
    content,
  }
}

/** Stored events are what the parser of their time made of them. */
function parsersChanged(before: readonly RuleFile[], after: readonly RuleFile[]): string[] {
  const tables = (files: readonly RuleFile[]) =>
    new Map(files.filter(({ path }) => isParserFile(path)).map(({ path, text }) => [path, text]))
  const [old, now] = [tables(before), tables(after)]
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => `${path}: stored events stay as they were parsed; new ones will be parsed by it`)
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
): Omit<Changes, 'content' | 'filters' | 'notReplayed'> {
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
