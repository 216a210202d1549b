/** @jsxImportSource hono/jsx */
// The list of mutes, agreeing to one and ending one.
import { Hono } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { RuleFeedbackPart } from '../../../views/rules/feedback.tsx'
import { FilterEffectPart, LiveFilters } from '../../../views/suppress/filters.tsx'
import { type MuteRow, MutesPage, type MutesProps } from '../../../views/suppress/list.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import type { Services } from '../../services/services.ts'
import type { Suppression } from '../../stores/state/suppressions.ts'
import { explainError } from '../errors.ts'
import { actorOf } from './forms.ts'
import { fragment, page, type Renderer } from './render.tsx'
import { rulesById } from './rule-names.ts'
import { requireMute } from './suppress.tsx'

const FACTS = { title: 'Mutes', nav: 'alerts' } as const
const MUTES_SHOWN = 200
const FEEDBACK_SHOWN = 20

export function suppressionRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.ruleFeedback.pattern, (c) => ruleFeedback(c, services, renderer))
  app.get(urls.suppressions.pattern, (c) => show(c, services, renderer, madeNotice(c)))
  app.get(urls.liveFilters.pattern, (c) => {
    const today = new Date().toISOString().slice(0, 10)
    const filters = services.filters.list()
    return fragment(c, renderer, FACTS, <LiveFilters {...{ filters, today }} />)
  })
  app.get(urls.filterEffect.pattern, async (c) => {
    const effect = await services.filters.effect(c.req.param('id'), c.req.raw.signal)
    return fragment(c, renderer, FACTS, <FilterEffectPart effect={effect} />)
  })
  app.post(urls.suppressionEnd.pattern, (c) =>
    act(c, services, renderer, (id) => services.suppressions.end(id, actorOf(c))),
  )
  app.post(urls.suppressionAgree.pattern, (c) =>
    act(c, services, renderer, (id) => services.suppressions.agree(id, actorOf(c))),
  )
  return app
}

function madeNotice(c: AppContext): Pick<MutesProps, 'notice'> {
  const made = c.req.query('made') ?? ''
  if (!/^S-\d{1,15}$/.test(made)) return {}
  return { notice: { kind: 'ok', text: `Mute ${made} is made; its filter is on the way to Git.` } }
}

async function show(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  outcome: Pick<MutesProps, 'notice'>,
  status: StatusCode = 200,
) {
  const found = await services.suppressions.list({ limit: MUTES_SHOWN })
  const body = (
    <MutesPage
      mutes={await Promise.all(found.map((mute) => rowOf(services, mute)))}
      me={c.get('principal')?.name ?? ''}
      canMute={can(c.get('principal'), 'detections:write')}
      csrfToken={c.get('csrfToken') ?? ''}
      now={Date.now()}
      {...outcome}
    />
  )
  return page(c, renderer, { ...FACTS, status }, body)
}

async function rowOf(services: Services, mute: Suppression): Promise<MuteRow> {
  const { ruleId, proposalId } = mute
  const proposal = proposalId === undefined ? undefined : await services.proposals.get(proposalId)
  const title = ruleId === undefined ? undefined : rulesById(services.rules).get(ruleId)?.title
  return {
    ...mute,
    ruleTitle: title ?? ruleId ?? 'Every rule of its log source',
    ...(proposal === undefined ? {} : { proposal }),
  }
}

/** The rule page's part about verdicts and mutes. */
async function ruleFeedback(c: AppContext, services: Services, renderer: Renderer) {
  const ruleId = c.req.param('id') ?? ''
  const [feedback, mutes, counters] = await Promise.all([
    services.feedback.of(ruleId, FEEDBACK_SHOWN),
    services.suppressions.list({ ruleId, states: ['active', 'pending'], limit: MUTES_SHOWN }),
    services.state.ruleCounters(),
  ])
  const suppressed = counters[ruleId]?.suppressed ?? 0
  const wantsCase = services.rules.compiled(ruleId)?.trapline?.auto_create_case === true
  const props = { ruleId, feedback, mutes, suppressed, wantsCase, now: Date.now() }
  return fragment(c, renderer, { title: 'Verdicts', nav: 'rules' }, <RuleFeedbackPart {...props} />)
}

/** Changes a mute; a refusal is a notice on the list. */
async function act(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  change: (id: string) => Promise<Suppression>,
) {
  requireMute(c)
  try {
    const { id } = await change(c.req.param('id') ?? '')
    return c.redirect(`${urls.suppressions.href()}#${id}`, 303)
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401) throw error
    const notice = { kind: 'problem', text: known.message } as const
    return show(c, services, renderer, { notice }, known.status)
  }
}
