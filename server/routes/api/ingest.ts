// Events in (I1). The body goes to the ingest worker as it is; the answer comes after its commit.
import { z } from 'zod'
import { ServiceError } from '../../services/service-error.ts'
import { EVENT_TOO_LARGE } from '../../stores/events/dead-letter.ts'
import { readIngestBody } from '../body.ts'
import { ErrorAnswer } from '../errors.ts'
import { type Route, route } from './route.ts'

const KEY_MAX_CHARACTERS = 200
/** Tells that key and body came before: the answer is the one of then, nothing was stored now. */
const REPEATED_HEADER = 'Idempotent-Replayed'

const IngestAnswer = z.object({
  accepted: z.number(),
  unparsed: z.number(),
  batch: z.string(),
  errors: z.array(z.object({ index: z.number(), code: z.string(), message: z.string() })),
})

const ingest = (path: string): Route =>
  route({
    method: 'post',
    path,
    access: 'siem:write',
    tag: 'ingest',
    summary: 'Store events: one JSON object, an array, or one event a line; gzip and zstd bodies',
    query: z.object({
      source: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe('Parser name, or a label; for events that name no source'),
      import: z
        .string()
        .regex(/^[\w.-]{1,64}$/)
        .optional()
        .describe(
          'Old logs: event times before the retention are kept. "true", or a name that all batches of one import share: they correlate among themselves',
        ),
    }),
    bodyType: 'application/x-ndjson',
    answer: IngestAnswer,
    also: { 413: IngestAnswer.partial().extend(ErrorAnswer.shape) },
    handle: async ({ query, services, c }) => {
      const key = c.req.header('idempotency-key')
      if (key !== undefined && (key === '' || key.length > KEY_MAX_CHARACTERS)) {
        throw new ServiceError('invalid', `Idempotency-Key: 1 to ${KEY_MAX_CHARACTERS} characters`)
      }
      const { repeated, ...answer } = await services.ingest.ingest({
        body: await readIngestBody(c.req.raw),
        ...(query.source === undefined ? {} : { source: query.source }),
        ...(key === undefined ? {} : { key }),
        ...importOf(query.import),
      })
      if (repeated === true) c.header(REPEATED_HEADER, 'true')
      const tooLarge = answer.errors.find(({ code }) => code === EVENT_TOO_LARGE)
      if (answer.accepted > 0 || tooLarge === undefined) return answer
      const { message } = tooLarge
      const error = { code: 'too-large', message, request_id: c.get('requestId') ?? '' }
      return c.json({ ...answer, error }, 413)
    },
  })

function importOf(name: string | undefined): { import?: boolean; importId?: string } {
  if (name === undefined || name === 'false') return {}
  return name === 'true' ? { import: true } : { import: true, importId: name }
}

export const ingestShort = ingest('/ingest')
export const ingestLogs = ingest('/api/v1/logs/ingest')
