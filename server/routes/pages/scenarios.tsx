/** @jsxImportSource hono/jsx */
// Scenarios: the list, playing one, how the runs go.
import { Hono } from 'hono'
import { z } from 'zod'
import { Runs, ScenariosPage } from '../../../views/scenarios/page.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { formOf, principalOf } from './forms.ts'
import { fragment, page, type Renderer } from './render.tsx'

const FACTS = { title: 'Scenarios', nav: 'scenarios' } as const
const RUNS_SHOWN = 20
const SPEED_MAX = 1000

/** Routes of the scenarios page. */
export function scenarioRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.scenarios.pattern, async (c) => {
    const body = (
      <ScenariosPage
        scenarios={await services.scenarios.list()}
        canPlay={can(c.get('principal'), 'siem:write')}
        csrfToken={c.get('csrfToken') ?? ''}
      />
    )
    return page(c, renderer, FACTS, body)
  })
  app.get(urls.scenarioRuns.pattern, (c) => runs(c, services, renderer))
  app.post(urls.scenarioPlay.pattern, (c) => play(c, services, renderer))
  return app
}

async function runs(c: AppContext, services: Services, renderer: Renderer) {
  const scenarios = await services.scenarios.list()
  const titles = Object.fromEntries(scenarios.map((one) => [one.id, one.title]))
  const newest = services.scenarios
    .runs()
    .toSorted((a, b) => b.started - a.started)
    .slice(0, RUNS_SHOWN)
  return fragment(c, renderer, FACTS, <Runs runs={newest} titles={titles} now={Date.now()} />)
}

const Play = z.object({ speed: z.coerce.number().positive().max(SPEED_MAX).default(1) })

async function play(c: AppContext, services: Services, renderer: Renderer) {
  if (!can(c.get('principal'), 'siem:write'))
    throw new ServiceError('forbidden', 'Playing needs the right to send events.')
  const { speed } = await formOf(c, Play)
  await services.scenarios.play(c.req.param('id') ?? '', speed, principalOf(c))
  return runs(c, services, renderer)
}
