/** @jsxImportSource hono/jsx */
// Releases of content: the history, what each changed, going back; and drift from the followed branch.
import { Hono } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import { ChangedFiles } from '../../../views/releases/changed.tsx'
import { DriftPart } from '../../../views/releases/drift.tsx'
import { shortCommit } from '../../../views/releases/list.tsx'
import {
  ReleaseListUpdate,
  ReleasesPage,
  type ReleasesPageProps,
} from '../../../views/releases/page.tsx'
import { formatSpan } from '../../../views/shared/format.ts'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { GitError } from '../../releases/repository.ts'
import type { DriftSubject } from '../../services/drift.ts'
import { can } from '../../services/permissions.ts'
import type { ReleaseOutcome } from '../../services/releases.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { explainError } from '../errors.ts'
import { actorOf, formOf } from './forms.ts'
import { RELEASES_SHOWN, releasesProps, windowsOf } from './release-list.ts'
import { fragment, isPartial, page, type Renderer } from './render.tsx'

const FACTS = { title: 'Releases', nav: 'releases' } as const

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
  app.get(urls.releaseList.pattern, (c) => list(c, services, renderer))
  app.get(urls.releaseDrift.pattern, (c) => drift(c, services, renderer))
  app.get(urls.releaseChanged.pattern, (c) => changed(c, services, renderer))
  app.post(urls.releaseRollback.pattern, (c) => rollback(c, services, renderer))
  app.post(urls.releaseDriftRevert.pattern, (c) =>
    act(c, services, renderer, async () => services.releases.adopt(actorOf(c))),
  )
  app.post(urls.releaseDriftPropose.pattern, (c) => propose(c, services, renderer))
  return app
}

async function show(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  outcome: Pick<ReleasesPageProps, 'notice'>,
  status: StatusCode = 200,
) {
  const body = <ReleasesPage {...(await releasesProps(c, services))} {...outcome} />
  return page(c, renderer, { ...FACTS, status }, body)
}

/** The history anew, or nothing where `seen` is its newest entry. */
async function list(c: AppContext, services: Services, renderer: Renderer) {
  const [newest] = await services.releases.list(1)
  if (isPartial(c) && c.req.query('seen') === String(newest?.number ?? 0)) return c.body(null, 204)
  const body = <ReleaseListUpdate {...(await releasesProps(c, services))} />
  return fragment(c, renderer, FACTS, body)
}

async function drift(c: AppContext, services: Services, renderer: Renderer) {
  const body = (
    <DriftPart
      drift={await services.drift.report()}
      canChange={can(c.get('principal'), 'detections:write')}
      csrfToken={c.get('csrfToken') ?? ''}
      now={Date.now()}
    />
  )
  return fragment(c, renderer, { ...FACTS, title: 'Drift' }, body)
}

async function changed(c: AppContext, services: Services, renderer: Renderer) {
  const number = Number(c.req.param('number'))
  const releases = await services.releases.list(RELEASES_SHOWN)
  const release = releases.find((one) => one.number === number)
  if (release?.previous === undefined)
    throw new ServiceError('not-found', 'There is no such release, or none was live before it.')
  const windows = windowsOf(release, releases, Date.now())
  const [files, [before = {}, after = {}]] = await Promise.all([
    filesOf(services, release.previous, release.commit),
    services.state.alertsMade(windows ?? []),
  ])
  const body = (
    <ChangedFiles
      files={files}
      sampled={new Map(release.report?.sample?.rules.map((rule) => [rule.id, rule]))}
      alerts={
        windows === undefined
          ? undefined
          : {
              ...{ before, after },
              span: `${formatSpan(windows[0].to - windows[0].from)} before and after`,
            }
      }
    />
  )
  return fragment(c, renderer, FACTS, body)
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
  return act(c, services, renderer, async () => {
    const { commit } = await formOf(c, Rollback)
    return services.releases.rollback(commit, actorOf(c))
  })
}

const Propose = z.object({
  what: z.enum(['live', 'shipped', 'overlay']),
  path: z.string().max(4096).default(''),
})

async function propose(c: AppContext, services: Services, renderer: Renderer) {
  return act(c, services, renderer, async () => {
    const { what, path } = await formOf(c, Propose)
    const subject: DriftSubject = what === 'overlay' ? { what, path } : { what }
    await services.drift.propose(subject, actorOf(c))
    return undefined
  })
}

/** Does what needs the right to change content; what goes wrong is a notice on the same page. */
async function act(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  work: () => Promise<ReleaseOutcome | undefined>,
) {
  if (!can(c.get('principal'), 'detections:write'))
    throw new ServiceError('forbidden', 'Changing what is live needs the role engineer or admin.')
  try {
    const outcome = await work()
    if (outcome === undefined) return c.redirect(urls.releases.href(), 303)
    if (outcome.status === 'live')
      return c.redirect(urls.releases.href({ done: outcome.commit }), 303)
    const text = outcome.findings.map(({ message }) => message).join('; ')
    return show(c, services, renderer, { notice: { kind: 'problem', text } }, 422)
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401) throw error
    const notice = { kind: 'problem', text: known.message } as const
    return show(c, services, renderer, { notice }, known.status)
  }
}
