// Refuses Host names that are not ours: a page of another site that points its own name here (DNS
// rebinding) gets nothing. Addresses are no names, so they always pass.
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { MiddlewareHandler } from 'hono'
import type { Settings } from '../config.ts'
import { ServiceError } from '../services/service-error.ts'
import type { AppEnv } from './env.ts'

/** Lets requests pass whose Host is loopback, an address, this machine, or listed. */
export function trustedHosts(
  settings: Pick<Settings, 'host' | 'trustedHosts'>,
): MiddlewareHandler<AppEnv> {
  const names = new Set(['localhost', settings.host, hostname(), ...settings.trustedHosts])
  const known = new Set([...names].map((name) => name.toLowerCase()))
  return async function checkHost(c, next) {
    const name = hostName(c.req.header('host') ?? new URL(c.req.url).host)
    if (!known.has('*') && !known.has(name) && isIP(name.replace(/^\[|\]$/g, '')) === 0) {
      throw new ServiceError(
        'invalid',
        `Host ${name} is not served: add it to TRAPLINE_TRUSTED_HOSTS`,
      )
    }
    await next()
  }
}

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '')
}
