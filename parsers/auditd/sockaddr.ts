// The address of a SOCKADDR record: the kernel's structure as hexadecimal text.
import { isIpv4, isIpv6 } from '../values.ts'

/** What an address says; `family` is `ipv4`, `ipv6`, `unix`, `netlink` or the number. */
export interface SocketAddress {
  readonly family: string
  readonly ip?: string
  readonly port?: number
  readonly path?: string
}

const AF_UNIX = 1
const AF_INET = 2
const AF_INET6 = 10
const AF_NETLINK = 16
/** An address of the kernel is at most this long, bytes. */
const SOCKADDR_BYTES_MAX = 256

/** Reads the hexadecimal text; undefined when it is none or too short for its family. */
export function decodeSocketAddress(hex: string): SocketAddress | undefined {
  if (hex.length > SOCKADDR_BYTES_MAX * 2 || hex.length < 4 || !/^(?:[0-9a-f]{2})+$/i.test(hex)) {
    return undefined
  }
  const bytes = Buffer.from(hex, 'hex')
  const family = bytes.readUInt16LE(0)
  if (family === AF_UNIX) return { family: 'unix', path: pathOf(bytes.subarray(2)) }
  if (family === AF_NETLINK) return { family: 'netlink' }
  if (family === AF_INET && bytes.length >= 8) {
    return {
      family: 'ipv4',
      ip: [...bytes.subarray(4, 8)].join('.'),
      port: bytes.readUInt16BE(2),
    }
  }
  if (family === AF_INET6 && bytes.length >= 24) {
    return { family: 'ipv6', ip: ipv6Text(bytes.subarray(8, 24)), port: bytes.readUInt16BE(2) }
  }
  return { family: String(family) }
}

/** A path ends at NUL; an abstract name begins with one, shown as `@`. */
function pathOf(bytes: Buffer): string {
  const abstract = bytes[0] === 0
  const name = abstract ? bytes.subarray(1) : bytes
  const end = name.indexOf(0)
  const text = name.subarray(0, end < 0 ? undefined : end).toString('utf8')
  return abstract && text !== '' ? `@${text}` : text
}

/** RFC 5952: lower case, the longest run of zeros as `::`, mapped IPv4 dotted. */
function ipv6Text(bytes: Buffer): string {
  if (bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff) {
    return `::ffff:${[...bytes.subarray(12, 16)].join('.')}`
  }
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2))
  let [start, length] = [0, 0]
  for (let from = 0; from < 8; from++) {
    let to = from
    while (to < 8 && groups[to] === 0) to++
    if (to - from > length) [start, length] = [from, to - from]
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  if (length < 2) return hex(groups)
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

/** The hexadecimal text of an address that a collector has decoded; undefined for families other than `inet`
 * and `inet6`, and for what is no address. */
export function encodeSocketAddress(family: string, ip: string, port: number): string | undefined {
  if (!Number.isInteger(port) || port < 0 || port > 0xff_ff) return undefined
  const tail = port.toString(16).padStart(4, '0')
  if (family === 'inet' && isIpv4(ip)) {
    return `0200${tail}${Buffer.from(ip.split('.').map(Number)).toString('hex')}`
  }
  if (family !== 'inet6' || !isIpv6(ip) || ip.includes('.')) return undefined
  const [front = '', back = ''] = ip.split('::')
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((group) => group.padStart(4, '0'))
  const [first, last] = [groups(front), groups(back)]
  const zeros = '0000'.repeat(8 - first.length - last.length)
  return `0a00${tail}00000000${first.join('')}${zeros}${last.join('')}`
}
