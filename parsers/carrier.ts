// JSON that only carries a line: what shippers make of each line they read. The line is the event, what the
// shipper says stands beside it.
import type { Fields } from '../sigma/event.ts'
import { envelopeContent, mayBeEnvelope } from './envelope.ts'
import type { ParserInput } from './event.ts'
import { isFields, JsonError, parseJsonObject } from './json-text.ts'
import { mayBeParted, partedLine } from './parted.ts'

/** Keys that Filebeat, Vector, Fluent Bit, Logstash, HEC clients and our own envelope put beside a line. One
 * key that is not here makes the object an event of its own. */
const KEYS: ReadonlySet<string> = new Set([
  ...[
    'message',
    'log',
    'event',
    'source',
    'source_type',
    'sourcetype',
    'index',
    'host',
    'hostname',
  ],
  ...[
    'time',
    'timestamp',
    '@timestamp',
    'date',
    '_time',
    'fields',
    'tags',
    'tag',
    'stream',
    '@version',
  ],
  ...[
    '@metadata',
    'agent',
    'ecs',
    'input',
    'fileset',
    'service',
    'cloud',
    'container',
    'orchestrator',
  ],
  ...['kubernetes', 'docker', 'file', 'path', 'offset', 'type', 'port', 'appname', 'procid', '_p'],
  ...['severity', 'severity_text', 'trace_id', 'span_id', 'observed_timestamp'],
  ...['filename', 'logtag', 'attrs', 'labels', 'source_ip', 'pipeline', 'data_stream'],
  ...['elastic_agent', 'aws', 'awscloudwatch', 'azure', 'gcp', 'id', 'eventId', 'ingestionTime'],
  ...['container_id', 'container_name', 'container_created_at', 'image', 'label', 'ecs_cluster'],
  ...['ecs_task_arn', 'ecs_task_definition', 'partial_message', 'partial_id', 'partial_ordinal'],
  ...['ddsource', 'ddtags', 'status'],
  // Sources of Vector, archives of Datadog, New Relic.
  ...['bucket', 'object', 'region', 'topic', 'partition', 'headers', 'message_key', 'message_id'],
  ...['_id', 'attributes', 'status', 'ddsource', 'ddtags', 'logtype', 'plugin', 'entity'],
  ...['logGroup', 'logGroupName', 'logStream', 'logStreamName', 'owner', 'process', 'ordering_key'],
])
/** Envelopes inside each other, at most. */
const DEPTH_MAX = 4
/** Keys of which a carrier of a line under `log` has at least one: `log` alone says little. */
const LOG_BESIDE = ['stream', '@timestamp', 'date', 'kubernetes', 'tag', 'time', 'container_id']

/** Whether JSON with these names may carry a line. */
export function mayCarryLine(names: readonly string[]): boolean {
  const isCarrier =
    names.every((name) => KEYS.has(name)) &&
    names.some((name) => name === 'message' || name === 'log' || name === 'event')
  const has = (name: string) => names.includes(name)
  return isCarrier || mayBeEnvelope(has) || mayBeParted(has)
}

/** An input out of an envelope. */
export interface CarriedInput extends ParserInput {
  /** True for a line that was put together again out of its parts. */
  readonly isRebuilt?: boolean
}

/** What JSON carries, out of all its envelopes; undefined where it is an event of its own. */
export function carriedInput(json: Fields): CarriedInput | undefined {
  let found: CarriedInput | undefined
  let outer: Fields | undefined = json
  for (let depth = 0; depth < DEPTH_MAX && outer !== undefined; depth++) {
    const inner = contentOf(outer)
    if (inner === undefined) break
    found = inner
    outer = inner.json
  }
  return found
}

/** What is in the outermost envelope; undefined also where it looks like JSON and is none. */
function contentOf(json: Fields): CarriedInput | undefined {
  const parted = partedLine(json)
  if (parted !== undefined) {
    return { text: parted, json: undefined, isRebuilt: parted !== json.SyslogMessage }
  }
  const content = envelopeContent(json) ?? carriedLine(json)
  if (content === undefined) return undefined
  if (typeof content !== 'string') return { text: '', json: content }
  const inner = parseJsonObject(content)
  if (!(inner instanceof JsonError)) return { text: content, json: inner }
  // An original that was quoted wrongly says nothing, its message still may.
  const { message } = json
  if (typeof message !== 'string' || message === '' || message === content) return undefined
  const read = parseJsonObject(message)
  return read instanceof JsonError ? undefined : { text: message, json: read }
}

/** The line that JSON carries, or undefined where it is an event of its own. */
export function carriedLine(json: Fields): string | undefined {
  const { message, log } = json
  const line = originalOf(json) ?? (typeof message === 'string' ? message : undefined)
  if (line === undefined && typeof log !== 'string') return undefined
  for (const key in json) if (!KEYS.has(key)) return undefined
  if (line !== undefined) return line === '' ? undefined : line
  const text = log as string
  if (!LOG_BESIDE.some((key) => json[key] !== undefined)) return undefined
  return text.endsWith('\n') ? text.slice(0, -1) : text
}

/** `event.original`, where a collector keeps the line that it has taken apart. */
function originalOf(json: Fields): string | undefined {
  const { event } = json
  const original = isFields(event) ? event.original : undefined
  return typeof original === 'string' && original !== '' ? original : undefined
}
