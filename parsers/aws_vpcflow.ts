// AWS VPC and transit gateway flow logs: columns by the header line, by the order of AWS's own list of them, or
// JSON (CloudWatch, Athena, Parquet exports).
import type { EventLogSource, Fields, FieldValue, Pivots } from '../sigma/event.ts'
import { epochTime } from './epoch-time.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { parseTime } from './time.ts'
import { ipOf, portOf } from './values.ts'
import { DEFAULT_NAMES, namesOf } from './vpcflow-columns.ts'

const LOGSOURCE: EventLogSource = closedLogSource('aws', ['firewall'], ['vpcflow'])

const COLUMNS_MAX = 64
const PROTOCOLS: Readonly<Record<string, string>> = {
  '1': 'icmp',
  '2': 'igmp',
  '6': 'tcp',
  '17': 'udp',
  '41': 'ipv6',
  '47': 'gre',
  '50': 'esp',
  '51': 'ah',
  '58': 'icmpv6',
  '132': 'sctp',
}
/** Columns that hold numbers. */
const NUMBERS: ReadonlySet<string> = new Set([
  ...['srcport', 'dstport', 'protocol', 'packets', 'bytes', 'start', 'end', 'tcp-flags', 'version'],
])
const CAMEL: Readonly<Record<string, string>> = {
  srcaddr: 'srcAddr',
  dstaddr: 'dstAddr',
  srcport: 'srcPort',
  dstport: 'dstPort',
  'interface-id': 'interfaceId',
  'account-id': 'accountId',
  'log-status': 'logStatus',
}

/** Columns of Sentinel's table `AWSVPCFlow`. */
const TABLE: Readonly<Record<string, string>> = {
  'account-id': 'AccountId',
  action: 'Action',
  bytes: 'Bytes',
  dstaddr: 'DstAddr',
  dstport: 'DstPort',
  'instance-id': 'InstanceId',
  'interface-id': 'InterfaceId',
  'log-status': 'LogStatus',
  packets: 'Packets',
  protocol: 'Protocol',
  srcaddr: 'SrcAddr',
  srcport: 'SrcPort',
  version: 'Version',
}

function parse({ text, json }: ParserInput, context: ParseContext): Parsed | EventError {
  const flow = json === undefined ? flowOf(text, context) : jsonFlow(json)
  if (flow === undefined) {
    return {
      code: 'vpcflow-no-record',
      message: 'no flow record of a known order of columns, and no header line',
    }
  }
  const time = timeOf(flow) ?? (json === undefined ? undefined : jsonTime(json, context))
  return {
    ...(time === undefined ? {} : { time }),
    logsource: LOGSOURCE,
    pivots: pivotsOf(flow),
    message: messageOf(flow),
    fields: { ...(json ?? {}), ...flow, ...sigmaFields(flow) },
  }
}

type Flow = { [name: string]: FieldValue }

function flowOf(text: string, context: ParseContext): Flow | undefined {
  const cells = text.trim().split(/[ \t]+/, COLUMNS_MAX)
  const { columns } = context
  const isHeaded = columns?.format === 'vpcflow' && columns.names.length === cells.length
  const names = isHeaded ? columns.names : namesOf(cells)
  if (names === undefined) return undefined
  const flow: Flow = {}
  names.forEach((name, index) => {
    const cell = cells[index]!
    if (cell === '-') return
    flow[name] = NUMBERS.has(name) && /^\d{1,15}$/.test(cell) ? Number(cell) : cell
  })
  return flow
}

/** JSON with the columns as keys, in AWS's writing or in camel or snake case. */
function jsonFlow(json: Fields): Flow | undefined {
  const flow: Flow = {}
  for (const name of [...DEFAULT_NAMES, 'pkt-srcaddr', 'pkt-dstaddr', 'instance-id', 'vpc-id']) {
    const value =
      json[name] ??
      json[name.replaceAll('-', '_')] ??
      json[CAMEL[name] ?? ''] ??
      json[TABLE[name] ?? ''] ??
      undefined
    if (typeof value === 'string' ? value !== '-' : typeof value === 'number') flow[name] = value!
  }
  return flow.srcaddr === undefined && flow['log-status'] === undefined ? undefined : flow
}

