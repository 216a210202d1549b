// Events of the corpus' logs, written as other senders write them: fields, log source and columns stay the same.
import { describe, expect, test } from 'bun:test'
import { logTexts } from '../../parsers/evtx/text.ts'
import { normalise } from '../../parsers/normalise.ts'
import { corpusFolder } from './corpus.ts'

const NOW = Date.UTC(2026, 10, 21)
const OPTIONS = { now: NOW, received: NOW, timeZone: 'UTC' }
/** Events of one kind that are compared. */
const EVENTS_MAX = 5
const LOG_BYTES_MAX = 3_000_000

// biome-ignore lint/suspicious/noExplicitAny: events of any shape are taken apart
type Json = any

interface Plain {
  readonly provider: string
  readonly id: number
  readonly channel: string
  readonly host: string
  readonly time: string
  readonly data: Readonly<Record<string, string>>
}

/** An event whose data has names and plain values. */
function plainOf({
  Event: { System: system, EventData: data, UserData: userData },
}: Json): Plain | undefined {
  const entries = Object.entries(data ?? {}).map(([name, value]) => [name, value ?? ''] as const)
  const isNamed = entries.every(([name, value]) => typeof value !== 'object' && name !== 'Data')
  if (!isNamed || userData !== undefined) return undefined
  if (system.TimeCreated === undefined || !system.Channel) return undefined
  return {
    provider: system.Provider['#attributes'].Name,
    id: typeof system.EventID === 'object' ? system.EventID['#text'] : system.EventID,
    channel: system.Channel,
    host: system.Computer,
    time: system.TimeCreated['#attributes'].SystemTime,
    data: Object.fromEntries(entries.map(([name, value]) => [name, String(value)])),
  }
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const elements = ({ data }: Plain) =>
  Object.entries(data)
    .map(([name, value]) => `<Data Name='${name}'>${escaped(value)}</Data>`)
    .join('')
const list = ({ data }: Plain) =>
  Object.entries(data).map(([name, value]) => ({ '@Name': name, '#text': value }))
const small = ({ data }: Plain) =>
  Object.fromEntries(
    Object.entries(data)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [
        name.slice(0, 1).toLowerCase() + name.slice(1),
        value.replace(/[\\"]/g, '\\$&'),
      ]),
  )

const CARRIERS: Readonly<Record<string, (event: Plain) => Json>> = {
  winlogbeat: ({ provider, id, channel, host, time, data }) => ({
    '@timestamp': time,
    event: { code: String(id), provider },
    winlog: { channel, computer_name: host, event_id: String(id), event_data: data },
  }),
  nxlog: ({ provider, id, channel, host, time, data }) => ({
    ...{ EventTime: time, Hostname: host, EventID: id, SourceName: provider, Channel: channel },
    ...data,
  }),
  datadog: ({ provider, id, channel, host, time, data }) => ({
    Event: {
      System: {
        ...{ Provider: { Name: provider }, EventID: String(id), Channel: channel, Computer: host },
        TimeCreated: { SystemTime: time },
      },
      EventData: { Data: data },
    },
  }),
  wazuh: (event) => ({
    ...{ agent: { id: '1', name: 'a' }, manager: { name: 'm' }, rule: { id: '1', level: 3 } },
    timestamp: event.time,
    data: {
      win: {
        system: {
          ...{ providerName: event.provider, eventID: String(event.id), channel: event.channel },
          ...{ computer: event.host, systemTime: event.time },
        },
        eventdata: small(event),
      },
    },
  }),
  opentelemetry: ({ provider, id, channel, host, time, data }) => ({
    ...{ channel, computer: host, event_id: { id, qualifiers: 0 }, system_time: time },
    provider: { name: provider },
    event_data: { data: Object.entries(data).map(([name, value]) => ({ [name]: value })) },
  }),
  osquery: ({ provider, id, channel, host, time, data }) => ({
    name: 'events',
    columns: {
      ...{ channel, datetime: time, provider_name: provider, computer_name: host },
      ...{ eventid: String(id), data: JSON.stringify({ EventData: data }) },
    },
  }),
  evtxecmd: (event) => ({
    ...{ Computer: event.host, Channel: event.channel, Provider: event.provider },
    ...{ EventId: event.id, ProcessId: 4, ThreadId: 8, TimeCreated: event.time },
    Payload: JSON.stringify({ EventData: { Data: list(event) } }),
  }),
  sentinel: (event) => ({
    ...{ TimeGenerated: event.time, Source: event.provider, EventLog: event.channel },
    ...{ Computer: event.host, EventID: event.id },
    EventData: `<DataItem type="x"><EventData xmlns="y">${elements(event)}</EventData></DataItem>`,
  }),
}

const COLUMNS = [
  ...(['host', 'user', 'src_ip', 'dst_ip', 'src_port', 'dst_port', 'process', 'hash'] as const),
  ...(['domain'] as const),
]

/** What must not depend on the carrier. */
function essence(text: string, names: Iterable<string>): Json {
  const { time, logsource, pivots, fields } = normalise(text, OPTIONS)
  const columns = COLUMNS.map((name) => [name, pivots[name]])
  // Collectors leave out what is empty.
  const values = [...names].map((name) => [name, String(fields[name] ?? '')])
  return { time, logsource, columns: Object.fromEntries(columns), ...Object.fromEntries(values) }
}

/** Of the system part, what not every carrier has. */
const SYSTEM =
  /^(?:Event(?:RecordID)|Level|Keywords|Task|Opcode|Version|Provider_\w+|Execution_\w+|Security_UserID|Correlation_\w+)$/

const folders = [await corpusFolder('sigmahq'), await corpusFolder('evtx-parser-samples')].filter(
  (folder) => folder !== undefined,
)
const paths = folders.flatMap((folder) => [
  ...new Bun.Glob('**/*.evtx').scanSync({ cwd: folder, absolute: true }),
])

describe.skipIf(paths.length === 0)('the corpus’ events', () => {
  test('are the same whoever sends them', async () => {
    const seen = new Map<string, number>()
    let compared = 0
    for (const path of paths) {
      const log = await Bun.file(path).bytes()
      if (log.length > LOG_BYTES_MAX) continue
      for (const text of logTexts(log)) {
        const json = JSON.parse(text)
        const plain = json.Event?.System === undefined ? undefined : plainOf(json)
        if (plain === undefined) continue
        const kind = `${plain.channel} ${plain.id}`
        seen.set(kind, (seen.get(kind) ?? 0) + 1)
        if (seen.get(kind)! > EVENTS_MAX) continue
        const { fields } = normalise(text, OPTIONS)
        const names = Object.keys(fields).filter((name) => !SYSTEM.test(name))
        const wanted = essence(text, names)
        for (const [carrier, make] of Object.entries(CARRIERS)) {
          const got = essence(JSON.stringify(make(plain)), names)
          expect({ carrier, kind, ...got }).toEqual({ carrier, kind, ...wanted })
          compared++
        }
      }
    }
    expect(compared).toBeGreaterThan(500)
  }, 60_000)
})
