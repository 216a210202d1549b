// Correlation documents, read into values. Their engine is not here: loading refuses them by name.
import {
  CORRELATION_OPS,
  CORRELATION_TYPES,
  type CorrelationCondition,
  type CorrelationOp,
  type Position,
  type SigmaCorrelation,
} from '../rule.ts'
import {
  type Entries,
  isScalar,
  kindName,
  mapOf,
  positionOf,
  refuseUnknownKeys,
  textOf,
  textsOf,
  wordOf,
} from './reader.ts'
import { fail, type Report } from './report.ts'
import { booleanOf, decimalOf } from './scalars.ts'

const KEYS = ['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate']
/** What drafts of the specification and other tools call the timespan. */
const MEANT = new Map([
  ['timeframe', 'timespan'],
  ['window', 'timespan'],
])
const CONDITION_KEYS: readonly string[] = [...CORRELATION_OPS, 'field', 'percentile']
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  // As pySigma has them: a twelfth of a year of 365.2425 days, and that year.
  M: 2_629_746_000,
  y: 31_556_952_000,
}

type CorrelationBody = Pick<
  SigmaCorrelation,
  'type' | 'rules' | 'groupBy' | 'timespan_ms' | 'condition' | 'aliases' | 'generate' | 'places'
>

/** Reads the `correlation` map, or undefined with findings. */
export function readCorrelation(
  report: Report,
  entries: Entries,
  at: Position,
): CorrelationBody | undefined {
  const own = mapOf(report, entries, 'correlation')
  if (own === undefined) return undefined
  refuseUnknownKeys(report, own, KEYS, 'correlation-invalid', 'correlation', MEANT)
  const type = wordOf(report, own, 'type', CORRELATION_TYPES, 'error')
  const rules = scalarOrList(report, own, 'rules')
  const timespan_ms = readTimespan(report, own, at)
  const condition = readCondition(report, own)
  const given = own.get('type')?.value
  if (given === undefined || given.kind === 'null')
    fail(report, 'correlation-invalid', 'correlation: has no type', at)
  const extended = typeof condition === 'string' && type?.startsWith('temporal')
  if (rules.length === 0 && !extended) {
    fail(report, 'correlation-invalid', 'correlation: names no rules', at)
  }
  if (type === undefined || timespan_ms === undefined) return undefined
  if (condition === undefined && !type.startsWith('temporal')) {
    fail(report, 'correlation-invalid', `correlation: ${type} needs a condition`, at)
  }
  return {
    type,
    rules,
    groupBy: scalarOrList(report, own, 'group-by'),
    timespan_ms,
    condition,
    aliases: readAliases(report, own),
    generate: readGenerate(report, own),
    places: new Map([...own].map(([key, { value: at }]) => [key, positionOf(at)])),
  }
}

function readGenerate(report: Report, own: Entries): boolean {
  const value = own.get('generate')?.value
  if (value === undefined || value.kind === 'null') return false
  const generate = isScalar(value) ? booleanOf(value) : undefined
  if (generate === undefined) {
    fail(report, 'correlation-invalid', 'correlation: generate: must be true or false', value)
  }
  return generate ?? false
}

function scalarOrList(report: Report, entries: Entries, key: string): string[] {
  const value = entries.get(key)?.value
  if (value !== undefined && isScalar(value)) return value.kind === 'null' ? [] : [value.text]
  return textsOf(report, entries, key)
}

function readTimespan(report: Report, own: Entries, at: Position): number | undefined {
  const text = textOf(report, own, 'timespan')
  const match = /^(\d{1,9})([smhdwMy])$/.exec(text ?? '')
  const unit = UNIT_MS[match?.[2] ?? '']
  if (match !== null && unit !== undefined && Number(match[1]) > 0) return Number(match[1]) * unit
  const found = text === undefined ? 'has no timespan' : `timespan "${text}" is none like 5m or 1h`
  fail(report, 'correlation-invalid', `correlation: ${found}`, own.get('timespan')?.value ?? at)
  return undefined
}

function readCondition(report: Report, own: Entries): CorrelationCondition | string | undefined {
  const value = own.get('condition')?.value
  if (value === undefined) return undefined
  if (isScalar(value)) return value.text
  if (value.kind === 'list') {
    fail(report, 'correlation-invalid', 'correlation: condition: must be a map or text', value)
    return undefined
  }
  const { entries } = value
  refuseUnknownKeys(
    report,
    entries,
    CONDITION_KEYS,
    'correlation-invalid',
    'correlation: condition',
  )
  const ops: { op: CorrelationOp; value: number }[] = []
  for (const op of CORRELATION_OPS) {
    const bound = entries.get(op)?.value
    if (bound === undefined) continue
    const number = isScalar(bound) ? decimalOf(bound) : undefined
    if (number !== undefined) ops.push({ op, value: number })
    else fail(report, 'correlation-invalid', `correlation: ${op}: must be a number`, bound)
  }
  if (ops.length === 0) {
    fail(report, 'correlation-invalid', 'correlation: condition: compares with nothing', value)
  }
  const fields = scalarOrList(report, entries, 'field')
  const percentile = entries.get('percentile')?.value
  const percent =
    percentile !== undefined && isScalar(percentile) ? decimalOf(percentile) : undefined
  if (percentile !== undefined && percent === undefined) {
    fail(report, 'correlation-invalid', 'correlation: percentile: must be a number', percentile)
  }
  return {
    ops,
    field: fields.length > 1 ? fields : fields[0],
    percentile: percent,
  }
}

function readAliases(
  report: Report,
  own: Entries,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const aliases = new Map<string, Map<string, string>>()
  for (const [alias, entry] of mapOf(report, own, 'aliases') ?? []) {
    const fields = new Map<string, string>()
    if (entry.value.kind !== 'map') {
      const message = `correlation: aliases: ${alias}: must be a map, not ${kindName(entry.value)}`
      fail(report, 'correlation-invalid', message, entry.value)
      continue
    }
    for (const rule of entry.value.entries.keys()) {
      const field = textOf(report, entry.value.entries, rule)
      if (field !== undefined) fields.set(rule, field)
    }
    aliases.set(alias, fields)
  }
  return aliases
}
