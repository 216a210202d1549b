// OTLP's log records, JSON or Protocol Buffers, to texts of events: the body is the event or the line, the
// attributes of record and resource stand beside it.
import { z } from 'zod'
import { doubleOf, messageOf, textOf, WireError, type WireField, wireFields } from './protobuf.ts'

type Json = string | number | boolean | null | Json[] | { [name: string]: Json }
type Attributes = Record<string, Json>

interface LogRecord {
  readonly time: string
  readonly severity: string | undefined
  readonly body: Json
  readonly attributes: Attributes
  readonly traceId: string | undefined
  readonly spanId: string | undefined
}

/** Values inside each other, at most. */
const DEPTH_MAX = 32

/** Events of a request's JSON. Throws `WireError` where it is none. */
export function otlpJsonEvents(text: string): readonly string[] {
  const parsed = Request.safeParse(jsonOf(text))
  if (!parsed.success) throw new WireError('no ExportLogsServiceRequest')
  return parsed.data.resourceLogs.flatMap(({ resource, scopeLogs }) => {
    const shared = attributesOf(resource?.attributes ?? [], 0)
    return scopeLogs
      .flatMap(({ logRecords }) => logRecords)
      .map((record) =>
        eventText(shared, {
          time: nanoseconds(record.timeUnixNano) ?? nanoseconds(record.observedTimeUnixNano) ?? '',
          severity: severityOf(record.severityText, record.severityNumber),
          body: jsonValue(record.body, 0),
          attributes: attributesOf(record.attributes, 0),
          traceId: record.traceId,
          spanId: record.spanId,
        }),
      )
  })
}

/** Events of a request's Protocol Buffers. Throws `WireError` where it is none. */
export function otlpBinaryEvents(bytes: Uint8Array): readonly string[] {
  return wireFields(bytes)
    .filter(({ number }) => number === 1)
    .flatMap((resourceLogs) => {
      const fields = messageOf(resourceLogs)
      const resource = fields.find(({ number }) => number === 1)
      const shared = resource === undefined ? {} : binaryAttributes(messageOf(resource), 1, 0)
      return fields
        .filter(({ number }) => number === 2)
        .flatMap((scope) => messageOf(scope).filter(({ number }) => number === 2))
        .map((record) => eventText(shared, binaryRecord(messageOf(record))))
    })
}

function binaryRecord(fields: readonly WireField[]): LogRecord {
  const field = (number: number) => fields.find((one) => one.number === number)
  const time = field(1)?.value || field(11)?.value
  const [body, severity, trace, span] = [field(5), field(3), field(9), field(10)]
  return {
    time: time === undefined ? '' : String(time),
    severity: severityOf(severity && textOf(severity), Number(field(2)?.value ?? 0n)),
    body: body === undefined ? null : binaryValue(messageOf(body), 0),
    attributes: binaryAttributes(fields, 6, 0),
    traceId: trace?.bytes && Buffer.from(trace.bytes).toString('hex'),
    spanId: span?.bytes && Buffer.from(span.bytes).toString('hex'),
  }
}

function binaryAttributes(fields: readonly WireField[], wanted: number, depth: number): Attributes {
  const pairs = fields
    .filter(({ number }) => number === wanted)
    .map((pair): [string, Json] => {
      const inner = messageOf(pair)
      const [key, value] = [1, 2].map((number) => inner.find((one) => one.number === number))
      return [
        key === undefined ? '' : textOf(key),
        value === undefined ? null : binaryValue(messageOf(value), depth + 1),
      ]
    })
  return Object.fromEntries(pairs)
}

