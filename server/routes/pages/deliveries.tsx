/** @jsxImportSource hono/jsx */
// Deliveries on the settings page: a section of their own, for administrators.
import { Hono } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import { Deliveries, type DeliveriesProps } from '../../../views/settings/deliveries.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { explainError } from '../errors.ts'
import { actorOf } from './forms.ts'
import { fragment, type Renderer } from './render.tsx'

const FACTS = { title: 'Deliveries', nav: 'settings' } as const
/** Rows shown of each state. */
const ROWS_SHOWN = 50

type Notice = Pick<DeliveriesProps, 'notice'>

/** Routes of the section. */
export function deliveryRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.settingsDeliveries.pattern, (c) => show(c, services, renderer, {}))
  app.post(urls.settingsDeliveryReplayAll.pattern, (c) =>
    act(c, services, renderer, async () => {
      const count = await services.outbox.replayDead(actorOf(c))
      return `${count} will be sent again.`
    }),
  )
  app.post(urls.settingsDeliveryReplay.pattern, (c) =>
    act(c, services, renderer, async () => {
      const id = z.coerce.number().int().min(1).safeParse(c.req.param('id'))
      if (!id.success) throw new ServiceError('not-found', 'There is no such delivery.')
      await services.outbox.replay(id.data, actorOf(c))
      return 'It is sent again now.'
    }),
  )
  return app
}

async function show(
  c: AppContext,
  { outbox }: Services,
  renderer: Renderer,
  outcome: Notice,
  status: StatusCode = 200,
) {
  requireAdmin(c)
  const [counts, dead, pending] = await Promise.all([
    outbox.counts(),
    outbox.list(ROWS_SHOWN, 'dead'),
    outbox.list(ROWS_SHOWN, 'pending'),
  ])
  const body = (
    <Deliveries
      counts={counts}
      items={[...dead, ...pending]}
      csrfToken={c.get('csrfToken') ?? ''}
      now={Date.now()}
      {...outcome}
    />
  )
  return fragment(c, renderer, { ...FACTS, status }, body)
}

async function act(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  work: () => Promise<string>,
) {
  requireAdmin(c)
  try {
    const text = await work()
    return await show(c, services, renderer, { notice: { kind: 'ok', text } })
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401) throw error
    const notice = { kind: 'problem', text: known.message } as const
    return show(c, services, renderer, { notice }, known.status)
  }
}

function requireAdmin(c: AppContext): void {
  if (!can(c.get('principal'), 'admin'))
    throw new ServiceError('forbidden', 'Deliveries are for administrators.')
}
