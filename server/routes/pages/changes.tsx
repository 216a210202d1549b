/** @jsxImportSource hono/jsx */
// Proposed changes on the releases page: a section of their own.
import { Hono } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { ChangeDiff, Changes, type ChangesProps } from '../../../views/releases/changes.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { explainError } from '../errors.ts'
import { actorOf } from './forms.ts'
import { fragment, type Renderer } from './render.tsx'

const FACTS = { title: 'Proposed changes', nav: 'releases' } as const
/** Changes looked at, the newest. */
const CHANGES_MAX = 100

/** Routes of the section. */
export function changeRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.releaseChanges.pattern, (c) => show(c, services, renderer))
  app.get(urls.releaseChangeDiff.pattern, async (c) => {
    const diff = await services.proposals.diff(c.req.param('id'))
    return fragment(c, renderer, FACTS, <ChangeDiff diff={diff} />)
  })
  app.post(urls.releaseChangeMerge.pattern, (c) =>
    act(c, services, renderer, async (id) => {
      await services.proposals.merge(id, actorOf(c))
      // The history beside the section has a new first entry.
      c.header('HX-Redirect', urls.releases.href())
      return 'Merged.'
    }),
  )
  app.post(urls.releaseChangeClose.pattern, (c) =>
    act(c, services, renderer, async (id) => {
      await services.proposals.close(id, actorOf(c))
      return 'Closed. Its branch stays.'
    }),
  )
  app.post(urls.releaseChangeRetry.pattern, (c) =>
    act(c, services, renderer, async (id) => {
      await services.proposals.retry(id, actorOf(c))
      return 'It is tried again now.'
    }),
  )
  return app
}

async function show(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  outcome: Pick<ChangesProps, 'notice'> = {},
  status: StatusCode = 200,
) {
  const { settings, proposals } = services
  const body = (
    <Changes
      changes={await proposals.list(CHANGES_MAX)}
      target={proposals.target}
      branch={proposals.target === 'local' ? 'main' : settings.contentBranch}
      canChange={can(c.get('principal'), 'detections:write')}
      csrfToken={c.get('csrfToken') ?? ''}
      now={Date.now()}
      {...outcome}
    />
  )
  return fragment(c, renderer, { ...FACTS, status }, body)
}

/** Does something to a change; a refusal is a notice in the section. */
async function act(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  work: (id: string) => Promise<string>,
) {
  if (!can(c.get('principal'), 'detections:write'))
    throw new ServiceError('forbidden', 'Changing content needs the role engineer or admin.')
  try {
    const text = await work(c.req.param('id') ?? '')
    return show(c, services, renderer, { notice: { kind: 'ok', text } })
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401) throw error
    const notice = { kind: 'problem', text: known.message } as const
    return show(c, services, renderer, { notice }, known.status)
  }
}
