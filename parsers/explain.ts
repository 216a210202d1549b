// Where each part of a normalised event came from: the input as it is, the header around it, the parser's
// mapping, or the normaliser's defaults. Found by looking at what each step had, so it holds for every parser.
import {
  type Fields,
  type FieldValue,
  PIVOTS,
  type PivotName,
  type Pivots,
} from '../sigma/event.ts'
import { choose } from './choose.ts'
import type { NormalisedEvent } from './event.ts'
import { ownSource } from './json.ts'
import { isFields, JsonError, parseJsonObject } from './json-text.ts'
import { type NormaliseOptions, ORIGINAL_TIME_FIELD } from './normalise.ts'
import { syslogFields } from './syslog/fields.ts'
import { splitSyslog } from './syslog-header.ts'
import { parsersNamed } from './table.ts'
import { parseEventXml } from './windows/xml.ts'

/** The step that set each part, in words. */
export interface Explanation {
  /** Why this parser read the input. */
  readonly parser: string
  readonly time: string
  readonly pivots: { readonly [name in PivotName]?: string }
  readonly fields: { readonly [name: string]: string }
}

/** Leaves of an input that are looked at for where a value stood. */
const LEAVES_MAX = 4096

/** Explains `event`, which `normalise(text, options)` gave. */
export function explain(
  text: string,
  event: NormalisedEvent,
  options: NormaliseOptions,
): Explanation {
  const json = parseJsonObject(text)
  const decoded = json instanceof JsonError ? undefined : (json ?? parseEventXml(text))
  const input = { text, json: json instanceof JsonError ? undefined : json }
  const chosen = json instanceof JsonError ? undefined : choose(input, options.source, options)
  const parsed = chosen === undefined || 'code' in chosen ? undefined : chosen.parsed
  const step = `parser ${event.parser}`
  const leaves = decoded === undefined ? NO_LEAVES : leavesOf(decoded)
  return {
    parser: parserReason(event, input.json, options.source),
    time: timeReason(event, parsed?.time, step),
    pivots: pivotReasons(event, parsed?.pivots ?? {}, step, options),
    fields: fieldReasons(text, event, leaves, step, options),
  }
}

function parserReason(
  event: NormalisedEvent,
  json: Fields | undefined,
  source: string | undefined,
): string {
  if (event.error !== undefined) return `none could read it: ${event.error.message}`
  const own = json === undefined ? undefined : ownSource(json)
  const isNamed = (name: string | undefined) =>
    name !== undefined && parsersNamed(name).some((parser) => parser.name === event.parser)
  if (isNamed(own)) return `named by the event itself (${own})`
  return isNamed(source) ? `named by --source ${source}` : 'recognised'
}

function timeReason(event: NormalisedEvent, own: number | undefined, step: string): string {
  if (event.timeReplaced) return 'receipt: its own time is out of bounds'
  return own === undefined ? 'receipt: the input has no readable time' : step
}

function pivotReasons(
  event: NormalisedEvent,
  own: Pivots,
  step: string,
  options: NormaliseOptions,
): Explanation['pivots'] {
  const reasons: { -readonly [name in PivotName]?: string } = {}
  for (const name of PIVOTS) {
    const value = event.pivots[name]
    if (value === undefined) continue
    if (own[name] !== undefined) {
      const field = fieldWith(event.fields, value, USUAL_FIELDS[name] ?? [])
      reasons[name] = field === undefined ? step : `${step}, field ${field}`
    } else if (name === 'host' && options.host !== undefined) reasons.host = 'sender'
    else if (name === 'severity') {
      const byPattern = value !== 'informational'
      reasons.severity = byPattern ? 'severity patterns, message' : 'default'
    } else reasons[name] = 'normaliser'
  }
  return reasons
}

/** Where a value may stand in several fields, those that it is surely from. */
const USUAL_FIELDS: { readonly [name in PivotName]?: readonly string[] } = {
  host: ['Computer', 'hostname', 'host'],
  user: ['User', 'SubjectUserName', 'TargetUserName', 'user'],
}

/** The field that holds a column's value, also inside a longer text like `LAB\anna`. */
function fieldWith(
  fields: Fields,
  value: string | number,
  usual: readonly string[],
): string | undefined {
  const text = String(value)
  for (const name of usual) if (String(fields[name]) === text) return name
  for (const name in fields) if (String(fields[name]) === text) return name
  for (const name in fields) {
    const other = fields[name]
    if (typeof other === 'string' && text.length > 2 && other.includes(text)) return name
  }
  return undefined
}

function fieldReasons(
  text: string,
  event: NormalisedEvent,
  leaves: Leaves,
  step: string,
  options: NormaliseOptions,
): Explanation['fields'] {
  const line = splitSyslog(text, options)
  const header: Fields = line === undefined ? {} : syslogFields(line)
  const reasons: [string, string][] = []
  for (const [name, value] of Object.entries(event.fields)) {
    reasons.push([name, fieldReason(name, value, header, leaves, event.fields, step)])
  }
  return Object.fromEntries(reasons)
}

function fieldReason(
  name: string,
  value: FieldValue,
  header: Fields,
  leaves: Leaves,
  fields: Fields,
  step: string,
): string {
  if (name === ORIGINAL_TIME_FIELD) return 'normaliser: time out of bounds'
  const key = keyOf(value)
  const path = leaves.byName.get(`${name}\n${key}`)
  if (path !== undefined) return `input ${path}`
  if (header[name] !== undefined && keyOf(header[name]) === key) return 'syslog header'
  if (typeof value === 'string' && value !== '') {
    for (const other in fields) {
      if (other === name) break
      if (fields[other] === value) return `${step}, as ${other}`
    }
    const renamed = leaves.byValue.get(key)
    if (renamed !== undefined) return `${step}, input ${renamed}`
  }
  return step
}

interface Leaves {
  readonly byName: ReadonlyMap<string, string>
  readonly byValue: ReadonlyMap<string, string>
}

const NO_LEAVES: Leaves = { byName: new Map(), byValue: new Map() }

/** Every member of a document by its last name and value, and by value alone. */
function leavesOf(document: Fields): Leaves {
  const byName = new Map<string, string>()
  const byValue = new Map<string, string>()
  const open: [path: string, object: Fields][] = [['', document]]
  for (let at = 0; at < open.length && byName.size < LEAVES_MAX; at++) {
    const [path, object] = open[at]!
    for (const [name, value] of Object.entries(object)) {
      const place = path === '' ? name : `${path}.${name}`
      const key = keyOf(value)
      if (!byName.has(`${name}\n${key}`)) byName.set(`${name}\n${key}`, place)
      if (!byValue.has(key)) byValue.set(key, place)
      if (isFields(value)) open.push([place, value])
    }
  }
  return { byName, byValue }
}

/** Equal for equal values; numbers and their texts are equal. */
function keyOf(value: FieldValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
