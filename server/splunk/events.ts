// HEC's body to texts of events: JSON objects one after another, each with an event and what is known of it.
import { z } from 'zod'
import { isFields, JsonError, parseJsonText } from '../../parsers/json-text.ts'
import { parserOfSourcetype } from '../../parsers/sourcetypes.ts'
import { documentEnd } from '../ingest/json-scan.ts'
import { HecError } from './replies.ts'

/** What query parameters set for events that do not say it themselves. */
export interface HecDefaults {
  readonly time?: string | undefined
  readonly host?: string | undefined
  readonly source?: string | undefined
  readonly sourcetype?: string | undefined
  readonly index?: string | undefined
}

/** Texts that share a label, in order. */
export interface HecGroup {
  readonly source: string | undefined
  readonly texts: readonly string[]
}

const Metadata = z.object({
  time: z.union([z.number(), z.string()]).nullish(),
  host: z.string().nullish(),
  source: z.string().nullish(),
  sourcetype: z.string().nullish(),
  index: z.string().nullish(),
})
type Metadata = z.infer<typeof Metadata>

const SPACE = /\s/

/** The events of a body to `/services/collector/event`. Throws `HecError` with the event's number; nothing of
 * such a body is taken, as Splunk takes nothing. */
export function hecEvents(body: string, defaults: HecDefaults): readonly HecGroup[] {
  const groups = new Map<string | undefined, string[]>()
  let at = skipSpace(body, 0)
  for (let number = 0; at < body.length; number++) {
    const end = body[at] === '{' ? documentEnd(body, at) : -1
    if (end < 0) throw new HecError('invalidFormat', number)
    const { source, text } = oneEvent(body.slice(at, end), defaults, number)
    const texts = groups.get(source)
    if (texts === undefined) groups.set(source, [text])
    else texts.push(text)
    at = skipSpace(body, end)
  }
  if (groups.size === 0) throw new HecError('noData')
  return [...groups].map(([source, texts]) => ({ source, texts }))
}

/** The events of a body to `/services/collector/raw`: its lines. */
export function hecLines(body: string, defaults: HecDefaults): readonly HecGroup[] {
  const lines = body.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (lines.length === 0) throw new HecError('noData')
  const { time, host, source, sourcetype } = defaults
  const known = { time, host, source, sourcetype }
  const isBare = time === undefined && host === undefined
  const texts = isBare ? lines : lines.map((line) => carrier(line, known, undefined))
  return [{ source: labelOf(known), texts }]
}

function oneEvent(
  text: string,
  defaults: HecDefaults,
  number: number,
): { readonly source: string | undefined; readonly text: string } {
  const document = objectOf(text)
  if (document === undefined) throw new HecError('invalidFormat', number)
  const parsed = Metadata.safeParse(document)
  if (!parsed.success) throw new HecError('invalidFormat', number)
  const { event, fields } = document
  if (!isTime(parsed.data.time)) throw new HecError('invalidFormat', number)
  if (event === undefined || event === null) throw new HecError('eventRequired', number)
  if (typeof event === 'string' && event.trim() === '') throw new HecError('eventBlank', number)
  if (fields !== undefined && fields !== null && !isFlat(fields)) {
    throw new HecError('fieldsInvalid', number)
  }
  const known = withDefaults(parsed.data, defaults)
  const indexed = fields as Record<string, unknown> | undefined | null
  return { source: labelOf(known), text: textOf(event, known, indexed ?? undefined) }
}

/** Seconds since 1970, or (unlike Splunk) ISO 8601. */
function isTime(time: Metadata['time']): boolean {
  if (!isGiven(time)) return true
  const seconds = Number(time)
  return Number.isNaN(seconds) ? !Number.isNaN(Date.parse(String(time))) : seconds >= 0
}

/** An object's own text with what it lacks; a string as the line that a carrier carries. */
function textOf(
  event: unknown,
  known: Metadata,
  fields: Record<string, unknown> | undefined,
): string {
  if (typeof event !== 'object' || event === null) {
    return carrier(typeof event === 'string' ? event : JSON.stringify(event), known, fields)
  }
  if (Array.isArray(event)) return carrier(JSON.stringify(event), known, fields)
  const own = event as Record<string, unknown>
  const hasTime = TIME_KEYS.some((key) => own[key] !== undefined)
  return JSON.stringify({
    ...fields,
    ...own,
    ...(hasTime || !isGiven(known.time) ? {} : { _time: known.time }),
    ...(own.host !== undefined || !isGiven(known.host) ? {} : { host: known.host }),
  })
}

/** Names under which an event has its own time. */
const TIME_KEYS = ['@timestamp', 'timestamp', 'time', '_time', 'eventTime', 'published', 'ts']

function carrier(
  line: string,
  { time, host, sourcetype, source }: Metadata,
  fields: Record<string, unknown> | undefined,
): string {
  return JSON.stringify({
    message: line,
    ...(isGiven(time) ? { time } : {}),
    ...(isGiven(host) ? { host } : {}),
    ...(isGiven(sourcetype) ? { sourcetype } : {}),
    ...(isGiven(source) ? { path: source } : {}),
    ...(fields === undefined ? {} : { fields }),
  })
}

/** The label: the parser that a sourcetype means, else the sourcetype, else the source. */
function labelOf({ sourcetype, source }: Metadata): string | undefined {
  if (isGiven(sourcetype) && !GENERIC_SOURCETYPES.has(sourcetype.toLowerCase())) {
    return parserOfSourcetype(sourcetype) ?? sourcetype
  }
  return isGiven(source) ? source : undefined
}

/** Sourcetypes that only say how an event was sent. */
const GENERIC_SOURCETYPES: ReadonlySet<string> = new Set(['_json', 'httpevent', 'json', 'generic'])

function withDefaults(own: Metadata, defaults: HecDefaults): Metadata {
  return {
    time: own.time ?? defaults.time,
    host: own.host ?? defaults.host,
    source: own.source ?? defaults.source,
    sourcetype: own.sourcetype ?? defaults.sourcetype,
  }
}

function isGiven<T extends string | number>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null && value !== ''
}

/** Indexed fields hold texts, numbers and lists of them, nothing nested. */
function isFlat(fields: unknown): boolean {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return false
  return Object.values(fields).every((value) =>
    (Array.isArray(value) ? value : [value]).every((v) => typeof v !== 'object' || v === null),
  )
}

/** Numbers that a double would change keep their digits. */
function objectOf(text: string): Record<string, unknown> | undefined {
  const value = parseJsonText(text)
  return value instanceof JsonError || !isFields(value) ? undefined : { ...value }
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && SPACE.test(text[at]!)) at++
  return at
}
