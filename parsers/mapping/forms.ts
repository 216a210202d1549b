// Forms that mapping tables ask for: parts of a value.
import type { FieldValue } from '../../sigma/event.ts'
import type { EventSeverity } from '../severity.ts'
import { isIpv4, isIpv6 } from '../values.ts'
import type { Form } from './table.ts'

const HUNDRED = 100
const TEN = 10

/** The part of a value that a form names; undefined where it has none. */
export function inForm(value: FieldValue, form: Form): FieldValue | undefined {
  if (Array.isArray(value)) return inForm(value[0] ?? null, form)
  if (form === 'score') return typeof value === 'object' ? undefined : scoreOf(Number(value))
  if (typeof value !== 'string') return undefined
  switch (form) {
    case 'address':
      return splitAddress(value).address
    case 'port':
      return splitAddress(value).port
    case 'domain':
      return value.includes('@') ? value.slice(value.lastIndexOf('@') + 1) : undefined
    case 'first':
      return value.split('/', 1)[0]
    case 'stem':
      return value.split('?', 1)[0]
    case 'last':
      return value.slice(Math.max(value.lastIndexOf('/'), value.lastIndexOf(':')) + 1)
    case 'lower':
      return value.toLowerCase()
  }
}

/** Without leading zeros, which versions have: `EXCH01 (192.0.2.20)`, not `CY4PR04 (15.20.0077.011)`. */
const NAMED_ADDRESS =
  /^\s*\[?\S+ \(((?:(?!0\d)\d{1,3}\.){3}(?!0\d)\d{1,3}|[\da-fA-F:]{3,39})\)\]?\s*$/

/** `192.0.2.1:443`, `[2001:db8::1]:443`, either alone; the text itself where it is no address. */
export function splitAddress(text: string): { address: string; port?: string } {
  const bracket = text.startsWith('[') ? text.indexOf(']') : -1
  if (bracket > 0) {
    const address = text.slice(1, bracket)
    const rest = text.slice(bracket + 1)
    return rest.startsWith(':') && rest.length > 1 ? { address, port: rest.slice(1) } : { address }
  }
  const colon = text.lastIndexOf(':')
  if (colon > 0 && isIpv4(text.slice(0, colon))) {
    return { address: text.slice(0, colon), port: text.slice(colon + 1) }
  }
  // Of a name and a port.
  const port = text.slice(colon + 1)
  if (colon > 0 && text.indexOf(':') === colon && /^\d{1,5}$/.test(port)) {
    return { address: text.slice(0, colon), port }
  }
  // A server's name and its address in brackets.
  const named = NAMED_ADDRESS.exec(text)
  if (named !== null) return { address: named[1]! }
  // A comma-separated list of proxies begins with the sender.
  const comma = text.indexOf(',')
  const first = comma < 0 ? text : text.slice(0, comma).trim()
  return { address: comma > 0 && (isIpv4(first) || isIpv6(first)) ? first : text }
}

/** Scores up to 10 (CVSS, GuardDuty) or up to 100. */
function scoreOf(score: number): EventSeverity | undefined {
  if (!Number.isFinite(score) || score < 0) return undefined
  const parts = score <= TEN ? score / TEN : score / HUNDRED
  if (parts >= 0.9) return 'critical'
  if (parts >= 0.7) return 'high'
  if (parts >= 0.4) return 'medium'
  return parts > 0 ? 'low' : 'informational'
}
