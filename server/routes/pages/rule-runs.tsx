/** @jsxImportSource hono/jsx */
// Parts of the rules pages that tell of runs: the metrics, a rule's runs, running it now.
import { Hono } from 'hono'
import { z } from 'zod'
import { RuleMetricsPart } from '../../../views/rules/metrics.tsx'
import { REPLAY_RANGES, RuleRuns } from '../../../views/rules/runs.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { durationOf } from '../../services/schedule-clock.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { actorOf, formOf } from './forms.ts'
import { fragment, type Renderer } from './render.tsx'

const FACTS = { title: 'Runs', nav: 'rules' } as const
const RUNS_SHOWN = 12

/** Routes of these parts; mount them before the rule's own, whose pattern takes any name. */
export function ruleRunRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.ruleMetrics.pattern, async (c) => {
    const metrics = await services.ruleRuns.metrics()
    const facts = { title: 'Metrics', nav: 'rules' } as const
    return fragment(c, renderer, facts, <RuleMetricsPart metrics={metrics} />)
  })
  app.get(urls.ruleRuns.pattern, (c) => runs(c, services, renderer))
  app.post(urls.ruleRun.pattern, (c) => runNow(c, services, renderer))
  return app
}

async function runs(c: AppContext, services: Services, renderer: Renderer, problem?: string) {
  const id = c.req.param('id') ?? ''
  const [rule, schedule, found] = await Promise.all([
    services.rules.get(id),
    services.ruleRuns.schedule(id),
    services.ruleRuns.list(id, RUNS_SHOWN),
  ])
  if (rule === undefined) throw new ServiceError('not-found', `No rule ${id} is loaded.`)
  const runnable = rule.refused === undefined && services.rules.readsEvents(id)
  return fragment(
    c,
    renderer,
    FACTS,
    <RuleRuns
      ruleId={id}
      every={rule.schedule}
      schedule={schedule}
      runs={found}
      canRun={runnable && can(c.get('principal'), 'alerts:write')}
      csrfToken={c.get('csrfToken') ?? ''}
      now={Date.now()}
      problem={problem}
    />,
  )
}

const RunForm = z.object({ range: z.enum(REPLAY_RANGES).default('24h') })

async function runNow(c: AppContext, services: Services, renderer: Renderer) {
  if (!can(c.get('principal'), 'alerts:write'))
    throw new ServiceError('forbidden', 'Running rules needs the right to change alerts.')
  const { range } = await formOf(c, RunForm)
  const to = Date.now()
  const span_ms = durationOf(range) ?? 0
  try {
    const id = c.req.param('id') ?? ''
    await services.ruleRuns.run(id, { range: { from: to - span_ms, to } }, actorOf(c))
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'conflict') throw error
    return runs(c, services, renderer, error.message)
  }
  return runs(c, services, renderer)
}
