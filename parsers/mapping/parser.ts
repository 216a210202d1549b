// A mapping table as a parser.
import type { EventLogSource, Fields, FieldValue, Pivots } from '../../sigma/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from '../event.ts'
import { isFields } from '../json-text.ts'
import { usTime } from '../time/us.ts'
import { parseTime } from '../time.ts'
import { compileMapping, type Mapping } from './compile.ts'
import type { Program } from './program.ts'
import type { Values } from './slots.ts'

/** The JSON that a table is applied to where the product's events come wrapped in something. */
export type Unwrap = (json: Fields) => Fields

/** The parser of a table. Times without a zone are UTC, as in every cloud's logs. A table of the same name in the
 * context takes its place. `wrappers` are the keys under which `unwrap` looks. */
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
 * source where the caller knows it better than the table. `program`: of the mapping. */
export function applyMapping(
  mapping: Mapping,
  json: Fields,
  context: ParseContext,
  raw: boolean,
  known?: EventLogSource,
  program = mapping.program,
): Parsed | EventError {
  const { names, values } = mapping
  values.fill(undefined)
  for (const name in json) {
    const slot = names.get(name)
    if (slot !== undefined) values[slot] = json[name]
  }
  const fields = program.fields(json, values)
  const time = timeOf(program, values, context)
  const logsource = known ?? logsourceOf(program, values)
  if (logsource === undefined) {
    return {
      code: `${mapping.name}-kind-unknown`,
      message: `${mapping.title}: unknown kind of log`,
    }
  }
  const pivots: { -readonly [name in keyof Pivots]: Pivots[name] } = {}
  for (const { name, read } of program.pivots) {
    const found = read(values)
    if (found !== undefined) pivots[name] = found as string | number
  }
  const message = program.message(values)
  const fieldsAreRaw = raw && fields === json
  return time === undefined
    ? { logsource, pivots, message, fields, fieldsAreRaw }
    : { time, logsource, pivots, message, fields, fieldsAreRaw }
}

function logsourceOf({ logsources }: Program, values: Values): EventLogSource | undefined {
  for (const { test, logsource } of logsources) if (test(values)) return logsource
  return undefined
}

function timeOf({ time: readers }: Program, values: Values, context: ParseContext) {
  for (const read of readers) {
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
