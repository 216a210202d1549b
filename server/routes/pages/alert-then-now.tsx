/** @jsxImportSource hono/jsx */
// The part of an alert's drawer that tells where its rule came from.
import { Hono } from 'hono'
import { NoRule, ThenNow } from '../../../views/alerts/then-now.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppEnv } from '../../middleware/env.ts'
import { hunksOf } from '../../services/line-diff.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { fragment, type Renderer } from './render.tsx'
import { isRuleless } from './search-event.tsx'

const FACTS = { title: 'Then and now', nav: 'alerts' } as const

export function thenNowRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.alertThenNow.pattern, async (c) => {
    const alert = await services.state.getAlert(c.req.param('id'))
    if (alert === undefined) throw new ServiceError('not-found', 'There is no such alert')
    if (isRuleless(alert.ruleId)) return fragment(c, renderer, FACTS, <NoRule />)
    const facts = await services.provenance.of(alert)
    const lines = facts.diff === undefined ? undefined : hunksOf(facts.diff)
    return fragment(c, renderer, FACTS, <ThenNow {...{ alert, facts, lines }} />)
  })
  return app
}
