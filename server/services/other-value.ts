// Another value of the same kind: tests of filters are made with it, and what reads them must read it alike.
import ipaddr from 'ipaddr.js'
import type { FieldValue } from '../../sigma/event.ts'

const OTHER = 'other-1'

type Kind = readonly [pattern: RegExp, other: (value: string) => string]

/** The first whose pattern holds says what another one is. */
const KINDS: readonly Kind[] = [
  [/^-?\d{1,15}$/, nextNumber],
  [/^0x[0-9a-f]+$/i, nextHex],
  [/^S-1-\d[\d-]*-\d+$/, (value) => value.replace(/\d+$/, nextNumber)],
  [/^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i, nextHex],
  [/^[0-9a-f]{32,128}$/i, nextHex],
  [/^\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i, nextHex],
  [/^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i, (value) => `${/^[^/]+\/\/[^/?#]+/.exec(value)}/${OTHER}`],
  [/^[^\s@]+@[^\s@]+$/, (value) => value.replace(/^[^@]+/, OTHER)],
  [/[\\/]/, (value) => value.replace(/[^\\/]*?(\.\w{1,5})?$/, `${OTHER}$1`)],
  [/^[\w-]+\.[a-z]{2,}$/i, () => `${OTHER}.example`],
  [/^[\w-]+(?:\.[\w-]+)+$/, (value) => value.replace(/^[^.]+/, OTHER)],
  [/^\S+\s/, (value) => value.replace(/^\S+/, 'other')],
]

/** Another text of its kind: an address for an address, a number for a number. Never the same. */
export function otherText(value: string): string {
  if (ipaddr.IPv4.isValidFourPartDecimal(value) || ipaddr.IPv6.isValid(value))
    return nextAddress(value)
  const other = KINDS.find(([pattern]) => pattern.test(value))?.[1](value) ?? OTHER
  return other === value ? value.replace(OTHER, 'other-2') : other
}

/** Another value for a field. */
export function otherValue(value: FieldValue | undefined): FieldValue {
  if (typeof value === 'number') return value + 1 > Number.MAX_SAFE_INTEGER ? value - 1 : value + 1
  if (typeof value === 'boolean') return !value
  if (Array.isArray(value)) return value.map(otherValue)
  return typeof value === 'string' ? otherText(value) : OTHER
}

/** The next address of its network, or one before where there is none. */
function nextAddress(value: string): string {
  const address = ipaddr.parse(value)
  const bytes = address.toByteArray()
  const last = bytes.at(-1)!
  // .0 and .255 of an IPv4 network are seldom a host's.
  const [least, most] = address.kind() === 'ipv4' ? [1, 254] : [0xfe, 0xff]
  const next = last >= most ? least : last + 1
  return ipaddr.fromByteArray([...bytes.slice(0, -1), next]).toString()
}

/** As many digits as before. */
function nextNumber(value: string): string {
  const [, sign = '', digits = ''] = /^(-?)(\d+)$/.exec(value) ?? []
  const step = /^9+$/.test(digits) ? -1n : 1n
  return sign + String(BigInt(digits) + step).padStart(digits.length, '0')
}

/** Its last hexadecimal digit is another. */
function nextHex(value: string): string {
  return value.replace(/[0-9a-f](?=[^0-9a-f]*$)/i, (digit) =>
    ((Number.parseInt(digit, 16) + 1) % 16).toString(16),
  )
}
