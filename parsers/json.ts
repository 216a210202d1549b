// Generic JSON: any object. Its fields are the object itself, except in the envelope
// `{source, host, message, fields}`, whose inner `fields` are the event's.
import type { Fields } from '../sigma/event.ts'
import { findCommon } from './common.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { isFields } from './json-text.ts'
import { declaredLogSource } from './logsource.ts'

/** Keys that may stand beside `fields` in an envelope; another key makes the object an ordinary event. */
const ENVELOPE_KEYS: ReadonlySet<string> = new Set([
  'source',
  'host',
  'hostname',
  'message',
  'fields',
  'time',
  'timestamp',
  '@timestamp',
  'severity',
  'level',
  'product',
  'category',
  'service',
  'logsource',
  'source_type',
  'sourcetype',
  'event_type',
  'action',
  'outcome',
  'user',
  'username',
  'source_ip',
  'src_ip',
  'tags',
  'index',
])

/** The inner fields of an envelope, or undefined when the object is none. */
export function envelopeFields(json: Fields): Fields | undefined {
  const inner = json.fields
  if (inner === undefined || !isFields(inner) || typeof json.message !== 'string') return undefined
  for (const key in json) if (!ENVELOPE_KEYS.has(key)) return undefined
  return inner
}

/** The label that an event names itself: `source`, else `source_type`. */
export function ownSource(json: Fields): string | undefined {
  const source = json.source
  if (typeof source === 'string' && source !== '') return source
  const type = json.source_type
  return typeof type === 'string' && type !== '' ? type : undefined
}

function parse(input: ParserInput, context: ParseContext): Parsed | EventError {
  const { json } = input
  if (json === undefined) return { code: 'json-not-object', message: 'not a JSON object' }
  const inner = envelopeFields(json)
  const { time, message, pivots } = findCommon(json, inner, context)
  return {
    ...(time === undefined ? NO_TIME : { time }),
    logsource: declaredLogSource(json),
    pivots,
    message: message ?? '',
    fields: inner === undefined ? json : lifted(json, inner),
    fieldsAreRaw: inner === undefined,
  }
}

const NO_TIME = Object.freeze({})

/** The envelope's keys without `fields`, and the inner fields, which win. */
function lifted(json: Fields, inner: Fields): Fields {
  const { fields: _fields, ...outer } = json
  return { ...outer, ...inner }
}

export const json: Parser = {
  name: 'json',
  title: 'JSON and NDJSON',
  aliases: ['ndjson', 'jsonl'],
  recognise: (input) => input.json !== undefined,
  parse,
}
