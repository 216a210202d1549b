// PAN-OS in a custom log format of `name=value` parted by bars, as collectors ask for it:
// `serial=7|type=TRAFFIC|subtype=end|time_generated=..|src=..`. Short names are brought to those of the columns.
import { put, type WritableFields } from '../device/event.ts'
import { HEADER_UNITS_MAX } from '../device/header.ts'
import { TYPES } from './columns.ts'

const PAIRS_MAX = 256

/** Column by short name. */
const COLUMNS: ReadonlyMap<string, string> = new Map([
  ['time_generated', 'generated_time'],
  ['time_received', 'receive_time'],
  ['suser', 'srcuser'],
  ['duser', 'dstuser'],
  ['act', 'action'],
  ['cat', 'category'],
  ['dvc', 'device_name'],
  ['inboundif', 'inbound_if'],
  ['outboundif', 'outbound_if'],
  ['sessionendreason', 'session_end_reason'],
  ['pkt', 'packets'],
  ['pktsent', 'pkts_sent'],
  ['pktrcvd', 'pkts_received'],
  ['useragent', 'user_agent'],
  ['ref', 'referer'],
  ['seq', 'seqno'],
  ['ruleuuid', 'rule_uuid'],
  ['srcip', 'src'],
  ['dstip', 'dst'],
  ['srcport', 'sport'],
  ['dstport', 'dport'],
  ['usr', 'user'],
  ['event_id', 'eventid'],
  ['desc', 'opaque'],
  ['description', 'opaque'],
  ['publicip', 'public_ip'],
  ['privateip', 'private_ip'],
])

/** The type's pair, and one that every log of PAN-OS has: other devices write bars, too. */
const TYPE = /(?:^|[|\s])type=([A-Z-]{3,24})\|/
const OWN = /(?:^|[|\s])(?:serial|time_generated|vsys)=/

/** Where the pairs start, or -1. */
export function panPairsStart(text: string): number {
  const bar = text.indexOf('|')
  if (bar <= 0 || bar > HEADER_UNITS_MAX) return -1
  const head = text.slice(0, 1024)
  const type = TYPE.exec(head)
  if (type === null || !TYPES.has(type[1]!) || !OWN.test(head)) return -1
  return text.lastIndexOf(' ', text.lastIndexOf('=', bar)) + 1
}

/** The pairs from `start` on: their own names, and those of columns where they are others. */
export function panPairFields(text: string, start: number): WritableFields {
  const fields: WritableFields = {}
  for (const pair of text.slice(start).split('|', PAIRS_MAX)) {
    const equals = pair.indexOf('=')
    if (equals <= 0) continue
    const name = pair.slice(0, equals).trim()
    const value = pair.slice(equals + 1).trim()
    put(fields, name, value)
    const column = COLUMNS.get(name)
    if (column !== undefined && fields[column] === undefined) put(fields, column, value)
  }
  return fields
}
