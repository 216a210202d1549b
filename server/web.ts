// The application on a port.
import { readFileSync } from 'node:fs'
import type { Hono } from 'hono'
import type { Settings } from './config.ts'
import type { AppEnv } from './middleware/env.ts'

/** A connection that says nothing this long is closed, seconds; streams lift it for themselves. */
const IDLE_TIMEOUT_S = 60
/** Requests under way get this long to finish at stop, milliseconds. */
const DRAIN_MS = 5_000
/** Bun refuses longer bodies by itself, bytes: far above our own limits, which explain themselves. */
const BODY_MAX_BYTES = 8 * 1024 * 1024 * 1024

export interface Web {
  readonly url: string
  /** Stops accepting and lets requests under way finish; streams are cut. */
  stop(): Promise<void>
}

/** Serves an application. Throws naming the variable when the address cannot be bound or the key read. */
export function startWeb(
  app: Hono<AppEnv>,
  settings: Pick<Settings, 'host' | 'port' | 'tlsCert' | 'tlsKey'>,
): Web {
  const { host, port } = settings
  const tls = tlsOf(settings)
  const server = serve(app, host, port, tls)
  const shown = host.includes(':') ? `[${host}]` : host
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${shown}:${server.port}`,
    stop: async () => {
      await Promise.race([server.stop(false), Bun.sleep(DRAIN_MS)])
      await server.stop(true)
    },
  }
}

interface Tls {
  readonly cert: string
  readonly key: string
}

function serve(app: Hono<AppEnv>, hostname: string, port: number, tls: Tls | undefined) {
  try {
    return Bun.serve({
      hostname,
      port,
      idleTimeout: IDLE_TIMEOUT_S,
      maxRequestBodySize: BODY_MAX_BYTES,
      ...(tls === undefined ? {} : { tls }),
      fetch: (request, server) => app.fetch(request, server),
    })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`TRAPLINE_HOST/TRAPLINE_PORT: cannot serve on ${hostname}:${port}: ${why}`)
  }
}

function tlsOf(settings: Pick<Settings, 'tlsCert' | 'tlsKey'>): Tls | undefined {
  if (settings.tlsCert === undefined || settings.tlsKey === undefined) return undefined
  return {
    cert: readPem('TRAPLINE_TLS_CERT', settings.tlsCert),
    key: readPem('TRAPLINE_TLS_KEY', settings.tlsKey),
  }
}

function readPem(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`${variable}: cannot read ${path}: ${(error as Error).message}`)
  }
}
