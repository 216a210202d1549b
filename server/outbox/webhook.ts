// `alert.created` to a webhook (T7): JSON, signed, within 1.5 s or again later.
import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { alertId } from '../stores/state/alert-rows.ts'
import type { OutboxItem } from '../stores/state/outbox.ts'
import type { Delivered } from './delivery.ts'
import { DeliveryError, retryAfterOf } from './delivery.ts'

/** The receiver must have answered by then, milliseconds (T7). */
export const WEBHOOK_TIMEOUT_MS = 1_500
/** Name of the destination set by TRAPLINE_WEBHOOK_URL. */
export const WEBHOOK_DESTINATION = 'webhook'

/** Answers that say the alert itself is not wanted. Others may come from a receiver that is being repaired:
 * a proxy without its service answers 404 or 401 as well. */
const REFUSALS: ReadonlySet<number> = new Set([400, 410, 413, 415, 422])

export interface WebhookOptions {
  readonly url: string
  /** Signs the body; without it nothing is signed. */
  readonly secret: string | undefined
  readonly now?: () => number
}

const Payload = z.looseObject({
  type: z.literal('alert.created'),
  alert: z.looseObject({
    number: z.number(),
    created: z.number(),
    first_seen: z.number(),
    last_seen: z.number(),
  }),
})

/** The body of a row: the alert as it was raised, with the names of the API. */
export function webhookBody(item: OutboxItem): string {
  const { type, alert } = Payload.parse(item.payload)
  const { number, ...rest } = alert
  const iso = (ms: number) => new Date(ms).toISOString()
  const told = {
    ...{ type, delivery: item.id, created: iso(alert.created) },
    alert: {
      id: alertId(number),
      ...rest,
      ...{ created: iso(alert.created), first_seen: iso(alert.first_seen) },
      last_seen: iso(alert.last_seen),
    },
  }
  return JSON.stringify(told, (_, value) => (value === null ? undefined : value))
}

/** Posts a row. The delivery's number is the same each time, so that a receiver can tell repeats. */
export async function sendWebhook(item: OutboxItem, options: WebhookOptions): Promise<Delivered> {
  const { url, secret, now = Date.now } = options
  const body = webhookBody(item)
  const answer = await post(
    url,
    {
      'content-type': 'application/json',
      'user-agent': 'Trapline',
      'x-siem-event': 'alert.created',
      'x-siem-delivery': String(item.id),
      ...(secret === undefined ? {} : { 'x-siem-signature': signatureOf(body, secret) }),
    },
    body,
  )
  await answer.body?.cancel()
  if (answer.ok) return { result: 'sent' }
  const retryAfter_ms = retryAfterOf(answer.headers.get('retry-after'), now())
  throw new DeliveryError(`the webhook answered ${answer.status}`, {
    isFinal: REFUSALS.has(answer.status),
    ...(retryAfter_ms === undefined ? {} : { retryAfter_ms }),
  })
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Response> {
  try {
    // A redirect would send the alert somewhere that nobody configured.
    return await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(WEBHOOK_TIMEOUT_MS),
    })
  } catch (error) {
    const why = error instanceof Error ? error.name : String(error)
    const said = why === 'TimeoutError' ? `no answer in ${WEBHOOK_TIMEOUT_MS} ms` : 'no connection'
    throw new DeliveryError(`the webhook cannot be reached: ${said}`)
  }
}

/** `sha256=` and the HMAC of the body, hex. */
export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}
