// A mapping table as a parser.
import {
  type EventLogSource,
  type Fields,
  type FieldValue,
  PIVOTS,
  type PivotName,
  type Pivots,
} from '../../sigma/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from '../event.ts'
import { isFields } from '../json-text.ts'
import { closedLogSource } from '../logsource.ts'
import { parseTime } from '../time.ts'
import { pivotValue } from '../values.ts'
import { compileAny, compileCondition, type Test } from './condition.ts'
import { compileFields, type FieldAdder } from './fields.ts'
import { compileMessage, type MessageReader } from './message.ts'
import { compilePath } from './path.ts'
import { compileRules } from './rules.ts'
import { createSlots, type SlotReader, type Slots, type Values } from './slots.ts'
import { type Condition, type MappingTable, mappingTable } from './table.ts'
import { usTime } from './us-time.ts'

/** A table ready to run. */
export interface Mapping {
  readonly name: string
  readonly title: string
  readonly aliases: readonly string[]
  readonly recognises: Test<Fields>
  /** Top-level keys of which whatever it recognises has one; undefined where no condition asks for any. */
  readonly keys: readonly string[] | undefined
  readonly accepts: Test<Fields>
  readonly slots: Slots
  readonly logsources: readonly {
    readonly test: Test<Values>
    readonly logsource: EventLogSource
  }[]
  readonly time: readonly SlotReader[]
  readonly message: MessageReader
  readonly pivots: readonly (readonly [PivotName, SlotReader])[]
  readonly fields: FieldAdder
}

/** Compiles a table out of a YAML file's value. Throws what is wrong with it. */
export function compileMapping(value: unknown): Mapping {
  const table = mappingTable(value)
  const slots = createSlots()
  return {
    name: table.name,
    title: table.title,
    aliases: table.aliases,
    recognises: compileAny(table.recognise),
    keys: tellingKeys(table.recognise),
    // What is surely this product is never refused.
    accepts: compileAny([...table.accept, ...table.recognise]),
    slots,
    logsources: table.logsources.map((rule) => ({
      test: rule.when === undefined ? () => true : compileCondition(rule.when, slots.reader),
      logsource: closedLogSource(rule.product ?? table.product, rule.category ?? [], rule.service),
    })),
    time: table.time.map(slots.reader),
    message: compileMessage(table.message, slots),
    pivots: pivotReaders(table, slots),
    fields: compileFields(table, slots),
  }
}

/** One key of each condition, as a path's first step and as a whole. */
function tellingKeys(conditions: readonly Condition[]): readonly string[] | undefined {
  const keys = new Set<string>()
  for (const { has = [], is = {} } of conditions) {
    const path = has[0] ?? Object.keys(is)[0]
    if (path === undefined) return undefined
    keys.add(path)
    keys.add(compilePath(path).steps[0]!.key)
  }
  return [...keys]
}

function pivotReaders(
  table: MappingTable,
  slots: Slots,
): readonly (readonly [PivotName, SlotReader])[] {
  return PIVOTS.flatMap((name) => {
    const rules = table.pivots[name]
    return rules === undefined
      ? []
      : [[name, compileRules(rules, (value) => pivotValue(name, value), slots)] as const]
  })
}

/** The JSON that a table is applied to where the product's events come wrapped in something. */
export type Unwrap = (json: Fields) => Fields

/** The parser of a table. Times without a zone are UTC, as in every cloud's logs. A table of the same name in the context takes its place.
 * `wrappers` are the keys under which `unwrap` looks. */
export function mappedParser(
  value: unknown,
  unwrap: Unwrap = (json) => json,
  wrappers: readonly string[] = [],
): Parser {
  const own = compileMapping(value)
  const { name, title, aliases, keys } = own
  return {
    name,
    title,
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(keys === undefined ? {} : { keys: [...keys, ...wrappers] }),
    jsonOnly: true,
    recognise({ json }, context) {
      return json !== undefined && (context.mappings?.get(name) ?? own).recognises(unwrap(json))
    },
    parse(input: ParserInput, context: ParseContext) {
      const { json } = input
      const mapping = context.mappings?.get(name) ?? own
      const inner = json === undefined ? undefined : unwrap(json)
      if (inner === undefined || !mapping.accepts(inner)) {
        return { code: `${name}-no-event`, message: `no event of ${title}: its keys are missing` }
      }
      const utc = context.timeZone === 'UTC' ? context : { ...context, timeZone: 'UTC' }
      return applyMapping(mapping, inner, utc, inner === json)
    },
  }
}

/** The event of JSON that a mapping accepts. `raw`: the JSON is exactly the input's text. `known`: its log
 * source where the caller knows it better than the table. */
export function applyMapping(
  mapping: Mapping,
  json: Fields,
  context: ParseContext,
  raw: boolean,
  known?: EventLogSource,
): Parsed | EventError {
  const values = mapping.slots.load(json)
  const fields = mapping.fields(json, values)
  const time = timeOf(mapping, values, context)
  const logsource = known ?? mapping.logsources.find(({ test }) => test(values))?.logsource
  if (logsource === undefined) {
    return {
      code: `${mapping.name}-kind-unknown`,
      message: `${mapping.title}: unknown kind of log`,
    }
  }
  const pivots: { -readonly [name in keyof Pivots]: Pivots[name] } = {}
  for (const [name, read] of mapping.pivots) {
    const found = read(values)
    if (found !== undefined) pivots[name] = found as string | number
  }
  return {
    ...(time === undefined ? {} : { time }),
    logsource,
    pivots,
    message: mapping.message(values),
    fields,
    fieldsAreRaw: raw && fields === json,
  }
}

function timeOf(mapping: Mapping, values: Values, context: ParseContext): number | undefined {
  for (const read of mapping.time) {
    const value = read(values)
    const time = value === undefined ? undefined : timeIn(firstOf(value), context)
    if (time !== undefined) return time
  }
  return undefined
}

/** Cloud services of .NET also write `11/14/2025 1:48:53 AM`. */
function timeIn(value: FieldValue, context: ParseContext): number | undefined {
  return (
    parseTime(value, context) ?? (typeof value === 'string' ? usTime(value, context) : undefined)
  )
}

function firstOf(value: FieldValue): FieldValue {
  return Array.isArray(value) ? (value[0] ?? null) : isFields(value) ? null : value
}
