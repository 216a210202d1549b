/** @jsxImportSource hono/jsx */
// A hunt as the rule it would become, with what is chosen for it; then a change, or a draft in the editor.
import { Hono } from 'hono'
import { z } from 'zod'
import { PromotePage } from '../../../views/hunts/promote.tsx'
import { urls } from '../../../views/urls.ts'
import type { PromoteAsk } from '../../hunts/promote.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import type { HuntSummary } from '../../services/hunts.ts'
import type { Services } from '../../services/services.ts'
import { PromoteBody } from '../api/hunt-promotion.ts'
import { explainError } from '../errors.ts'
import { actorOf, formOf, principalOf } from './forms.ts'
import { huntOf } from './hunts.tsx'
import { page, type Renderer } from './render.tsx'

/** Routes of promoting hunts; mounted before those that show them. */
export function huntPromoteRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.huntPromote.pattern, async (c) =>
    show(c, services, renderer, await huntOf(c, services), {}),
  )
  app.post(urls.huntPromote.pattern, (c) => act(c, services, renderer))
  return app
}

async function show(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  { hunt }: HuntSummary,
  ask: PromoteAsk,
  before?: string,
) {
  const { promotion, problem = before } = await prepared(c, services, hunt.id, ask)
  const csrfToken = c.get('csrfToken') ?? ''
  const body = (
    <PromotePage
      {...{ hunt, promotion, csrfToken }}
      {...(problem === undefined ? {} : { problem })}
    />
  )
  const status = problem === undefined ? 200 : 422
  return page(c, renderer, { title: `Promote ${hunt.title}`, nav: 'hunts', status }, body)
}

async function prepared(c: AppContext, services: Services, id: string, ask: PromoteAsk) {
  try {
    return { promotion: await services.hunts.promotion(id, ask, principalOf(c)) }
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401 || known.status === 403) throw error
    return { promotion: undefined, problem: known.message }
  }
}

const ids = z.union([z.array(z.string()), z.string().transform((one) => [one])]).default([])
const LogSource = z
  .string()
  .max(1_000)
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch (error) {
      context.addIssue(`is no log source: ${String(error)}`)
      return z.NEVER
    }
  })
  .pipe(PromoteBody.shape.logsource)
const Form = z.object({
  act: z.enum(['open', 'draft', 'look']).default('look'),
  title: PromoteBody.shape.title,
  level: PromoteBody.shape.level,
  logsource: LogSource.optional(),
  hits: ids,
  misses: ids,
})

async function act(c: AppContext, services: Services, renderer: Renderer) {
  const found = await huntOf(c, services)
  const { id } = found.hunt
  const { act: wanted, ...ask } = await formOf(c, Form)
  try {
    if (wanted === 'open') {
      const proposal = await services.hunts.promote(id, ask, principalOf(c), actorOf(c))
      const done = `Change ${proposal.id} with the rule is open: see Releases.`
      return c.redirect(urls.hunt.href({ id }, { done }), 303)
    }
    if (wanted === 'draft') {
      const { path, text, testText } = await services.hunts.promotion(id, ask, principalOf(c))
      const draft = await services.drafts.start({ path, text, testText }, actorOf(c))
      return c.redirect(urls.ruleDraft.href({ draft: draft.id }), 303)
    }
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401 || known.status === 403) throw error
    return show(c, services, renderer, found, ask, known.message)
  }
  return show(c, services, renderer, found, ask)
}
