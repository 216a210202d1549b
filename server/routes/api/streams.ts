// Live streams (S6): log events and alerts as they come, resumable by Last-Event-ID.
import { z } from 'zod'
import type { LiveAlert, LiveLogs } from '../../services/services.ts'
import { AlertFilterParams, alertFilterOf } from './alerts.ts'
import { route } from './route.ts'
import { alertJson, eventJson } from './schemas.ts'
import { expressionOf, FilterParams } from './search-params.ts'
import { type Message, sse } from './sse.ts'

export const streamLogs = route({
  method: 'get',
  path: '/api/v1/logs/stream',
  access: 'siem:read',
  tag: 'events',
  summary: 'Events as they are committed: `log` messages; `gap` when some were left out',
  query: FilterParams,
  answerType: 'text/event-stream',
  handle: ({ query, services, c }) => {
    const { expr } = expressionOf(query)
    const after = Number(c.req.header('last-event-id') ?? Number.NaN)
    const request = {
      ...(expr ? { expr } : {}),
      ...(Number.isSafeInteger(after) ? { after } : {}),
    }
    return sse(c, (signal) => each(services.live.logs(request, signal), logMessages))
  },
})

export const streamAlerts = route({
  method: 'get',
  path: '/api/v1/alerts/stream',
  access: 'siem:read',
  tag: 'alerts',
  summary:
    'Alerts as they are made or changed: `alert` messages; `reset` when the list must be read anew',
  query: AlertFilterParams.extend({
    after: z
      .string()
      .max(100)
      .optional()
      .describe('Id of a message, where no Last-Event-ID is sent'),
  }),
  answerType: 'text/event-stream',
  handle: ({ query, services, c }) => {
    const after = c.req.header('last-event-id') ?? query.after
    const request = { filter: alertFilterOf(query), ...(after === undefined ? {} : { after }) }
    return sse(c, (signal) => each(services.live.alerts(request, signal), alertMessages))
  },
})

function logMessages({ events, sequence, gap }: LiveLogs): readonly Message[] {
  const last = events.length - 1
  const messages = events.map((event, index) => ({
    event: 'log',
    ...(index === last ? { id: String(sequence) } : {}),
    data: JSON.stringify(eventJson(event)),
  }))
  return gap ? [{ event: 'gap', data: '{}' }, ...messages] : messages
}

function alertMessages(message: LiveAlert): readonly Message[] {
  if (message.kind === 'reset') return [{ event: 'reset', id: message.id, data: '{}' }]
  const data = JSON.stringify({ kind: message.kind, alert: alertJson(message.alert) })
  return [{ event: 'alert', id: message.id, data }]
}

async function* each<T>(
  source: AsyncIterable<T>,
  messages: (item: T) => readonly Message[],
): AsyncIterable<readonly Message[]> {
  for await (const item of source) yield messages(item)
}
