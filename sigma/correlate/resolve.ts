// Correlation documents to correlations that can run: references by id or name, conditions, cycles.
import { pushTo } from '../collections.ts'
import { parseCondition, selectionsOf } from '../parse/condition.ts'
import { fail, newReport, report as note, type Report } from '../parse/report.ts'
import { suggestion } from '../parse/suggest.ts'
import type {
  Condition,
  CorrelationCondition,
  CorrelationInput,
  LoadedCorrelation,
  Position,
  SigmaCorrelation,
} from '../rule.ts'

/** Inputs of one correlation. */
export const INPUTS_MAX = 64
/** Correlations over correlations, one above the other. */
export const LEVELS_MAX = 16

/** Something that a correlation may read. */
export interface Referable {
  readonly id: string
  readonly name: string | undefined
  readonly kind: 'rule' | 'correlation'
  /** Why it cannot run, if so. */
  readonly refused?: string
  /** It does not run as events arrive, so correlations never see its matches. */
  readonly scheduled?: boolean
}

/** What resolving a document gives: all but what every loaded document has. */
export type ResolvedBody = Pick<
  LoadedCorrelation,
  | 'type'
  | 'inputs'
  | 'groupBy'
  | 'timespan_ms'
  | 'ops'
  | 'valueFields'
  | 'percentile'
  | 'expression'
  | 'generate'
>

/** Finds things by id, then by name. */
export type Lookup = (reference: string) => readonly Referable[]

export function lookupOf(all: readonly Referable[]): Lookup {
  const byId = new Map<string, Referable[]>()
  const byName = new Map<string, Referable[]>()
  for (const one of all) {
    pushTo(byId, one.id, one)
    if (one.name !== undefined) pushTo(byName, one.name, one)
  }
  return (reference) => {
    const found = byId.get(reference) ?? byName.get(reference) ?? []
    const running = found.filter((one) => one.refused === undefined)
    return running.length > 0 ? running : found.slice(0, 1)
  }
}

/** Resolves one document; the body is undefined after findings of error severity. */
export function resolveCorrelation(
  document: SigmaCorrelation,
  lookup: Lookup,
  names: readonly string[],
): { readonly body: ResolvedBody | undefined; readonly report: Report } {
  const report = newReport(document.path)
  report.prefix = `rule "${document.title}": correlation: `
  const expression = expressionOf(report, document)
  const references = referencesOf(report, document, expression)
  const inputs = inputsOf(report, document, references, lookup, names)
  if (document.trapline?.schedule !== undefined) {
    fail(report, 'correlation-scheduled', 'runs as events arrive and takes no schedule', document)
  }
  const condition = typeof document.condition === 'string' ? undefined : document.condition
  checkCondition(report, document, condition)
  const isOrdered = document.type === 'temporal_ordered'
  if (report.diagnostics.some(({ severity }) => severity === 'error')) {
    return { body: undefined, report }
  }
  const { type, groupBy, timespan_ms, generate } = document
  const field = condition?.field
  const whole = [{ op: 'gte', value: inputs.length }] as const
  const isTemporal = type === 'temporal' || isOrdered
  const body: ResolvedBody = {
    ...{ type, inputs, groupBy, timespan_ms, generate },
    ops: condition?.ops ?? (isTemporal && (expression === undefined || isOrdered) ? whole : []),
    valueFields: field === undefined ? [] : typeof field === 'string' ? [field] : field,
    percentile: condition?.percentile,
    expression: isOrdered ? undefined : expression,
  }
  return { body, report }
}

/** Where a key's value stands, or else the document. */
function placeOf(document: SigmaCorrelation, key: string): Position {
  return document.places.get(key) ?? document
}

function expressionOf(report: Report, document: SigmaCorrelation): Condition | undefined {
  const { condition, rules } = document
  if (typeof condition !== 'string') return undefined
  if (!document.type.startsWith('temporal')) {
    const message = `condition: ${document.type} compares a number, like {gte: 10}, not text`
    fail(report, 'correlation-invalid', message, placeOf(document, 'condition'))
    return undefined
  }
  const words = condition.match(/[^\s()|]+/g) ?? []
  const names = rules.length > 0 ? rules : words.filter((word) => !KEYWORDS.test(word))
  const outcome = parseCondition(condition, names)
  if ('condition' in outcome) return outcome.condition
  const { code, message, offset } = outcome.problem
  const where = `condition: ${message} (at character ${offset + 1})`
  fail(report, code, where, placeOf(document, 'condition'))
  return undefined
}

const KEYWORDS = /^(?:and|or|not|of|them|all|any|\d+|.*\*.*)$/i

/** The inputs' names, for ordered boolean conditions in the order of the condition. */
function referencesOf(
  report: Report,
  document: SigmaCorrelation,
  expression: Condition | undefined,
): readonly string[] {
  if (expression === undefined) return document.rules
  const used = [...new Set(selectionsOf(expression))]
  if (document.type === 'temporal_ordered') {
    const plain = expression.kind === 'and' ? expression.args : [expression]
    if (!plain.every((arg) => arg.kind === 'selection')) {
      const message = 'condition: an order is only known for names joined by and'
      fail(report, 'correlation-condition-unsupported', message, placeOf(document, 'condition'))
    }
    return used
  }
  return document.rules.length > 0 ? document.rules : used
}

