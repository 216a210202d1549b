// Splunk's HTTP Event Collector, for senders that know it: Splunk forwarders' successors, Vector, Fluent Bit,
// Docker, AWS Firehose. An API key is the token; the answers are Splunk's own, not ours.
import type { Hono } from 'hono'
import { z } from 'zod'
import type { AppContext, AppEnv } from '../middleware/env.ts'
import { takeOne } from '../middleware/rate-limit.ts'
import { can } from '../services/permissions.ts'
import type { RateLimits } from '../services/rate-limit.ts'
import { ServiceError } from '../services/service-error.ts'
import type { Services } from '../services/services.ts'
import { type Acks, createAcks } from '../splunk/acks.ts'
import { type HecDefaults, type HecGroup, hecEvents, hecLines } from '../splunk/events.ts'
import { HecError, REPLIES, type ReplyName } from '../splunk/replies.ts'
import { EVENT_TOO_LARGE } from '../stores/events/dead-letter.ts'
import { WorkerError } from '../workers/rpc.ts'
import { readIngestBody } from './body.ts'
import { errorAnswer } from './errors.ts'

const ROOT = '/services/collector'
const CHANNEL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const ACKS_ASKED_MAX = 10_000
const BUSY_RETRY_S = 1

/** Adds the routes. They check the token themselves, so they come before the authentication of all others. */
export function splunkRoutes(app: Hono<AppEnv>, services: Services, limits: RateLimits): void {
  const acks = createAcks()
  const guarded = (handle: (c: AppContext) => Promise<Response>) => async (c: AppContext) => {
    try {
      await checkToken(c, services, limits)
      return await handle(c)
    } catch (error) {
      return refusal(c, error)
    }
  }
  const take = (read: typeof hecEvents) => guarded((c) => store(c, services, acks, read))
  const post = (paths: readonly string[], handle: (c: AppContext) => Promise<Response>) => {
    for (const path of paths.flatMap(withSlash)) {
      app
        .post(path, handle)
        .all(path, (c) => plainReply(c, 'The requested method is not allowed', 405))
    }
  }
  app.options(`${ROOT}/*`, (c) => c.body(null, 200))
  post(['', '/event', '/event/1.0'], take(hecEvents))
  post(['/raw', '/raw/1.0'], take(hecLines))
  post(
    ['/ack'],
    guarded((c) => answerAcks(c, acks)),
  )
  for (const path of ['/health', '/health/1.0'].flatMap(withSlash)) {
    app.get(path, (c) => reply(c, services.ingest.isFull() ? 'unhealthy' : 'healthy'))
  }
  app.all(`${ROOT}/*`, (c) => plainReply(c, 'The requested URL was not found on this server', 404))
}

/** Libraries differ in whether a slash follows. */
function withSlash(path: string): readonly string[] {
  return [`${ROOT}${path}`, `${ROOT}${path}/`]
}

/** Where no token was looked at: the code is the status, as Splunk answers. */
function plainReply(c: AppContext, text: string, status: 404 | 405): Response {
  return c.json({ text, code: status }, status)
}

function reply(c: AppContext, name: ReplyName, more: Readonly<Record<string, unknown>> = {}) {
  const [code, status, text] = REPLIES[name]
  return c.json({ text, code, ...more }, status)
}

/** Splunk TOKEN, Basic with the token as password, or the bearer form of other tools. */
async function checkToken(c: AppContext, services: Services, limits: RateLimits): Promise<void> {
  const header = c.req.header('authorization')
  if (header === undefined) {
    takeOne(limits, 'anonymous', c.get('ip'))
    throw new HecError(c.req.query('token') === undefined ? 'tokenRequired' : 'queryAuthorization')
  }
  const token = tokenOf(header)
  if (token === undefined) throw new HecError('invalidAuthorization')
  const principal = await services.credentials.key(token)
  if (principal === undefined || !can(principal, 'siem:write')) {
    takeOne(limits, 'auth', c.get('ip'))
    throw new HecError('invalidToken')
  }
  takeOne(limits, 'ingest', principal.credentialId)
}

function tokenOf(header: string): string | undefined {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(header.trim()) ?? []
  if (/^(?:splunk|bearer)$/i.test(scheme)) return value
  if (!/^basic$/i.test(scheme)) return undefined
  const text = Buffer.from(value, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon === -1 || colon === text.length - 1 ? undefined : text.slice(colon + 1)
}

async function store(
  c: AppContext,
  services: Services,
  acks: Acks,
  read: (body: string, defaults: HecDefaults) => readonly HecGroup[],
): Promise<Response> {
  const channel = channelOf(c)
  const body = new TextDecoder().decode(await readIngestBody(c.req.raw))
  if (body.trim() === '') throw new HecError('noData')
  let accepted = 0
  let tooLarge = false
  for (const { source, texts } of read(body, defaultsOf(c))) {
    const answer = await services.ingest.ingest({
      body: new TextEncoder().encode(texts.join('\n')),
      ...(source === undefined ? {} : { source }),
    })
    accepted += answer.accepted
    tooLarge ||= answer.errors.some(({ code }) => code === EVENT_TOO_LARGE)
  }
  if (accepted === 0 && tooLarge) throw new HecError('tooLarge')
  return reply(c, 'success', channel === undefined ? {} : { ackId: acks.add(channel) })
}

function defaultsOf(c: AppContext): HecDefaults {
  const { time, host, source, sourcetype, index } = c.req.query()
  return { time, host, source, sourcetype, index }
}

/** A channel asks for acknowledgements. */
function channelOf(c: AppContext): string | undefined {
  const channel = c.req.header('x-splunk-request-channel') ?? c.req.query('channel')
  if (channel === undefined || channel === '') return undefined
  if (!CHANNEL.test(channel)) throw new HecError('invalidChannel')
  return channel.toLowerCase()
}

const AckRequest = z.object({ acks: z.array(z.int().min(0)).max(ACKS_ASKED_MAX) })

async function answerAcks(c: AppContext, acks: Acks): Promise<Response> {
  const channel = channelOf(c)
  if (channel === undefined) throw new HecError('channelMissing')
  const body = new TextDecoder().decode(await readIngestBody(c.req.raw))
  const asked = AckRequest.safeParse(jsonOf(body))
  if (!asked.success) throw new HecError('invalidFormat')
  return c.json({ acks: acks.take(channel, asked.data.acks) })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Splunk's answer to what went wrong; ours where Splunk has none (415). */
function refusal(c: AppContext, error: unknown): Response {
  if (error instanceof HecError) {
    const { reply: name, event } = error
    return reply(c, name, event === undefined ? {} : { 'invalid-event-number': event })
  }
  const code = error instanceof ServiceError || error instanceof WorkerError ? error.code : ''
  if (BUSY.has(code)) {
    const wait_s = error instanceof ServiceError ? error.retryAfter_s : undefined
    c.header('Retry-After', String(wait_s ?? BUSY_RETRY_S))
    return reply(c, 'busy')
  }
  if (code === 'invalid') return reply(c, 'invalidFormat')
  if (code === 'too-large') return reply(c, 'tooLarge')
  return errorAnswer(error, c)
}

/** Codes after which a sender is to try again. */
const BUSY: ReadonlySet<string> = new Set(['too-many', 'disk-full', 'unavailable'])
