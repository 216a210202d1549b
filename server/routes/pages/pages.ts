// All pages, mounted last: after the API, for people signed in.
import { Hono, type MiddlewareHandler } from 'hono'
import { urls } from '../../../views/urls.ts'
import type { AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { alertChangeRoutes } from './alert-changes.tsx'
import { thenNowRoutes } from './alert-then-now.tsx'
import { alertRoutes } from './alerts.tsx'
import { changeRoutes } from './changes.tsx'
import { deliveryRoutes } from './deliveries.tsx'
import { docsRoutes } from './docs.tsx'
import { editorRoutes } from './editor.tsx'
import { headerSource } from './header.ts'
import { huntEditRoutes } from './hunt-edit.tsx'
import { huntPromoteRoutes } from './hunt-promote.tsx'
import { huntRoutes } from './hunts.tsx'
import { pageError, toSignIn } from './page-errors.tsx'
import { releaseRoutes } from './releases.tsx'
import { headerFragment, type Renderer } from './render.tsx'
import { ruleRolloutRoutes } from './rule-rollout.tsx'
import { ruleRunRoutes } from './rule-runs.tsx'
import { ruleRoutes } from './rules.tsx'
import { scenarioRoutes } from './scenarios.tsx'
import { searchRoutes } from './search.tsx'
import { searchEventRoutes } from './search-event.tsx'
import { settingsRoutes } from './settings.tsx'
import { signInRoutes } from './sign-in.tsx'
import { sourceRoutes } from './sources.tsx'
import { loadStatic, staticRoutes } from './static.ts'
import { suppressRoutes } from './suppress.tsx'
import { suppressionRoutes } from './suppressions.tsx'

/** What the sign-in page needs of the server beside the services. */
export interface PageParts {
  /** Counts a password check from an address; throws `too-many`. */
  countTry(ip: string): void
  /** Drops remembered credentials. */
  forget(): void
}

/** Mounts the pages on an application: `createApp({ ..., pages: pages(services, parts) })`. */
export function pages(services: Services, parts: PageParts): (app: Hono<AppEnv>) => void {
  const loaded = loadStatic()
  const renderer: Renderer = {
    assets: async () => (await loaded).assets,
    header: headerSource(services),
  }
  return (app) => {
    app.route('/', staticRoutes(loaded))
    app.route('/', pageApp(services, parts, renderer))
  }
}

function pageApp(services: Services, parts: PageParts, renderer: Renderer): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.onError((error, c) => pageError(error, c, renderer))
  app.use(pageHeaders())
  app.route('/', signInRoutes(services, renderer, parts))
  app.route('/', docsRoutes(renderer))
  app.use(guard())
  app.get(urls.home.pattern, (c) => c.redirect(urls.search.href()))
  app.get(urls.header.pattern, (c) => headerFragment(c, renderer))
  for (const routes of [
    searchRoutes,
    searchEventRoutes,
    alertRoutes,
    alertChangeRoutes,
    thenNowRoutes,
    huntEditRoutes,
    huntPromoteRoutes,
    huntRoutes,
    suppressRoutes,
    suppressionRoutes,
    editorRoutes,
    ruleRunRoutes,
    ruleRolloutRoutes,
    ruleRoutes,
    changeRoutes,
    releaseRoutes,
    sourceRoutes,
    scenarioRoutes,
    deliveryRoutes,
    settingsRoutes,
  ]) {
    app.route('/', routes(services, renderer))
  }
  app.get('*', (c, next) => {
    if (isApi(c.req.path)) return next()
    throw new ServiceError('not-found', `There is no page ${c.req.path}.`)
  })
  return app
}

/** Headers of every page: whole page or fragment by htmx's headers, never stored. */
function pageHeaders(): MiddlewareHandler<AppEnv> {
  return async function setHeaders(c, next) {
    c.header('Vary', 'HX-Request, HX-Request-Type')
    c.header('Cache-Control', 'no-store')
    await next()
  }
}

/** Pages are for people who may read; others are sent to sign in. */
function guard(): MiddlewareHandler<AppEnv> {
  return async function requireReader(c, next) {
    if (isApi(c.req.path)) return next()
    const principal = c.get('principal')
    if (principal === undefined) return toSignIn(c)
    if (!can(principal, 'siem:read'))
      throw new ServiceError('forbidden', 'This credential may send events but not read them.')
    return next()
  }
}

/** Paths that programs ask: what is unknown there gets the API's answer, never a page. */
function isApi(path: string): boolean {
  return /^\/(api|ingest|services|loki|v1|_bulk|_license|metrics|health|ready)\b/.test(path)
}