function inputsOf(
  report: Report,
  document: SigmaCorrelation,
  references: readonly string[],
  lookup: Lookup,
  names: readonly string[],
): CorrelationInput[] {
  const inputs: CorrelationInput[] = []
  const at = placeOf(document, document.rules.length > 0 ? 'rules' : 'condition')
  if (references.length > INPUTS_MAX) {
    fail(report, 'correlation-too-large', `names more than ${INPUTS_MAX} rules`, at)
    return inputs
  }
  for (const reference of references) {
    const found = lookup(reference)
    const [one] = found
    if (one === undefined) {
      const message = `no rule has the id or name "${reference}"${suggestion(reference, names)}`
      fail(report, 'correlation-rule-unknown', message, at)
    } else if (one.refused !== undefined) {
      const message = `the rule "${reference}" cannot run (${one.refused})`
      fail(report, 'correlation-rule-refused', message, at)
    } else if (one.scheduled === true) {
      const message = `the rule "${reference}" runs on a schedule: correlations read rules that run as events arrive`
      fail(report, 'correlation-rule-scheduled', message, at)
    } else if (found.length > 1) {
      const message = `"${reference}" is the name of ${found.length} rules; use the id`
      fail(report, 'correlation-rule-ambiguous', message, at)
    } else if (inputs.some((input) => input.id === one.id)) {
      fail(report, 'correlation-rule-repeated', `names "${reference}" twice`, at)
    } else {
      const aliases = aliasesOf(document, [reference, one.id, one.name])
      inputs.push({ id: one.id, kind: one.kind, name: reference, aliases })
    }
  }
  checkAliases(report, document, inputs, lookup)
  return inputs
}

function aliasesOf(
  document: SigmaCorrelation,
  calledBy: readonly (string | undefined)[],
): Readonly<Record<string, string>> {
  const own: Record<string, string> = {}
  for (const [alias, fields] of document.aliases) {
    for (const name of calledBy) {
      const field = name === undefined ? undefined : fields.get(name)
      if (field !== undefined) own[alias] = field
    }
  }
  return own
}

function checkAliases(
  report: Report,
  document: SigmaCorrelation,
  inputs: readonly CorrelationInput[],
  lookup: Lookup,
): void {
  const at = placeOf(document, 'aliases')
  for (const [alias, fields] of document.aliases) {
    for (const rule of fields.keys()) {
      const known = lookup(rule).some(({ id }) => inputs.some((input) => input.id === id))
      if (known) continue
      const message = `aliases: ${alias}: "${rule}" is none of its rules`
      // A rule that is there is only not read; a name that is none is misspelt.
      if (lookup(rule).length === 0) fail(report, 'correlation-alias-unknown-rule', message, at)
      else note(report, 'warning', 'correlation-alias-unknown-rule', message, at)
    }
    for (const input of inputs) {
      if (Object.hasOwn(input.aliases, alias)) continue
      const message = `aliases: ${alias}: says nothing of "${input.name}", whose field ${alias} is read`
      note(report, 'warning', 'correlation-alias-incomplete', message, at)
    }
  }
}

function checkCondition(
  report: Report,
  document: SigmaCorrelation,
  condition: CorrelationCondition | undefined,
): void {
  const { type } = document
  const isValue = type.startsWith('value_')
  const field = condition?.field
  const invalid = (message: string) =>
    fail(report, 'correlation-invalid', `condition: ${message}`, placeOf(document, 'condition'))
  if (isValue && field === undefined) invalid(`${type} needs a field`)
  if (!isValue && field !== undefined) invalid(`${type} looks at no field`)
  if (typeof field === 'object' && field !== null && type !== 'value_count') {
    invalid(`${type} takes one field`)
  }
  const percentile = condition?.percentile
  if (percentile === undefined) return
  if (type !== 'value_percentile') invalid(`percentile means nothing for ${type}`)
  else if (!(percentile >= 0 && percentile <= 100)) invalid('percentile goes from 0 to 100')
}

/** Ids of correlations that depend on themselves, or through too many levels. */
export function cyclic(
  bodies: ReadonlyMap<string, Pick<ResolvedBody, 'inputs'>>,
): ReadonlySet<string> {
  const depths = new Map<string, number>()
  const depthOf = (id: string, path: ReadonlySet<string>): number => {
    if (path.has(id) || path.size > LEVELS_MAX) return Number.POSITIVE_INFINITY
    const known = depths.get(id)
    if (known !== undefined) return known
    let depth = 1
    for (const input of bodies.get(id)?.inputs ?? []) {
      if (input.kind !== 'correlation') continue
      depth = Math.max(depth, 1 + depthOf(input.id, new Set([...path, id])))
    }
    if (path.size === 0) depths.set(id, depth)
    return depth
  }
  return new Set([...bodies.keys()].filter((id) => depthOf(id, new Set()) > LEVELS_MAX))
}
