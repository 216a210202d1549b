/** @jsxImportSource hono/jsx */
// The part of a rule's page that tells of its stage, and verdicts on what it would have raised.
import { Hono } from 'hono'
import { z } from 'zod'
import { RuleRolloutPart } from '../../../views/rules/rollout.tsx'
import { ShadowPage } from '../../../views/rules/shadow.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { SHADOW_VERDICTS } from '../../stores/state/rollouts.ts'
import { actorOf, formOf } from './forms.ts'
import { fragment, isPartial, page, type Renderer, wantsFrame } from './render.tsx'

const SHADOW_SHOWN = 10
const LANE_SHOWN = 200

export function ruleRolloutRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.shadow.pattern, (c) => shadowLane(c, services, renderer))
  app.post(urls.shadowVerdict.pattern, async (c) => {
    await judge(c, services)
    return shadowLane(c, services, renderer)
  })
  app.get(urls.ruleRollout.pattern, (c) => rollout(c, services, renderer))
  app.post(urls.ruleShadow.pattern, async (c) => {
    await judge(c, services)
    return rollout(c, services, renderer)
  })
  return app
}

async function judge(c: AppContext, services: Services): Promise<void> {
  if (!can(c.get('principal'), 'alerts:write'))
    throw new ServiceError('forbidden', 'Verdicts need the right to change alerts.')
  const { verdict } = await formOf(c, z.object({ verdict: z.enum(SHADOW_VERDICTS) }))
  await services.rollouts.judgeAlert(c.req.param('alert') ?? '', verdict, actorOf(c))
}

async function shadowLane(c: AppContext, services: Services, renderer: Renderer) {
  const { alerts, total } = await services.rollouts.shadowAlerts(undefined, LANE_SHOWN)
  const body = (
    <ShadowPage
      alerts={alerts}
      total={total}
      rules={new Map(services.rules.list().map((rule) => [rule.id, rule]))}
      canJudge={can(c.get('principal'), 'alerts:write')}
      csrfToken={c.get('csrfToken') ?? ''}
      now={Date.now()}
    />
  )
  const facts = { title: 'Shadow lane', nav: 'rules' } as const
  if (isPartial(c) && !wantsFrame(c)) return fragment(c, renderer, facts, body)
  const whole = (
    <div class="page" id="shadow-lane">
      {body}
    </div>
  )
  return page(c, renderer, facts, whole)
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
