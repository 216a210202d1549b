// Envelopes in which clouds and shippers hand events on: queues, topics, streams, log queries. Each is told by
// the names beside what it holds.
import type { Fields, FieldValue } from '../sigma/event.ts'
import { isFields } from './json-text.ts'

/** Longest text that is read out of Base64, UTF-16 units. */
const BASE64_UNITS_MAX = 2 ** 21

interface Envelope {
  /** All of these are at the top of it. */
  readonly names: readonly string[]
  /** Nothing else is at the top of it. */
  readonly alone?: true
  /** What it holds: a line, or an object. */
  readonly read: (json: Fields) => FieldValue | undefined
}

const ENVELOPES: readonly Envelope[] = [
  // A topic's notification (SNS), alone and as a function gets it.
  { names: ['TopicArn', 'Message'], read: (json) => textOf(json.Message) },
  { names: ['Sns'], read: ({ Sns }) => (isFields(Sns) ? textOf(Sns.Message) : undefined) },
  // A queue's message (SQS), as a function gets it and as `receive-message` prints it.
  { names: ['receiptHandle', 'body'], read: (json) => textOf(json.body) },
  { names: ['ReceiptHandle', 'Body'], read: (json) => textOf(json.Body) },
  // A stream's record (Kinesis, Firehose).
  { names: ['kinesis'], read: (json) => memberText(json.kinesis) },
  { names: ['recordId', 'data'], read: (json) => textOf(json.data, true) },
  // Pub/Sub: pushed, pulled, and the message alone.
  { names: ['subscription', 'message'], read: (json) => memberText(json.message) },
  { names: ['ackId', 'message'], read: (json) => memberText(json.message) },
  { names: ['messageId', 'data'], read: (json) => textOf(json.data, true) },
  // Splunk's collector.
  {
    names: ['sourcetype', 'event'],
    read: ({ event }) => (isFields(event) ? event : textOf(event)),
  },
  // Its exports, and what Cribl sends on.
  { names: ['_raw', '_time'], read: (json) => textOf(json._raw) },
  { names: ['_raw', 'sourcetype'], read: (json) => textOf(json._raw) },
  {
    names: ['result'],
    read: ({ result }) =>
      isFields(result) && textOf(result._raw) !== undefined ? result : undefined,
  },
  // A hit of an index.
  {
    names: ['_index', '_source'],
    read: ({ _source: source }) => (isFields(source) ? source : undefined),
  },
  // A log query's row.
  { names: ['@message'], read: (json) => textOf(json['@message']) },
  // A log entry of Google Cloud that is no audit record.
  { names: ['logName', 'textPayload'], read: (json) => textOf(json.textPayload) },
  { names: ['logName', 'jsonPayload'], read: ({ jsonPayload }) => messageIn(jsonPayload) },
  // Containers' logs by GELF, and by Docker's driver for Splunk.
  {
    names: ['short_message', 'host'],
    read: (json) => textOf(json.full_message) ?? textOf(json.short_message),
  },
  {
    names: ['line', 'source', 'tag'],
    read: ({ line }) => (isFields(line) ? line : textOf(line)),
  },
  // Wazuh's modules for clouds.
  ...['aws', 'gcp', 'office365', 'github', 'azure'].map(
    (name): Envelope => ({ names: ['integration', name], read: (json) => objectIn(json[name]) }),
  ),
  // A log record of OpenTelemetry.
  {
    names: ['body', 'attributes'],
    read: ({ body }) => (isFields(body) ? body : textOf(body)),
  },
  // AWS Network Firewall: an event of Suricata.
  { names: ['firewall_name', 'event'], read: (json) => objectIn(json.event) },
  // An event hub's event, as functions and the command line give it.
  {
    names: ['ContentData'],
    read: ({ ContentData: content }) => objectIn(content) ?? textOf(content),
  },
  { names: ['body', 'enqueuedTimeUtc'], read: ({ body }) => objectIn(body) ?? textOf(body) },
  // A record of Kafka, a line of Loki, a log of Datadog's search, any event of EventBridge.
  { names: ['topic', 'value'], read: ({ value }) => objectIn(value) ?? textOf(value) },
  { names: ['line', 'labels'], read: ({ line }) => textOf(line) },
  { names: ['line', 'stream'], read: ({ line }) => textOf(line) },
  { names: ['content', 'id'], read: ({ content }) => messageIn(content) },
  { names: ['detail-type', 'detail'], read: ({ detail }) => objectIn(detail) },
  // Sumo Logic's export; what Firehose delivers over HTTP.
  { names: ['_raw', '_messagetime'], read: (json) => textOf(json._raw) },
  { names: ['data'], alone: true, read: (json) => textOf(json.data, true) },
  // A shipper that has read the JSON already.
  { names: ['json'], read: ({ json }) => objectIn(json) },
]

/** By the name that is looked for first. */
const BY_NAME = [...Map.groupBy(ENVELOPES, ({ names }) => names[0]!)]

/** Whether JSON with these names may be an envelope. */
export function mayBeEnvelope(has: (name: string) => boolean): boolean {
  // Documents with one name are no lines of generic JSON anyway.
  return ENVELOPES.some(({ names, alone }) => alone === undefined && names.every(has))
}

/** What an envelope holds: a line, or an object; undefined where JSON is none. */
export function envelopeContent(json: Fields): string | Fields | undefined {
  for (let at = 0; at < BY_NAME.length; at++) {
    const [name, envelopes] = BY_NAME[at]!
    if (json[name] === undefined) continue
    for (const { names, alone, read } of envelopes) {
      if (!names.every((other) => json[other] !== undefined)) continue
      if (alone === true && !isAlone(json)) continue
      const content = read(json)
      if (typeof content === 'string' || isFields(content)) return content
    }
  }
  return undefined
}

/** The Base64 in `data` of an object. */
function memberText(value: FieldValue | undefined): string | undefined {
  return isFields(value) ? textOf(value.data, true) : undefined
}

function messageIn(value: FieldValue | undefined): string | undefined {
  return isFields(value) ? textOf(value.message) : undefined
}

function objectIn(value: FieldValue | undefined): Fields | undefined {
  return isFields(value) ? value : undefined
}

/** Whether an object has one member. */
function isAlone(json: Fields): boolean {
  let count = 0
  for (const _ in json) if (++count > 1) return false
  return count === 1
}

function textOf(value: FieldValue | undefined, isEncoded = false): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  return isEncoded ? base64Text(value) : value
}

/** UTF-8 in Base64; undefined where it is none. */
export function base64Text(text: string): string | undefined {
  if (text.length > BASE64_UNITS_MAX || !/^[\w+/-]+={0,2}$/.test(text)) return undefined
  const plain = Buffer.from(text, 'base64').toString('utf8')
  return plain === '' || plain.includes('\uFFFD') ? undefined : plain
}
