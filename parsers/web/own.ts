// Access lines in formats of one server: Apache's `ssl_request_log` and Nginx Proxy Manager's.
import type { ParseContext } from '../event.ts'
import { clfAt } from '../time.ts'
import type { AccessLine } from './access.ts'

export interface OwnAccess {
  readonly access: AccessLine
  readonly message: string
}

const HEAD_UNITS_MAX = 512
const TARGET_UNITS_MAX = 65_536
const SSL = /^ (\S{1,64}) ((?:TLS|SSL)v[\d.]{1,4}|-) (\S{1,64}) "([A-Z]{1,24}) /

/** `[time] client TLSv1.2 cipher "GET / HTTP/1.1" 1375`: no status. */
export function readSslRequest(text: string, context: ParseContext): OwnAccess | undefined {
  if (text.charCodeAt(0) !== 0x5b) return undefined
  const stamp = clfAt(text, 1, context)
  if (stamp === undefined || text.charCodeAt(stamp.end) !== 0x5d) return undefined
  const match = SSL.exec(text.slice(stamp.end + 1, stamp.end + 1 + HEAD_UNITS_MAX))
  if (match === null) return undefined
  const [whole, client = '', protocol = '', cipher = '', method = ''] = match
  const start = stamp.end + 1 + whole.length
  const quote = text.lastIndexOf('"')
  if (quote < start) return undefined
  const rest = text.slice(start, quote)
  const version = rest.lastIndexOf(' HTTP/')
  const target = version < 0 ? rest : rest.slice(0, version)
  const bytes = text.slice(quote + 1).trim()
  return {
    message: text,
    access: {
      client,
      time: stamp.time,
      request: `${method} ${rest}`,
      method,
      target,
      ...(version < 0 ? {} : { version: rest.slice(version + 1) }),
      ...(/^\d{1,15}$/.test(bytes) ? { bytes: Number(bytes) } : {}),
      further: [protocol, cipher],
      combined: false,
    },
  }
}

const MANAGER_HEAD =
  /^ (?:(?:-|[A-Z]{3,12}) )?(?:(?:-|\d{3}) )?(\d{3}) - ([A-Z_-]{1,24}|-) (\S{1,16}) (\S{1,300}) "/
const MANAGER_TAIL =
  /^" \[Client ([^\]]{1,64})\] \[Length ([^\]]{1,24})\] \[Gzip [^\]]{0,24}\](?: \[Sent-to ([^\]]{0,300})\])? "([^"]{0,8192})"(?: "([^"]{0,8192})")?/

/** `[time] - 200 200 - GET https host "/path" [Client 192.0.2.1] [Length 9] [Gzip -] "agent" "referer"`. */
export function readProxyManager(text: string, context: ParseContext): OwnAccess | undefined {
  if (text.charCodeAt(0) !== 0x5b) return undefined
  const stamp = clfAt(text, 1, context)
  if (stamp === undefined || text.charCodeAt(stamp.end) !== 0x5d) return undefined
  const head = MANAGER_HEAD.exec(text.slice(stamp.end + 1, stamp.end + 1 + HEAD_UNITS_MAX))
  if (head === null) return undefined
  const start = stamp.end + 1 + head[0].length
  const quote = text.indexOf('" [Client ', start)
  if (quote < 0 || quote - start > TARGET_UNITS_MAX) return undefined
  const tail = MANAGER_TAIL.exec(text.slice(quote, quote + 20_000))
  if (tail === null) return undefined
  const [, status, method = '', scheme = '', host = ''] = head
  const [, client = '', bytes = '', server, agent, referer] = tail
  const target = text.slice(start, quote)
  return {
    message: text,
    access: {
      client,
      time: stamp.time,
      request: `${method} ${target}`,
      method,
      target,
      virtualHost: host,
      status: Number(status),
      ...(/^\d{1,15}$/.test(bytes) ? { bytes: Number(bytes) } : {}),
      ...(agent === undefined || agent === '-' ? {} : { userAgent: agent }),
      ...(referer === undefined || referer === '-' ? {} : { referer }),
      further: server === undefined ? [scheme] : [scheme, server],
      combined: true,
    },
  }
}
