// Processing pipelines in pySigma's YAML: read and checked. What they do is in `apply.ts`.
import type { Diagnostic } from '../diagnostic.ts'
import { parseCondition } from '../parse/condition.ts'
import { fail, newReport, type Report } from '../parse/report.ts'
import { suggestion } from '../parse/suggest.ts'
import { readYaml } from '../parse/yaml.ts'
import type { Condition, Position, Yaml } from '../rule.ts'
import {
  type CatalogueEntry,
  CONDITION_CATALOGUE,
  CONDITION_SETTINGS,
  type ConditionKind,
  PIPELINE_SETTINGS,
  STEP_SETTINGS,
  TRANSFORMATION_CATALOGUE,
} from './catalogue.ts'
import { checkSettings } from './check-settings.ts'
import { isTransformation, TRANSFORMATION_NAMES, type TransformationName } from './names.ts'
import { isMap, type Plain, type PlainMap, plainOf } from './values.ts'

export const PIPELINE_ITEMS_MAX = 10_000
const NESTING_MAX = 16

export interface ConditionSet {
  readonly conditions: ReadonlyMap<string, PlainMap>
  /** How they are joined. */
  readonly expression: Condition | undefined
}

export interface PipelineItem {
  readonly id: string | undefined
  readonly type: TransformationName
  readonly settings: PlainMap
  readonly rule: ConditionSet
  readonly item: ConditionSet
  readonly field: ConditionSet
  /** Of `nest`. */
  readonly items: readonly PipelineItem[]
  readonly at: Position
}

export interface Pipeline {
  readonly name: string
  readonly path: string
  /** Smaller first. */
  readonly priority: number
  readonly vars: ReadonlyMap<string, readonly string[]>
  readonly items: readonly PipelineItem[]
}

/** Reads a pipeline; undefined with error findings when it cannot be used as it is meant. */
export function parsePipeline(
  text: string,
  path: string,
): { readonly pipeline: Pipeline | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const [document, more] = readYaml(text, () => newReport(path))
  const report = document?.report ?? newReport(path)
  const at = document ?? { line: 1, column: 1 }
  const value = document?.value
  if (more !== undefined) fail(report, 'pipeline-shape', 'a file holds one pipeline', more)
  if (value?.kind !== 'map') {
    if (report.diagnostics.length === 0) {
      fail(report, 'pipeline-shape', 'a pipeline must be a map', at)
    }
    return { pipeline: undefined, diagnostics: report.diagnostics }
  }
  const pipeline = readPipeline(report, value, path)
  const failed = report.diagnostics.some(({ severity }) => severity === 'error')
  return { pipeline: failed ? undefined : pipeline, diagnostics: report.diagnostics }
}

type Map_ = Extract<Yaml, { readonly kind: 'map' }>

const KEYS = Object.keys(PIPELINE_SETTINGS)
/** Parts of pipelines that shape a query's text: there is none here. */
const QUERY_KEYS = ['postprocessing', 'finalizers']

function readPipeline(report: Report, own: Map_, path: string): Pipeline {
  for (const [key, entry] of own.entries) {
    if (QUERY_KEYS.includes(key)) {
      const message = `${key}: shapes the text of queries; Trapline runs rules itself`
      const used = !(entry.value.kind === 'list' && entry.value.items.length === 0)
      if (used) fail(report, `pipeline-${key}-unsupported`, message, entry.key)
    } else if (!KEYS.includes(key)) {
      fail(report, 'pipeline-shape', `unknown key ${key}${suggestion(key, KEYS)}`, entry.key)
    }
  }
  const plain = plainOf(own) as PlainMap
  const { name, priority, vars } = plain
  const list = own.entries.get('transformations')?.value
  if (list !== undefined && list.kind !== 'list') {
    fail(report, 'pipeline-shape', 'transformations: must be a list', list)
  }
  return {
    name: typeof name === 'string' ? name : path,
    path,
    priority: typeof priority === 'number' ? priority : 0,
    vars: varsOf(vars),
    items: list?.kind === 'list' ? readItems(report, list.items, 0) : [],
  }
}

