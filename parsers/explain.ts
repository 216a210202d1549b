// Where each part of a normalised event came from: the input as it is, the header around it, the parser's
// mapping, or the normaliser's defaults. Found by changing the input and reading it again, so it holds for every parser;
// what no change shows is only said to be the parser's.
import {
  type Fields,
  type FieldValue,
  PIVOTS,
  type PivotName,
  type Pivots,
} from '../sigma/event.ts'
import { choose } from './choose.ts'
import type { NormalisedEvent } from './event.ts'
import {
  comesFromOnePlace,
  type Influence,
  influenceOf,
  keyOf,
  type Member,
} from './explain-probe.ts'
import { ownSource } from './json.ts'
import { JsonError, parseJsonObject } from './json-text.ts'
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
  const influence = decoded === undefined ? undefined : influenceOf(decoded, event, options)
  return {
    parser: parserReason(event, input.json, options.source),
    time: timeReason(event, parsed?.time, step),
    pivots: pivotReasons(text, event, { own: parsed?.pivots ?? {}, step, influence }, options),
    fields: fieldReasons(text, event, { step, influence }, options),
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

interface Found {
  readonly step: string
  readonly influence: Influence | undefined
}

function pivotReasons(
  text: string,
  event: NormalisedEvent,
  { own, step, influence }: Found & { readonly own: Pivots },
  options: NormaliseOptions,
): Explanation['pivots'] {
  const isOf = (name: PivotName, field: string, value: string): boolean => {
    if (influence === undefined) {
      return comesFromOnePlace(text, value, [field, name], event, options)
    }
    return share(influence.pivots.get(name), influence.fields.get(field))
  }
  const reasons: { -readonly [name in PivotName]?: string } = {}
  for (const name of PIVOTS) {
    const value = event.pivots[name]
    if (value === undefined) continue
    if (own[name] !== undefined) {
      const fits = (field: string) => isOf(name, field, String(value))
      const field = fieldWith(event.fields, value, USUAL_FIELDS[name] ?? [], fits)
      const member = equalMember(influence?.pivots.get(name), value)
      const place = member === undefined ? '' : `, input ${member.path}`
      reasons[name] = field === undefined ? step + place : `${step}, field ${field}`
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

/** The field that holds a column's value, also inside a longer text like `LAB\\anna`, and that `fits`. */
function fieldWith(
  fields: Fields,
  value: string | number,
  usual: readonly string[],
  fits: (field: string) => boolean,
): string | undefined {
  const text = String(value)
  const holds = (other: FieldValue | undefined) =>
    typeof other === 'string' && text.length > 2 && other.includes(text)
  const names = [...usual.filter((name) => Object.hasOwn(fields, name)), ...Object.keys(fields)]
  return (
    names.find((name) => String(fields[name]) === text && fits(name)) ??
    names.find((name) => holds(fields[name]) && fits(name))
  )
}

function equalMember(
  from: ReadonlySet<Member> | undefined,
  value: string | number,
): Member | undefined {
  return [...(from ?? [])].find((member) => keyOf(member.value) === String(value))
}

function share(a: ReadonlySet<Member> | undefined, b: ReadonlySet<Member> | undefined): boolean {
  return a !== undefined && b !== undefined && [...a].some((member) => b.has(member))
}

function fieldReasons(
  text: string,
  event: NormalisedEvent,
  found: Found,
  options: NormaliseOptions,
): Explanation['fields'] {
  const line = splitSyslog(text, options)
  const header: Fields = line === undefined ? {} : syslogFields(line)
  return Object.fromEntries(
    Object.keys(event.fields).map((name) => [name, fieldReason(name, event.fields, header, found)]),
  )
}

function fieldReason(
  name: string,
  fields: Fields,
  header: Fields,
  { step, influence }: Found,
): string {
  if (name === ORIGINAL_TIME_FIELD) return 'normaliser: time out of bounds'
  const value = fields[name]
  const key = keyOf(value)
  const from = influence?.fields.get(name)
  const equal = [...(from ?? [])].filter((member) => keyOf(member.value) === key)
  const same = equal.find((member) => member.name === name || member.path === name)
  if (same !== undefined) return `input ${same.path}`
  if (header[name] !== undefined && keyOf(header[name]) === key) return 'syslog header'
  if (typeof value === 'string' && value !== '') {
    for (const other in fields) {
      if (other === name) break
      const isTwin = fields[other] === value
      if (isTwin && (influence === undefined || share(from, influence.fields.get(other)))) {
        return `${step}, as ${other}`
      }
    }
  }
  const [only] = equal.length > 0 ? equal : from?.size === 1 ? [...from] : []
  return only === undefined ? step : `${step}, input ${only.path}`
}
