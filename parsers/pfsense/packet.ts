// A packet as the filter logs it: comma-separated columns whose order the IP version and the protocol give.
import { splitCsv, trimmedAt } from '../device/csv.ts'
import {
  type Addresses,
  deviceEvent,
  put,
  type WritableFields,
  type WritablePivots,
} from '../device/event.ts'
import { verdictOf } from '../device/verdict.ts'
import { wordAt } from '../device/words.ts'
import type { Parsed } from '../event.ts'
import { closedLogSource } from '../logsource.ts'
import { asKey } from '../names.ts'
import type { SyslogLine } from '../syslog-header.ts'
import { isIpv4, portAt } from '../values.ts'

const FIREWALL = closedLogSource('pfsense', ['firewall'], ['filterlog', 'syslog'])
const HEAD =
  'rule_number sub_rule_number anchor tracker interface reason action direction ip_version'.split(
    ' ',
  )
const IPV4 = 'tos ecn ttl id offset ip_flags protocol_id protocol length src_ip dst_ip'.split(' ')
const IPV6 = 'traffic_class flow_label hop_limit protocol protocol_id length src_ip dst_ip'.split(
  ' ',
)
const TCP = 'src_port dst_port data_length flags seq ack window urg options'.split(' ')
const UDP = 'src_port dst_port data_length'.split(' ')
const ICMP = 'icmp_type icmp_id icmp_seq'.split(' ')
const CARP = 'carp_type carp_ttl vhid version advbase advskew'.split(' ')

const IP_VERSION_COLUMN = HEAD.indexOf('ip_version')
const ACTION_COLUMN = HEAD.indexOf('action')

/** Nine columns, of which the seventh to ninth are action, direction and IP version. */
const PACKET =
  /^(?:[^,]{0,64},){4}[^,]{0,64},(?:match|bad-offset|fragment|short|normalize|memory|bad-timestamp|congestion|ip-option|proto-cksum|state-mismatch|state-insert|state-limit|src-limit|synproxy|map-failed),[a-z]{2,16},(?:in|out|in\/out),[46],/

/** Whether a text is a packet's. */
export function isPacket(text: string): boolean {
  const comma = text.indexOf(',')
  return comma >= 0 && comma <= COLUMN_UNITS_MAX && PACKET.test(text)
}

/** Longest column in front of the action, UTF-16 units. */
const COLUMN_UNITS_MAX = 64

/** The columns of one protocol. */
interface Layout {
  readonly names: readonly string[]
  readonly protocol: string
  readonly protocolColumn: number
  readonly addressColumn: number
}

/** By IP version, protocols as their lines name them. */
const LAYOUTS = { 4: layoutsOf(IPV4), 6: layoutsOf(IPV6) } as const
const PROTOCOL_COLUMNS = {
  4: HEAD.length + IPV4.indexOf('protocol'),
  6: HEAD.length + IPV6.indexOf('protocol'),
} as const

function layoutsOf(names: readonly string[]): ReadonlyMap<string, Layout> {
  const protocols = [
    'tcp',
    'udp',
    'icmp',
    'igmp',
    'ICMPv6',
    'TCP',
    'UDP',
    'sctp',
    'carp',
    'esp',
    'gre',
  ]
  return new Map(
    protocols.map((word) => {
      const protocol = word.toLowerCase()
      const all = [...HEAD, ...names, ...tailOf(protocol)].map(asKey)
      const protocolColumn = all.indexOf('protocol')
      return [word, { names: all, protocol, protocolColumn, addressColumn: all.indexOf('src_ip') }]
    }),
  )
}

/** Columns that have a meaning are fewer. */
const COLUMNS_MAX = 32
/** Where the columns of the last text start, and one behind its end. */
const starts = new Int32Array(COLUMNS_MAX + 1)

/** Finds the columns of a text without quotes; how many there are. */
function findColumns(text: string): number {
  const { length } = text
  let count = 1
  let at = 0
  for (; at < length && count < COLUMNS_MAX; at++) {
    if (text.charCodeAt(at) === COMMA) starts[count++] = at + 1
  }
  const end = at < length ? text.indexOf(',', at) : length
  starts[count] = (end < 0 ? length : end) + 1
  return count
}

const COMMA = 0x2c

/** The event of a packet. */
export function packetEvent(header: SyslogLine | undefined, text: string): Parsed {
  const count = text.includes('"') ? 0 : findColumns(text)
  const layout = count > IP_VERSION_COLUMN ? layoutOf(text, count) : undefined
  if (layout === undefined) return oddPacketEvent(header, text)
  const fields = fieldsOf(text, layout, count)
  const { addressColumn } = layout
  const pivots = addVerdict(fields, columnWord(text, ACTION_COLUMN))
  const addresses: Addresses = {
    src_ip: addressOf(text, addressColumn, fields.src_ip),
    dst_ip: addressOf(text, addressColumn + 1, fields.dst_ip),
  }
  return deviceEvent(header, { logsource: FIREWALL, message: text, fields, pivots, addresses })
}

function layoutOf(text: string, count: number): Layout | undefined {
  const version = text.charCodeAt(starts[IP_VERSION_COLUMN]!) === SIX ? 6 : 4
  const column = PROTOCOL_COLUMNS[version]
  return column < count ? LAYOUTS[version].get(columnWord(text, column)) : undefined
}

const SIX = 0x36

function columnWord(text: string, column: number): string {
  return wordAt(text, starts[column]!, starts[column + 1]! - 1)
}

function fieldsOf(text: string, { names, protocol, protocolColumn }: Layout, count: number) {
  const fields: WritableFields = {}
  const length = Math.min(names.length, count)
  for (let column = 0; column < length; column++) {
    const start = starts[column]!
    const end = starts[column + 1]! - 1
    if (start === end) continue
    const name = names[column]!
    const port = name === 'src_port' || name === 'dst_port' ? portAt(text, start, end - start) : -1
    if (port >= 0) fields[name] = port
    else if (column === protocolColumn) fields[name] = protocol
    else put(fields, name, trimmedAt(text, start, end))
  }
  return fields
}

/** An address that stands in a column as it is; undefined for any other form. */
function addressOf(text: string, column: number, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  return isIpv4(text, starts[column]!, starts[column]! + value.length) ? value : undefined
}

function addVerdict(fields: WritableFields, action: string): WritablePivots {
  const verdict = verdictOf(action)
  if (verdict !== undefined) {
    fields.pf_action = action
    fields.action = verdict
  }
  return { action: verdict ?? action }
}

/** A packet of another protocol, or with quotes. */
function oddPacketEvent(header: SyslogLine | undefined, text: string): Parsed {
  const columns = splitCsv(text, 0)
  const fields: WritableFields = {}
  const six = columns[8] === '6'
  const names = [...HEAD, ...(six ? IPV6 : IPV4)]
  names.forEach((name, index) => {
    put(fields, name, columns[index])
  })
  const protocol = String(fields.protocol ?? '').toLowerCase()
  fields.protocol = protocol
  tailOf(protocol).forEach((name, index) => {
    put(fields, name, columns[names.length + index])
  })
  const pivots = addVerdict(fields, String(fields.action))
  return deviceEvent(header, { logsource: FIREWALL, message: text, fields, pivots })
}

function tailOf(protocol: string): readonly string[] {
  if (protocol === 'tcp') return TCP
  if (protocol === 'udp' || protocol === 'sctp') return UDP
  if (protocol === 'carp') return CARP
  return protocol.startsWith('icmp') || protocol === 'ipv6-icmp' ? ICMP : []
}
