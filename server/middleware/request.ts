// First in the chain: names the request, finds the client behind trusted proxies, sets security headers.
import { BlockList, isIP } from 'node:net'
import type { MiddlewareHandler } from 'hono'
import type { Settings } from '../config.ts'
import type { AppContext, AppEnv } from './env.ts'

/** Answers are not framed, sniffed, cached, or given to other origins; nothing inline runs. */
const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
}
const HSTS = 'max-age=31536000'

/** Tells client, transport and a name for every request, and hardens every answer. */
export function identifyRequest(
  settings: Pick<Settings, 'trustedProxies' | 'tlsCert'>,
): MiddlewareHandler<AppEnv> {
  const proxies = blockListOf(settings.trustedProxies)
  return async function identify(c, next) {
    const requestId = crypto.randomUUID()
    const client = clientOf(c, proxies)
    const secure = settings.tlsCert !== undefined || client.https
    c.set('requestId', requestId)
    c.set('ip', client.ip)
    c.set('secure', secure)
    await next()
    c.header('x-request-id', requestId)
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!c.res.headers.has(name)) c.header(name, value)
    }
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store')
    if (secure) c.header('strict-transport-security', HSTS)
  }
}

interface Client {
  readonly ip: string
  readonly https: boolean
}

function clientOf(c: AppContext, proxies: BlockList): Client {
  const peer = plainAddress(c.env?.requestIP?.(c.req.raw)?.address ?? '127.0.0.1')
  if (!isListed(proxies, peer)) return { ip: peer, https: false }
  const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim())
  const client = hops.reverse().find((hop) => isIP(hop) !== 0 && !isListed(proxies, hop))
  const proto = c.req.header('x-forwarded-proto')?.split(',').at(-1)?.trim()
  return { ip: client === undefined ? peer : plainAddress(client), https: proto === 'https' }
}

/** An IPv4 address that arrived on an IPv6 socket, as IPv4. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}

function blockListOf(networks: readonly string[]): BlockList {
  const all = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const type = isIP(address) === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) all.addAddress(address, type)
    else all.addSubnet(address, Number(bits), type)
  }
  return all
}

function isListed(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}
