// Documents that hold many events in one list, as clouds deliver them: CloudTrail's `{"Records":[...]}`,
// Azure's `{"records":[...]}`, the pages of Google's and Microsoft's APIs, CloudWatch subscriptions, Okta's event hooks,
// OTLP's requests; and lists of events that shippers write one a line.
import { base64Text } from './envelope.ts'
import { isFields, JsonError, parseJsonText } from './json-text.ts'
import { otlpRecords } from './otlp-json.ts'
import { mayBePacked, packedText } from './packed.ts'

/** How far into a document its list begins, at most, UTF-16 units. */
const PREFIX_UNITS_MAX = 4096

/** Members of text, number, a list of texts or a flat object may stand before the list. */
const PREFIX =
  /^\s*\{\s*(?:"[\w@.$-]{1,64}"\s*:\s*(?:"[^"\\]{0,512}"|[\d.]{1,24}|true|false|null|\[[^[\]{}]{0,512}\]|\{[^[\]{}]{0,512}\})\s*,\s*){0,12}"(?:data"\s*:\s*\{\s*"(events)|(Records|records|items|value|logEvents|events|Events|Findings|entries|receivedMessages|Messages))"\s*:\s*\[\s*(?=[{\]])/

/** What else must stand before a list whose name says too little. */
const TELLING: Readonly<Record<string, RegExp>> = {
  items: /"kind"\s*:\s*"(?:admin#reports#activities|EventList)"/,
  value: /"@odata\.context"/,
  logEvents: /"logGroup"|"messageType"/,
  hooked: /"com\.okta\.event_hook"/,
}
/** What the first element must hold. */
const FIRST: Readonly<Record<string, RegExp>> = {
  Events: /"CloudTrailEvent"/,
  Findings: /"Type"|"AccountId"/,
  entries: /"insertId"|"logName"/,
  events: /"ingestionTime"/,
  receivedMessages: /"ackId"/,
  Messages: /"ReceiptHandle"/,
  records:
    /"eventVersion"|"eventType"|"eventTime"|"CreationTime"|"auditID"|"protoPayload"|"operationName"|"category"|"resourceId"|"time"|"OperationName"|"recordId"|^\[\s*\{\s*"data"/,
}

/** Members with which such documents begin: any other text is told from them at once. */
const FIRST_KEY =
  /^\s*\{\s*"(?:Records|records|items|value|logEvents|Events|Findings|entries|receivedMessages|Messages|events|kind|etag|messageType|owner|logGroup|logStream|searchedLogStreams|invocationId|requestId|deliveryStreamArn|eventType|eventTypeVersion|cloudEventsVersion|eventId|contentType|nextToken|NextToken|nextPageToken|nextForwardToken|@odata\.context)"/

/** Where the list of a document begins (its bracket), or undefined where it is one event. `text` may be
 * the document's start. */
export function listStart(text: string): number | undefined {
  if (!FIRST_KEY.test(text)) return undefined
  const match = PREFIX.exec(text.slice(0, PREFIX_UNITS_MAX))
  if (match === null) return undefined
  const [prefix, hooked, listed] = match
  const name = hooked === undefined ? (listed ?? '') : 'hooked'
  const bracket = prefix.lastIndexOf('[')
  if (TELLING[name]?.test(prefix) === false) return undefined
  if (FIRST[name]?.test(text.slice(bracket, bracket + PREFIX_UNITS_MAX)) === false) return undefined
  return bracket
}

/** The events of a document that holds a list of them, each as it stands there; undefined for any other
 * text. A CloudWatch event is the line in it where that is JSON. */
export function recordsOf(text: string): readonly string[] | undefined {
  const listed = LIST.test(text) ? listedRecords(text) : requestRecords(text)
  if (listed !== undefined) return listed
  const packed = unpackedRecords(text)
  if (packed !== undefined) return packed
  const start = listStart(text)
  if (start === undefined || parseJsonText(text) instanceof JsonError) return undefined
  return elementsOf(text, start).flatMap(
    (element) => unpackedRecords(element) ?? [messageOf(element)],
  )
}

/** A list of objects. */
const LIST = /^\s*\[\s*\{/

function listedRecords(text: string): readonly string[] | undefined {
  const list = parseJsonText(text)
  const isList = Array.isArray(list) && list.every(isFields)
  return isList ? elementsOf(text, text.indexOf('[')) : undefined
}

/** What a query of a log workspace answers: a table's columns, and rows without names. */
const TABLES = /^\s*\{\s*"tables"\s*:\s*\[\s*\{/

function tableRecords(text: string): readonly string[] | undefined {
  const document = TABLES.test(text) ? parseJsonText(text) : undefined
  if (document instanceof JsonError || document === undefined || !isFields(document))
    return undefined
  const tables = Array.isArray(document.tables) ? document.tables.filter(isFields) : []
  return tables.flatMap(({ columns, rows }) => {
    if (!Array.isArray(columns) || !Array.isArray(rows)) return []
    const names = columns.map((column) => (isFields(column) ? String(column.name) : ''))
    return rows.map((row) => {
      const cells = Array.isArray(row) ? row : []
      return JSON.stringify(Object.fromEntries(names.map((name, i) => [name, cells[i] ?? null])))
    })
  })
}

function requestRecords(text: string): readonly string[] | undefined {
  const rows = tableRecords(text)
  if (rows !== undefined && rows.length > 0) return rows
  const document = REQUEST.test(text) ? parseJsonText(text) : undefined
  if (document instanceof JsonError || document === undefined || !isFields(document))
    return undefined
  return otlpRecords(document)
}

const REQUEST = /^\s*\{\s*"resourceLogs"\s*:/

/** What a document holds packed: the events of a list in it, or a text of one or several lines. */
function unpackedRecords(document: string): readonly string[] | undefined {
  const plain = packedText(document)
  if (plain === undefined) return undefined
  const start = listStart(plain)
  if (start !== undefined && !(parseJsonText(plain) instanceof JsonError)) {
    return elementsOf(plain, start).map(messageOf)
  }
  return plain.split('\n').filter((line) => line.trim() !== '')
}

/** Whether a document may hold several events, by how it begins and whether it holds anything packed. */
export function mayBeRecords(text: string): boolean {
  return (
    FIRST_KEY.test(text) ||
    REQUEST.test(text) ||
    TABLES.test(text) ||
    LIST.test(text) ||
    mayBePacked(text)
  )
}

/** Names that tell a list by themselves, and those that need another beside them. */
const LIST_NAMES = [
  ...['Records', 'records', 'logEvents', 'Events', 'events', 'Findings', 'entries'],
  ...['receivedMessages', 'Messages', 'awslogs', 'kinesis', 'resourceLogs', 'tables'],
]
const LIST_PAIRS = [
  ['items', 'kind'],
  ['value', '@odata.context'],
  ['data', 'recordId'],
  ['data', 'eventTypeVersion'],
  ['Data', 'PartitionKey'],
  ['message', 'subscription'],
] as const

/** Whether JSON with these names at its top may hold several events. */
export function mayHoldRecords(names: readonly string[]): boolean {
  return (
    (names.length === 1 && names[0] === 'data') ||
    LIST_NAMES.some((name) => names.includes(name)) ||
    LIST_PAIRS.some(([list, beside]) => names.includes(list) && names.includes(beside))
  )
}

/** A log event's own text: `{"id","timestamp","message"}` of CloudWatch, `{"data"}` of Firehose. */
function messageOf(element: string): string {
  if (element.startsWith('{"data"')) return deliveredText(element)
  if (!element.includes('"message"') || !element.includes('"timestamp"')) return element
  const value = parseJsonText(element)
  if (value instanceof JsonError || typeof value !== 'object' || value === null) return element
  const { id, message } = value as { id?: unknown; message?: unknown }
  const isPlain = Object.keys(value).length <= CLOUDWATCH_KEYS_MAX && typeof id === 'string'
  return isPlain && typeof message === 'string' && message.trimStart().startsWith('{')
    ? message
    : element
}

/** What Firehose delivers over HTTP has nothing beside its Base64. */
function deliveredText(element: string): string {
  const value = parseJsonText(element)
  if (value instanceof JsonError || !isFields(value) || Object.keys(value).length > 1)
    return element
  return (typeof value.data === 'string' ? base64Text(value.data) : undefined) ?? element
}

const CLOUDWATCH_KEYS_MAX = 4
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Elements of the list at `start` of valid JSON, by brackets and strings. */
function elementsOf(text: string, start: number): string[] {
  const found: string[] = []
  let depth = 0
  let from = start + 1
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = stringEnd(text, at)
    else if (code === 0x5b || code === 0x7b) depth++
    else if (code === 0x5d || code === 0x7d) depth--
    const isEnd = depth === 0
    if (isEnd || (depth === 1 && code === 0x2c)) {
      const element = text.slice(from, at).trim()
      if (element !== '') found.push(element)
      from = at + 1
    }
    if (isEnd) break
  }
  return found
}

function stringEnd(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) {
    at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  }
  return at
}