function binaryValue(fields: readonly WireField[], depth: number): Json {
  const field = fields[0]
  if (field === undefined || depth > DEPTH_MAX) return null
  switch (field.number) {
    case 1:
      return textOf(field)
    case 2:
      return field.value !== 0n
    case 3:
      return integer(BigInt.asIntN(64, field.value))
    case 4:
      return doubleOf(field)
    case 5:
      return messageOf(field)
        .filter(({ number }) => number === 1)
        .map((value) => binaryValue(messageOf(value), depth + 1))
    case 6:
      return binaryAttributes(messageOf(field), 1, depth + 1)
    case 7:
      return Buffer.from(field.bytes ?? []).toString('base64')
    default:
      return null
  }
}

const Value: z.ZodType<Record<string, unknown>> = z.record(z.string(), z.unknown())
const Pair = z.looseObject({ key: z.string(), value: Value.optional() })
const Number64 = z.union([z.string(), z.number()]).optional()
const RecordJson = z.looseObject({
  timeUnixNano: Number64,
  observedTimeUnixNano: Number64,
  severityNumber: z.union([z.number(), z.string()]).optional(),
  severityText: z.string().optional(),
  body: Value.optional(),
  attributes: z.array(Pair).default([]),
  traceId: z.string().optional(),
  spanId: z.string().optional(),
})
const Request = z.looseObject({
  resourceLogs: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes: z.array(Pair).default([]) }).optional(),
      scopeLogs: z
        .array(z.looseObject({ logRecords: z.array(RecordJson).default([]) }))
        .default([]),
    }),
  ),
})

function attributesOf(pairs: readonly z.infer<typeof Pair>[], depth: number): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, jsonValue(value, depth + 1)]))
}

function jsonValue(value: Record<string, unknown> | undefined, depth: number): Json {
  if (value === undefined || depth > DEPTH_MAX) return null
  const { stringValue, boolValue, intValue, doubleValue, bytesValue } = value
  if (typeof stringValue === 'string') return stringValue
  if (typeof boolValue === 'boolean') return boolValue
  if (typeof intValue === 'number') return intValue
  if (typeof intValue === 'string' && /^-?\d{1,19}$/.test(intValue))
    return integer(BigInt(intValue))
  if (typeof doubleValue === 'number') return doubleValue
  if (typeof bytesValue === 'string') return bytesValue
  const list = z.looseObject({ values: z.array(Value).default([]) }).safeParse(value.arrayValue)
  if (list.success) return list.data.values.map((inner) => jsonValue(inner, depth + 1))
  const map = z.looseObject({ values: z.array(Pair).default([]) }).safeParse(value.kvlistValue)
  return map.success ? attributesOf(map.data.values, depth + 1) : null
}

/** A number where a double holds it, else its digits. */
function integer(value: bigint): Json {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

function nanoseconds(value: string | number | undefined): string | undefined {
  const text = String(value ?? '')
  return /^[1-9]\d{0,19}$/.test(text) ? text : undefined
}

/** The record's word, else its number's: 1-4 trace, 5-8 debug, 9-12 info, 13-16 warn, 17-20 error, 21-24 fatal. */
function severityOf(text: string | undefined, number: number | string | undefined) {
  if (text !== undefined && text !== '') return text
  const words = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
  return words[Math.floor((Number(number ?? 0) - 1) / 4)]
}

/** A body that is an object is the event; any other is the line that a carrier carries. */
function eventText(shared: Attributes, record: LogRecord): string {
  const { body, time, severity, attributes, traceId, spanId } = record
  const host = shared['host.name']
  const service = shared['service.name']
  const beside = {
    ...(time === '' ? {} : { timestamp: time }),
    ...(severity === undefined ? {} : { severity }),
    ...(typeof host === 'string' ? { host } : {}),
    ...(typeof service === 'string' ? { source: service } : {}),
  }
  const ids = {
    ...(traceId ? { trace_id: traceId } : {}),
    ...(spanId ? { span_id: spanId } : {}),
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    return JSON.stringify({ ...beside, ...ids, ...shared, ...attributes, ...body })
  }
  const message = typeof body === 'string' ? body : JSON.stringify(body ?? '')
  return JSON.stringify({ message, ...beside, fields: { ...ids, ...shared, ...attributes } })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