function timeOf(flow: Flow): number | undefined {
  const end = flow.end ?? flow.start
  if (end === undefined) return undefined
  const seconds = Number(end)
  return Number.isFinite(seconds) ? epochTime(seconds) : undefined
}

function jsonTime(json: Fields, context: ParseContext): number | undefined {
  const { timestamp, '@timestamp': stamp, end, start, TimeGenerated: generated } = json
  return parseTime(timestamp ?? stamp ?? end ?? start ?? generated, context)
}

function pivotsOf(flow: Flow): Pivots {
  const pivots: { -readonly [name in keyof Pivots]: Pivots[name] } = {}
  const address = (name: string) => (typeof flow[name] === 'string' ? ipOf(flow[name]) : undefined)
  const source = address('srcaddr') ?? address('pkt-srcaddr')
  const target = address('dstaddr') ?? address('pkt-dstaddr')
  const host = flow['instance-id'] ?? flow['interface-id']
  if (typeof host === 'string') pivots.host = host
  if (source !== undefined) pivots.src_ip = source
  if (target !== undefined) pivots.dst_ip = target
  const [from, to] = [portOf(flow.srcport), portOf(flow.dstport)]
  if (from !== undefined) pivots.src_port = from
  if (to !== undefined) pivots.dst_port = to
  if (typeof flow.action === 'string') {
    pivots.action = flow.action.toLowerCase()
    pivots.outcome = flow.action === 'ACCEPT' ? 'allowed' : 'blocked'
  }
  return pivots
}

/** Under the names of Sigma's firewall category. */
function sigmaFields(flow: Flow): Fields {
  const protocol = PROTOCOLS[String(flow.protocol)]
  return {
    ...(flow.srcaddr === undefined ? {} : { src_ip: flow.srcaddr }),
    ...(flow.srcport === undefined ? {} : { src_port: flow.srcport }),
    ...(flow.dstaddr === undefined ? {} : { dst_ip: flow.dstaddr }),
    ...(flow.dstport === undefined ? {} : { dst_port: flow.dstport }),
    ...(flow.action === undefined ? {} : { blocked: String(flow.action === 'REJECT') }),
    ...(protocol === undefined ? {} : { proto: protocol }),
  }
}

function messageOf(flow: Flow): string {
  if (flow.srcaddr === undefined) return `${flow['interface-id'] ?? ''} ${flow['log-status'] ?? ''}`
  const from = `${flow.srcaddr}${flow.srcport === undefined ? '' : `:${flow.srcport}`}`
  const to = `${flow.dstaddr ?? ''}${flow.dstport === undefined ? '' : `:${flow.dstport}`}`
  return `${flow.action ?? 'flow'} ${from} -> ${to}`
}

function recognise({ text, json }: ParserInput, context: ParseContext): boolean {
  if (json === undefined) {
    // A version and a blank, where no header says otherwise: most lines go no further.
    const mayBe = context.columns?.format === 'vpcflow' || text.charCodeAt(1) === BLANK
    return mayBe && text.length <= TEXT_UNITS_MAX && flowOf(text, context) !== undefined
  }
  const id = json['interface-id'] ?? json.interface_id ?? json.interfaceId ?? json.InterfaceId
  return typeof id === 'string' && id.startsWith('eni-') && jsonFlow(json) !== undefined
}

const BLANK = 0x20
/** Longest line that is looked at, UTF-16 units: 64 columns at most, none long. */
const TEXT_UNITS_MAX = 4096

export const awsVpcflow: Parser = {
  name: 'aws_vpcflow',
  title: 'AWS VPC flow logs',
  aliases: ['vpcflow', 'vpc_flow'],
  keys: ['interface-id', 'interface_id', 'interfaceId', 'InterfaceId'],
  recognise,
  parse,
}
