// A mute as a Sigma filter: criteria to YAML, and YAML to a test of events. The filter is what counts; what
// acts at once and what Git takes over later are the same text.
import { stringify } from 'yaml'
import { fieldTarget } from '../../sigma/columns.ts'
import { compilePredicate, type EventPredicate } from '../../sigma/eval/predicate.ts'
import { filterApplies } from '../../sigma/filter.ts'
import type { Expr, Test } from '../../sigma/ir/expr.ts'
import { join } from '../../sigma/lower/item.ts'
import { lowerRule } from '../../sigma/lower/lower.ts'
import { parseRules } from '../../sigma/parse/rules.ts'
import type { LogSource, RuleFile, SigmaFilter } from '../../sigma/rule.ts'
import { formatWildcards } from '../../sigma/text/wildcard.ts'
import type { Criteria, CriteriaValue } from '../stores/state/suppressions.ts'
import { ServiceError } from './service-error.ts'

export const CRITERIA_FIELDS_MAX = 20
export const CRITERIA_VALUES_MAX = 100
export const CRITERIA_VALUE_MAX_CHARACTERS = 2_000
const SELECTION = 'selection'

/** What a filter document says beside its criteria. */
export interface FilterFacts {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly author: string
  /** `YYYY-MM-DD`. */
  readonly date: string
  /** Id of the one rule; undefined for every rule of the log source. */
  readonly ruleId: string | undefined
  readonly logsource: LogSource
  readonly criteria: Criteria
  readonly exception: {
    readonly id: string
    readonly owner: string
    readonly reason: string
    /** `YYYY-MM-DD`. */
    readonly expires: string
  }
}

/** A filter that can be asked. */
export interface MuteFilter {
  readonly filter: SigmaFilter
  /** Whether it means the rule of this text. Correlations are never meant, nor rules without an id. */
  appliesTo(ruleText: string): boolean
  /** Whether it hides an event of a rule that it means. */
  readonly hides: EventPredicate
  /** The events that it hides. */
  readonly expr: Expr
}

/** The criteria as an expression. Rejects `invalid` for what a Sigma filter cannot say. */
export function criteriaExpr(criteria: Criteria): Expr {
  const entries = Object.entries(criteria)
  if (entries.length === 0) throw invalid('criteria need at least one field')
  if (entries.length > CRITERIA_FIELDS_MAX)
    throw invalid(`criteria have at most ${CRITERIA_FIELDS_MAX} fields`)
  return join(
    'and',
    entries.map(([name, value]) => fieldExpr(name, valuesOf(value))),
  )
}

function fieldExpr(name: string, values: readonly CriteriaValue[]): Expr {
  if (name === '' || name.includes('|'))
    throw invalid(`"${name}" cannot be the name of a field in a Sigma filter`)
  if (values.length === 0) throw invalid(`${name}: needs at least one value`)
  if (values.length > CRITERIA_VALUES_MAX)
    throw invalid(`${name}: has at most ${CRITERIA_VALUES_MAX} values`)
  const target = fieldTarget(name)
  return join(
    'or',
    values.map((value) => ({ kind: 'match', target, test: testOf(name, value) })),
  )
}

function testOf(name: string, value: CriteriaValue): Test {
  if (typeof value === 'boolean') return { kind: 'boolean', value }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(Math.trunc(value)))
      throw invalid(`${name}: ${value} loses digits: give it as text`)
    return { kind: 'number', value, text: String(value) }
  }
  if (value.length > CRITERIA_VALUE_MAX_CHARACTERS)
    throw invalid(`${name}: a value has at most ${CRITERIA_VALUE_MAX_CHARACTERS} characters`)
  return { kind: 'equals', value, cased: false }
}

function valuesOf(value: Criteria[string]): readonly CriteriaValue[] {
  return typeof value === 'object' ? value : [value]
}

/** The Sigma filter of criteria as YAML. Rejects `invalid` for criteria that it cannot say. */
export function filterText(facts: FilterFacts): string {
  const { id, title, description, author, date, ruleId, logsource, criteria, exception } = facts
  const expr = criteriaExpr(criteria)
  const selection = Object.fromEntries(
    Object.entries(criteria).map(([name, value]) => [name, yamlValue(value)]),
  )
  const document = {
    ...{ title, id, status: 'experimental', description, author, date, logsource },
    filter: {
      rules: ruleId === undefined ? 'any' : [ruleId],
      [SELECTION]: selection,
      condition: `not ${SELECTION}`,
    },
    trapline: { owner: exception.owner, exceptions: [exception] },
  }
  const text = stringify(document, { indent: 4, lineWidth: 0 })
  if (JSON.stringify(readFilter(text).expr) !== JSON.stringify(expr))
    throw invalid('a value of the criteria cannot be written as a Sigma filter')
  return text
}

function yamlValue(value: Criteria[string]): CriteriaValue | readonly CriteriaValue[] {
  const escaped = valuesOf(value).map((one) =>
    typeof one === 'string' ? formatWildcards([{ literal: one }]) : one,
  )
  return typeof value === 'object' ? escaped : escaped[0]!
}

/** A stored filter, compiled. Throws `invalid` for a text that is no filter. */
export function readFilter(text: string): MuteFilter {
  const [document] = parseRules(text, { path: 'filter.yml' }).documents
  const filter = document?.value
  const lowered = filter?.kind === 'filter' ? lowerRule(filter) : undefined
  const expr = lowered?.selections.get(SELECTION)
  if (filter?.kind !== 'filter' || expr === undefined) {
    const why = document?.diagnostics[0] ?? lowered?.diagnostics[0]
    throw invalid(`not a filter that can run: ${why?.message ?? 'no filter'}`)
  }
  return {
    filter,
    expr,
    hides: compilePredicate(expr),
    appliesTo: (ruleText) =>
      parseRules(ruleText, { path: 'rule.yml' }).documents.some(
        ({ value }) => value?.kind === 'rule' && filterApplies(filter, value),
      ),
  }
}

/** Ids of the filters among files of content. */
export function filterIdsOf(files: readonly RuleFile[]): readonly string[] {
  return files
    .filter(({ text }) => /^filter:/m.test(text))
    .flatMap(({ path, text }) => parseRules(text, { path }).documents)
    .flatMap(({ value }) => (value?.kind === 'filter' && value.id !== undefined ? [value.id] : []))
}

function invalid(message: string): ServiceError {
  return new ServiceError('invalid', message)
}
