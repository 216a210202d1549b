// OTLP's log records as the collector's file exporter writes them, one request a line: each record's body is the
// event or the line, the attributes of record and resource stand beside it.
import type { Fields, FieldValue } from '../sigma/event.ts'
import { isFields } from './json-text.ts'

/** Values inside each other, at most. */
const DEPTH_MAX = 32

/** The records of `{"resourceLogs":[..]}`, each as JSON; undefined for any other JSON. */
export function otlpRecords(document: Fields): readonly string[] | undefined {
  if (!Array.isArray(document.resourceLogs)) return undefined
  return fieldsIn(document.resourceLogs).flatMap((group) => {
    const resource = isFields(group.resource) ? attributesIn(group.resource.attributes, 0) : {}
    const scopes = fieldsIn(group.scopeLogs ?? group.instrumentationLibraryLogs)
    return scopes
      .flatMap((scope) => fieldsIn(scope.logRecords ?? scope.logs))
      .map((record) => recordText(resource, record))
  })
}

function recordText(resource: Fields, record: Fields): string {
  const time = nanoseconds(record.timeUnixNano) ?? nanoseconds(record.observedTimeUnixNano)
  const { severityText } = record
  const host = resource['host.name']
  const body = plainValue(record.body, 0)
  const beside: Fields = {
    ...(time === undefined ? {} : { timestamp: time }),
    ...(typeof severityText === 'string' && severityText !== '' ? { severity: severityText } : {}),
    ...(typeof host === 'string' ? { host } : {}),
  }
  const attributes = { ...resource, ...attributesIn(record.attributes, 0) }
  if (isFields(body)) return JSON.stringify({ ...beside, ...attributes, ...body })
  const message = typeof body === 'string' ? body : JSON.stringify(body ?? '')
  return JSON.stringify({ message, ...beside, fields: attributes })
}

/** Digits of a time since 1970; 0 is none. */
function nanoseconds(value: FieldValue | undefined): string | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return /^[1-9]\d{0,19}$/.test(text) ? text : undefined
}

function fieldsIn(value: FieldValue | undefined): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : []
}

/** Lists of `{key, value}`. */
function attributesIn(pairs: FieldValue | undefined, depth: number): Fields {
  return Object.fromEntries(
    fieldsIn(pairs).flatMap(({ key, value }) =>
      typeof key === 'string' ? [[key, plainValue(value, depth + 1)]] : [],
    ),
  )
}

/** What `{"stringValue":"a"}` and its kin stand for. */
function plainValue(value: FieldValue | undefined, depth: number): FieldValue {
  if (value === undefined || !isFields(value) || depth > DEPTH_MAX) return null
  const { stringValue, boolValue, intValue, doubleValue, bytesValue, arrayValue } = value
  const plain = stringValue ?? boolValue ?? doubleValue ?? bytesValue
  if (plain !== undefined) return plain
  if (intValue !== undefined) return integer(intValue)
  if (isFields(arrayValue)) {
    return fieldsIn(arrayValue.values).map((inner) => plainValue(inner, depth + 1))
  }
  const { kvlistValue } = value
  return isFields(kvlistValue) ? attributesIn(kvlistValue.values, depth + 1) : null
}

/** A number where a double holds it, else its digits. */
function integer(value: FieldValue): FieldValue {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
