// Events as `trapline parse --json` prints them: the same events again.
import {
  type EventLogSource,
  type Fields,
  type FieldValue,
  PIVOTS,
  type Pivots,
} from '../sigma/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { isFields } from './json-text.ts'
import { closedLogSource, declaredLogSource, OPEN_LOGSOURCE } from './logsource.ts'
import { parseTime } from './time.ts'
import { pivotValue } from './values.ts'

/** Log sources remembered: events of one kind share theirs. */
const LOGSOURCES_MAX = 1024
const logsources = new Map<string, EventLogSource>()
/** The parser of events whose log source is what they declare, not all that they are. */
const GENERIC = 'json'

/** Whether JSON is an event as `trapline parse --json` prints it. */
export function isParsedEvent(json: Fields): boolean {
  const { parser, fields, logsources: own } = json
  if (typeof parser !== 'string' || fields === undefined || own === undefined) return false
  return isFields(fields) && isFields(own) && isTexts(own.category) && isTexts(own.service)
}

function isTexts(value: FieldValue | undefined): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function logsourceOf({ parser, logsources: own }: Fields): EventLogSource {
  const key = JSON.stringify([parser === GENERIC, own])
  const known = logsources.get(key)
  if (known !== undefined) return known
  const { product, category, service } = own as Fields
  const isEmpty = product === undefined && `${category}${service}` === ''
  const name = typeof product === 'string' ? product : undefined
  const made = isEmpty
    ? OPEN_LOGSOURCE
    : parser === GENERIC
      ? declaredLogSource(own as Fields)
      : closedLogSource(name, category as string[], service as string[])
  if (logsources.size >= LOGSOURCES_MAX) logsources.clear()
  logsources.set(key, made)
  return made
}

function parse({ json }: ParserInput, context: ParseContext): Parsed | EventError {
  if (json === undefined || !isParsedEvent(json)) {
    return { code: 'not-parsed', message: 'not an event as `trapline parse --json` prints it' }
  }
  const time = json.time === undefined ? undefined : parseTime(json.time, context)
  const pivots = PIVOTS.flatMap((name) => {
    const value = json[name]
    const own = value === undefined ? undefined : pivotValue(name, value)
    return own === undefined ? [] : [[name, own]]
  })
  return {
    ...(time === undefined ? {} : { time }),
    logsource: logsourceOf(json),
    pivots: Object.fromEntries(pivots) as Pivots,
    message: typeof json.message === 'string' ? json.message : '',
    fields: json.fields as Fields,
  }
}

export const parsed: Parser = {
  name: 'parsed',
  title: 'What `trapline parse --json` prints',
  keys: ['logsources'],
  jsonOnly: true,
  recognise: ({ json }) => json !== undefined && isParsedEvent(json),
  parse,
}
