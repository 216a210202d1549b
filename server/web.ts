// The application on a port.
import { readFileSync } from 'node:fs'
import type { Hono } from 'hono'
import type { Settings } from './config.ts'
import type { AppEnv } from './middleware/env.ts'

/** A connection that says nothing this long is closed, seconds; streams lift it for themselves. */
const IDLE_TIMEOUT_S = 60
/** Requests under way get this long to finish at stop, milliseconds. */
const DRAIN_MS = 5_000
/** What is left after this, with every handler done, is a stream: it is cut, milliseconds. */
const FLUSH_MS = 250
const POLL_MS = 10
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
  const load: Load = { handling: 0, stopping: false }
  const server = serve(app, host, port, tls, load)
  const shown = host.includes(':') ? `[${host}]` : host
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${shown}:${server.port}`,
    stop: async () => {
      load.stopping = true
      void server.stop(false)
      const started = performance.now()
      for (;;) {
        const waited_ms = performance.now() - started
        if (server.pendingRequests === 0 || waited_ms > DRAIN_MS) break
        if (load.handling === 0 && waited_ms > FLUSH_MS) break
        await Bun.sleep(POLL_MS)
      }
      await server.stop(true)
    },
  }
}

/** Requests whose handler has not answered yet. */
interface Load {
  handling: number
  stopping: boolean
}

interface Tls {
  readonly cert: string
  readonly key: string
}

function serve(
  app: Hono<AppEnv>,
  hostname: string,
  port: number,
  tls: Tls | undefined,
  load: Load,
) {
  try {
    return Bun.serve({
      hostname,
      port,
      idleTimeout: IDLE_TIMEOUT_S,
      maxRequestBodySize: BODY_MAX_BYTES,
      ...(tls === undefined ? {} : { tls }),
      fetch: async (request, server) => {
        if (load.stopping) return stoppingAnswer()
        load.handling++
        try {
          return await app.fetch(request, server)
        } finally {
          load.handling--
        }
      },
    })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`TRAPLINE_HOST/TRAPLINE_PORT: cannot serve on ${hostname}:${port}: ${why}`)
  }
}

/** For requests that arrive on open connections while the server stops: senders come back. */
function stoppingAnswer(): Response {
  const error = { code: 'unavailable', message: 'the server is stopping', request_id: '' }
  return Response.json(
    { error },
    { status: 503, headers: { 'retry-after': '1', connection: 'close' } },
  )
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
