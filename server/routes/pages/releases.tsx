/** @jsxImportSource hono/jsx */
// Releases of content: the history, what each changed, and going back.
import { Hono } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import {
  ReleaseFiles,
  ReleasesPage,
  type ReleasesProps,
  shortCommit,
} from '../../../views/releases/page.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { GitError } from '../../releases/repository.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError, type Services } from '../../services/services.ts'
import { explainError } from '../errors.ts'
import { actorOf, formOf } from './forms.ts'
import { fragment, originOf, page, type Renderer } from './render.tsx'

const FACTS = { title: 'Releases', nav: 'releases' } as const
/** Offers shown, the newest. */
const RELEASES_SHOWN = 100

/** Routes of the releases page. */
export function releaseRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.releases.pattern, (c) => {
    const done = c.req.query('done')
    const isLive = done !== undefined && done === services.releases.live()
    const notice = isLive
      ? { notice: { kind: 'ok', text: `${shortCommit(done)} is live again.` } as const }
      : {}
    return show(c, services, renderer, notice)
  })
  app.get(urls.releaseChanged.pattern, (c) => changed(c, services, renderer))
  app.post(urls.releaseRollback.pattern, (c) => rollback(c, services, renderer))
  return app
}

async function show(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  outcome: Pick<ReleasesProps, 'notice'>,
  status: StatusCode = 200,
) {
  const body = (
    <ReleasesPage
      releases={await services.releases.list(RELEASES_SHOWN)}
      live={services.releases.live()}
      canRelease={can(c.get('principal'), 'detections:write')}
      csrfToken={c.get('csrfToken') ?? ''}
      origin={originOf(c)}
      now={Date.now()}
      {...outcome}
    />
  )
  return page(c, renderer, { ...FACTS, status }, body)
}

async function changed(c: AppContext, services: Services, renderer: Renderer) {
  const number = Number(c.req.param('number'))
  const release = (await services.releases.list(RELEASES_SHOWN)).find(
    (one) => one.number === number,
  )
  if (release?.previous === undefined)
    throw new ServiceError('not-found', 'There is no such release, or none was live before it.')
  const files = await filesOf(services, release.previous, release.commit)
  return fragment(c, renderer, FACTS, <ReleaseFiles files={files} />)
}

async function filesOf(services: Services, before: string, after: string) {
  try {
    return (await services.releases.changes(before, after)).files
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    throw new ServiceError('not-found', `The two commits cannot be compared: ${error.message}`)
  }
}

const Rollback = z.object({ commit: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/) })

/** Goes back; a refusal is a notice on the same page. */
async function rollback(c: AppContext, services: Services, renderer: Renderer) {
  if (!can(c.get('principal'), 'detections:write'))
    throw new ServiceError('forbidden', 'Rolling back needs the role engineer or admin.')
  const { commit } = await formOf(c, Rollback)
  try {
    const outcome = await services.releases.rollback(commit, actorOf(c))
    if (outcome.status === 'live') return c.redirect(urls.releases.href({ done: commit }), 303)
    const text = outcome.findings.map(({ message }) => message).join('; ')
    return show(c, services, renderer, { notice: { kind: 'problem', text } }, 422)
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401) throw error
    const notice = { kind: 'problem', text: known.message } as const
    return show(c, services, renderer, { notice }, known.status)
  }
}