function varsOf(vars: Plain | undefined): Map<string, readonly string[]> {
  const out = new Map<string, readonly string[]>()
  if (!isMap(vars)) return out
  for (const [name, value] of Object.entries(vars)) {
    const list = Array.isArray(value) ? (value as readonly Plain[]) : [value]
    out.set(name, list.map(String))
  }
  return out
}

function readItems(report: Report, items: readonly Yaml[], depth: number): PipelineItem[] {
  if (items.length > PIPELINE_ITEMS_MAX || depth > NESTING_MAX) {
    fail(report, 'pipeline-too-large', 'too many transformations, or too deep', items[0]!)
    return []
  }
  return items.flatMap((item) => readItem(report, item, depth) ?? [])
}

function readItem(report: Report, item: Yaml, depth: number): PipelineItem | undefined {
  const type = item.kind === 'map' ? item.entries.get('type')?.value : undefined
  if (item.kind !== 'map' || type?.kind !== 'string') {
    fail(report, 'pipeline-shape', 'a transformation must be a map with a type', item)
    return undefined
  }
  if (!isTransformation(type.text)) {
    const near = suggestion(type.text, TRANSFORMATION_NAMES)
    fail(report, 'pipeline-unknown-transformation', `type: unknown "${type.text}"${near}`, type)
    return undefined
  }
  const plain = plainOf(item) as PlainMap
  const placeOf = (key: string): Position => item.entries.get(key)?.key ?? item
  const entry = TRANSFORMATION_CATALOGUE[type.text]
  checkSettings(report, plain, type.text, entry, STEP_SETTINGS, placeOf)
  const nested = item.entries.get('items')?.value
  return {
    id: typeof plain['id'] === 'string' ? plain['id'] : undefined,
    type: type.text,
    settings: plain,
    rule: conditionsOf(report, item, plain, 'rule'),
    item: conditionsOf(report, item, plain, 'detection_item'),
    field: conditionsOf(report, item, plain, 'field_name'),
    items: nested?.kind === 'list' ? readItems(report, nested.items, depth + 1) : [],
    at: { line: item.line, column: item.column },
  }
}

/** `<prefix>_conditions` as a list or a map of names, with `_cond_op`, `_cond_not` or `_cond_expr`. */
function conditionsOf(
  report: Report,
  at: Position,
  plain: PlainMap,
  prefix: ConditionKind,
): ConditionSet {
  const catalogue: Readonly<Record<string, CatalogueEntry>> = CONDITION_CATALOGUE[prefix]
  const given = plain[`${prefix}_conditions`]
  const conditions = new Map<string, PlainMap>()
  const entries: [string, Plain][] = Array.isArray(given)
    ? (given as readonly Plain[]).map((one, n) => [`c${n}`, one])
    : Object.entries(isMap(given) ? given : {})
  for (const [name, condition] of entries) {
    const type = isMap(condition) ? condition['type'] : undefined
    if (!isMap(condition) || typeof type !== 'string' || !Object.hasOwn(catalogue, type)) {
      const near = suggestion(String(type), Object.keys(catalogue))
      fail(report, 'pipeline-unknown-condition', `${prefix}: unknown condition ${type}${near}`, at)
    } else {
      checkSettings(report, condition, type, catalogue[type]!, CONDITION_SETTINGS, () => at)
      conditions.set(name, condition)
    }
  }
  return { conditions, expression: expressionOf(report, at, plain, prefix, [...conditions.keys()]) }
}

function expressionOf(
  report: Report,
  at: Position,
  plain: PlainMap,
  prefix: string,
  names: readonly string[],
): Condition | undefined {
  const text = plain[`${prefix}_cond_expr`] ?? plain[`${prefix}_cond_expression`]
  if (typeof text === 'string') {
    const outcome = parseCondition(text, names)
    if ('condition' in outcome) return outcome.condition
    fail(report, 'pipeline-expression', `${prefix}_cond_expr: ${outcome.problem.message}`, at)
    return undefined
  }
  if (names.length === 0) return undefined
  const args = names.map((name): Condition => ({ kind: 'selection', name }))
  const kind = plain[`${prefix}_cond_op`] === 'or' ? 'or' : 'and'
  const joined: Condition = args.length === 1 ? args[0]! : { kind, args }
  return plain[`${prefix}_cond_not`] === true ? { kind: 'not', arg: joined } : joined
}
