// Who talks to whom: addresses and ports of a line, under the names of every source.
import { type Addresses, put, type WritableFields } from '../device/event.ts'
import { isIpv4, portAt } from '../values.ts'
import { AT, firstPlace, WANTED, word } from './pairs.ts'

/** Names of FortiGate first, then those of FortiWeb and FortiMail. */
const SOURCES = [AT.srcip, AT.locip, AT.src, AT.client_ip, AT.ip, AT.sip, AT.userip]
const TARGETS = [AT.dstip, AT.remip, AT.dst, AT.dip]
const SOURCE_PORTS = [AT.srcport, AT.locport]
const TARGET_PORTS = [AT.dstport, AT.remport]

/** Sets the addresses of the line that was read last; those that are plain ones. */
export function addAddresses(text: string, fields: WritableFields): Addresses {
  const source = putAddress(text, fields, 'src_ip', SOURCES)
  const target = putAddress(text, fields, 'dst_ip', TARGETS)
  putPort(text, fields, 'src_port', SOURCE_PORTS)
  putPort(text, fields, 'dst_port', TARGET_PORTS)
  if (source === undefined && fields.src_ip === undefined) put(fields, 'src_ip', consoleAddress())
  return { src_ip: source, dst_ip: target }
}

/** Sets an address; the value itself where it is plain IPv4. It is looked at where it stands: it would be copied. */
function putAddress(
  text: string,
  fields: WritableFields,
  name: 'src_ip' | 'dst_ip',
  places: readonly number[],
): string | undefined {
  const place = firstPlace(places)
  if (place < 0) return undefined
  const value = WANTED.values[place]!
  const start = WANTED.starts[place]!
  const isPlain = isIpv4(text, start, start + value.length)
  if (isPlain) fields[name] = value
  else put(fields, name, value)
  return isPlain ? value : undefined
}

/** Sets a port, as a number where it is one. */
function putPort(
  text: string,
  fields: WritableFields,
  name: 'src_port' | 'dst_port',
  places: readonly number[],
): void {
  const place = firstPlace(places)
  if (place < 0) return
  const value = WANTED.values[place]!
  const port = portAt(text, WANTED.starts[place]!, value.length)
  if (port >= 0) fields[name] = port
  else put(fields, name, value)
}

/** `ui="GUI(192.0.2.9)"`: where an administrator works from. */
function consoleAddress(): string | undefined {
  const console = word(AT.ui)
  if (console?.endsWith(')') !== true) return undefined
  return /\(([\dA-Fa-f.:]{3,45})\)$/.exec(console.slice(-48))?.[1]
}
