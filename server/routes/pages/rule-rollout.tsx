/** @jsxImportSource hono/jsx */
// The part of a rule's page that tells of its stage, and verdicts on what it would have raised.
import { Hono } from 'hono'
import { z } from 'zod'
import { RuleRolloutPart } from '../../../views/rules/rollout.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError, type Services } from '../../services/services.ts'
import { SHADOW_VERDICTS } from '../../stores/state/rollouts.ts'
import { actorOf, formOf } from './forms.ts'
import { fragment, type Renderer } from './render.tsx'

const SHADOW_SHOWN = 10

export function ruleRolloutRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.ruleRollout.pattern, (c) => rollout(c, services, renderer))
  app.post(urls.ruleShadow.pattern, async (c) => {
    if (!can(c.get('principal'), 'alerts:write'))
      throw new ServiceError('forbidden', 'Verdicts need the right to change alerts.')
    const { verdict } = await formOf(c, z.object({ verdict: z.enum(SHADOW_VERDICTS) }))
    await services.rollouts.judgeAlert(c.req.param('alert') ?? '', verdict, actorOf(c))
    return rollout(c, services, renderer)
  })
  return app
}

async function rollout(c: AppContext, services: Services, renderer: Renderer) {
  const id = c.req.param('id') ?? ''
  const [found, shadow] = await Promise.all([
    services.rollouts.of(id),
    services.rollouts.shadowAlerts(id, SHADOW_SHOWN),
  ])
  const proposalId = found?.state.decision?.proposalId
  return fragment(
    c,
    renderer,
    { title: 'Rollout', nav: 'rules' },
    <RuleRolloutPart
      ruleId={id}
      rollout={found}
      proposal={proposalId === undefined ? undefined : await services.proposals.get(proposalId)}
      shadow={shadow.alerts}
      shadowTotal={shadow.total}
      canJudge={can(c.get('principal'), 'alerts:write')}
      csrfToken={c.get('csrfToken') ?? ''}
      now={Date.now()}
    />,
  )
}
