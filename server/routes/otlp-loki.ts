// OTLP/HTTP logs and Loki pushes, for OpenTelemetry collectors, Grafana Alloy, Promtail, Fluent Bit, Vector.
import type { Hono } from 'hono'
import type { AppContext, AppEnv } from '../middleware/env.ts'
import { ServiceError } from '../services/service-error.ts'
import type { Services } from '../services/services.ts'
import { lokiBinaryEvents, lokiJsonEvents } from '../wire/loki.ts'
import { otlpBinaryEvents, otlpJsonEvents } from '../wire/otlp.ts'
import { WireError } from '../wire/protobuf.ts'
import { unsnappy } from '../wire/snappy.ts'
import { checkAccess } from './api/register.ts'
import { INGEST_INFLATED_MAX_BYTES, readIngestBody } from './body.ts'

const PROTOBUF = 'application/x-protobuf'
const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** Adds the routes. */
export function otlpLokiRoutes(app: Hono<AppEnv>, services: Services): void {
  app.post('/v1/logs', async (c) => {
    const isBinary = takesBinary(c)
    await store(c, services, (body) =>
      isBinary ? otlpBinaryEvents(body) : otlpJsonEvents(decoder.decode(body)),
    )
    // An empty message says that everything was taken.
    if (isBinary) return c.body(new Uint8Array(), 200, { 'content-type': PROTOBUF })
    return c.json({ partialSuccess: {} })
  })
  for (const path of ['/loki/api/v1/push', '/api/prom/push']) {
    app.post(path, async (c) => {
      const isBinary = takesBinary(c)
      await store(c, services, (body) =>
        isBinary
          ? lokiBinaryEvents(unsnappy(body, INGEST_INFLATED_MAX_BYTES))
          : lokiJsonEvents(decoder.decode(body)),
      )
      return c.body(null, 204)
    })
  }
}

function takesBinary(c: AppContext): boolean {
  return c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() === PROTOBUF
}

async function store(
  c: AppContext,
  services: Services,
  read: (body: Uint8Array) => readonly string[],
): Promise<void> {
  checkAccess('siem:write', c)
  const texts = textsOf(await readIngestBody(c.req.raw), read)
  if (texts.length > 0) await services.ingest.ingest({ body: encoder.encode(texts.join('\n')) })
}

function textsOf(body: Uint8Array, read: (body: Uint8Array) => readonly string[]) {
  try {
    return read(body)
  } catch (error) {
    if (error instanceof WireError) throw new ServiceError('invalid', error.message)
    throw error
  }
}
