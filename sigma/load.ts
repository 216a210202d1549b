// Rule files to rules, correlations and filters that can run, and for every other document the reason why not.
import { loadCorrelations } from './correlate/load.ts'
import type { Diagnostic } from './diagnostic.ts'
import { applyFilter, filterApplies } from './filter.ts'
import { claimId, finding, headOf, type Outcome, refusal, type Source } from './loaded.ts'
import { lowerRule } from './lower/lower.ts'
import { hasErrors } from './parse/report.ts'
import { parseRules } from './parse/rules.ts'
import type {
  LoadedFilter,
  LoadedRule,
  LoadedRules,
  RefusedRule,
  RuleEffect,
  RuleFile,
  SigmaFilter,
  SigmaRule,
} from './rule.ts'

export { LEVEL_DEFAULT } from './loaded.ts'

/** What changes rules before they are lowered: the rule as it shall run, and what is wrong with it; errors
 * refuse it. `sigma/pipeline` makes one of pipelines and lists. */
export type RuleTransform = (rule: SigmaRule) => {
  readonly rule: SigmaRule
  readonly diagnostics: readonly Diagnostic[]
  /** What it changed, for explanations. */
  readonly effects?: readonly RuleEffect[]
}

export interface LoadOptions {
  readonly transform?: RuleTransform
  /** What a field of the rule's events is called then; correlations follow. */
  readonly rename?: (rule: SigmaRule, field: string) => readonly string[]
}

/**
 * Loads a set of files. A document is among `rules`, `correlations` or `filters`, or among `refused`, never
 * twice and never nowhere; `diagnostics` holds the findings of all, warnings of running rules included.
 */
export function loadRules(files: readonly RuleFile[], options: LoadOptions = {}): LoadedRules {
  const refused: RefusedRule[] = []
  const diagnostics: Diagnostic[] = []
  const parsed = files.map(({ path, text }) => ({ path, ...parseRules(text, { path }) }))
  const perFile = parsed.map(({ path, documents }) =>
    documents.map((document): Source => ({ path, document })),
  )
  const sources = perFile.flat()
  const ids = new Map<string, string>()
  const filters = loadFilters(sources, ids)
  const outcomes = new Map<Source, Outcome>(filters.outcomes)
  for (const source of sources) {
    if (outcomes.has(source) || source.document.value?.kind === 'correlation') continue
    outcomes.set(source, loadRule(source, ids, filters.running, options.transform))
  }
  const correlations = loadCorrelations(sources, ids, outcomes, options.rename)
  for (const [at, own] of perFile.entries()) {
    const file = parsed[at]!
    if (own.length === 0) {
      refused.push(refusal(undefined, file.path, file.diagnostics))
      diagnostics.push(...file.diagnostics)
    }
    for (const source of own) {
      const { found, loaded } = outcomes.get(source)!
      diagnostics.push(...found)
      if (!loaded) refused.push(refusal(source.document, source.path, found))
    }
  }
  const rules = sources.flatMap((source) => outcomes.get(source)?.rule ?? [])
  const { feeding } = correlations
  return {
    rules: rules.map((rule) => (feeding.has(rule.id) ? { ...rule, feedsOnly: true } : rule)),
    correlations: correlations.loaded,
    filters: filters.running.map(({ loaded, applied }) => ({ ...loaded, applied })),
    refused,
    diagnostics: [...diagnostics, ...unusedFilters(filters.running)],
  }
}

interface RunningFilter {
  readonly filter: SigmaFilter
  readonly loaded: Omit<LoadedFilter, 'applied'>
  readonly applied: string[]
}

function loadFilters(sources: readonly Source[], ids: Map<string, string>) {
  const outcomes = new Map<Source, Outcome>()
  const running: RunningFilter[] = []
  for (const source of sources) {
    const { document, path } = source
    const { value } = document
    if (value?.kind !== 'filter') continue
    const lowered = hasErrors(document.diagnostics) ? undefined : lowerRule(value)
    const found = [...document.diagnostics, ...(lowered?.diagnostics ?? [])]
    const id = lowered?.expr === undefined ? undefined : claimId(source, value, ids, found)
    outcomes.set(source, { rule: undefined, loaded: id !== undefined, found })
    if (id === undefined) continue
    const { title, text } = value
    running.push({
      filter: value,
      loaded: { id, title, path, line: document.line, text },
      applied: [],
    })
  }
  return { outcomes, running }
}

function unusedFilters(filters: readonly RunningFilter[]): Diagnostic[] {
  return filters
    .filter(({ applied }) => applied.length === 0)
    .map(({ loaded: { title, path, line } }) => {
      const message = `filter "${title}": no rule has its log source and is named by it`
      return finding('filter-unused', 'warning', message, path, line)
    })
}

function loadRule(
  source: Source,
  ids: Map<string, string>,
  filters: readonly RunningFilter[],
  transform: RuleTransform | undefined,
): Outcome {
  const { document } = source
  const { value } = document
  const found = [...document.diagnostics]
  const none = { rule: undefined, loaded: false, found }
  if (value?.kind !== 'rule' || hasErrors(found)) return none
  const applied = filters.filter(({ filter }) => filterApplies(filter, value))
  const filtered = applied.reduce(
    (rule, { filter }, at) => applyFilter(rule, filter, at + 1),
    value as SigmaRule,
  )
  const transformed = transform?.(filtered)
  found.push(...(transformed?.diagnostics ?? []))
  if (hasErrors(found)) return none
  const rule = transformed?.rule ?? filtered
  const lowered = lowerRule(rule)
  found.push(...lowered.diagnostics)
  const { condition, conditionText } = rule.detection
  if (lowered.expr === undefined || condition === undefined) return none
  const id = claimId(source, rule, ids, found)
  if (id === undefined) return none
  for (const one of applied) one.applied.push(id)
  const { expr, selections } = lowered
  const { logsource } = rule
  const effects = [...applied.map(filterEffect), ...(transformed?.effects ?? [])]
  const loaded: LoadedRule = {
    ...headOf(rule, id),
    ...{ logsource, conditionText, expr, selections, condition },
    ...(effects.length === 0 ? {} : { effects }),
    feedsOnly: false,
  }
  return { rule: loaded, loaded: true, found }
}

function filterEffect({ filter }: RunningFilter, at: number): RuleEffect {
  const asked = filter.detection.conditionText
  return { kind: 'filter', name: filter.title, number: at + 1, changes: [`it asks for: ${asked}`] }
}
