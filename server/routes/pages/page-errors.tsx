/** @jsxImportSource hono/jsx */
// Errors as pages and fragments: a box with the cause and a way to try again, where the section stood.
import { SectionError } from '../../../views/shared/section.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext } from '../../middleware/env.ts'
import { ServiceError } from '../../services/service-error.ts'
import { StateError } from '../../stores/state/state-store.ts'
import { type Explained, explainError } from '../errors.ts'
import { isPartial, page, type Renderer, wantsFrame } from './render.tsx'

const NAMES: Readonly<Record<string, string>> = {
  [urls.searchTable.pattern]: 'Events',
  [urls.searchHistogram.pattern]: 'Histogram',
  [urls.searchFacet.pattern]: 'Facet',
  [urls.searchCount.pattern]: 'Count',
  [urls.searchGroups.pattern]: 'Groups',
  [urls.alertFacet.pattern]: 'Facet',
  [urls.ruleLivenessSummary.pattern]: 'Liveness',
  [urls.sourceFields.pattern]: 'Fields',
  [urls.sourceImports.pattern]: 'Files',
  [urls.alertQueue.pattern]: 'Alerts',
  [urls.sourceCards.pattern]: 'Sources',
  [urls.huntLedger.pattern]: 'Runs',
  [urls.huntVolume.pattern]: 'Volume',
  [urls.deadLetters.pattern]: 'Dead letters',
  [urls.scenarioRuns.pattern]: 'Runs',
}

/** Whether a change was refused because someone else was first. */
export function isConflict(error: unknown): error is Error {
  return (error instanceof ServiceError || error instanceof StateError) && error.code === 'conflict'
}

/** The answer to an error of a page or section. What is a fault of ours is logged, not shown. */
export async function pageError(error: unknown, c: AppContext, renderer: Renderer) {
  const known = explainError(error) ?? fault(error, c)
  c.header('Cache-Control', 'no-store')
  if (known.status === 401) return toSignIn(c)
  const what = NAMES[c.req.path] ?? 'This part'
  const box = <SectionError what={what} cause={known.message} url={c.req.url} />
  if (isPartial(c) && !wantsFrame(c)) return c.html(box, known.status)
  const title = TITLES[known.status] ?? 'Not loaded'
  return page(
    c,
    renderer,
    { title, nav: undefined, status: known.status },
    <div class="page">
      <h1>{title}</h1>
      {known.status === 404 ? <p class="muted">{known.message}</p> : box}
    </div>,
  )
}

/** What a whole page that is an error is called. */
const TITLES: Readonly<Partial<Record<number, string>>> = { 403: 'Not allowed', 404: 'Not found' }

function fault(error: unknown, c: AppContext): Explained {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const id = c.get('requestId') ?? ''
  console.error(`${id} ${c.req.method} ${c.req.path}: ${text}`)
  return {
    status: 500,
    code: 'internal',
    message: `Trapline failed; its log has the cause (${id}).`,
  }
}

/** Sends whoever is not signed in to the sign-in page, and afterwards back to the page that they were on. */
export function toSignIn(c: AppContext) {
  const isHtmx = c.req.header('hx-request') !== undefined
  if (!isHtmx && c.req.header('sec-fetch-dest') === 'empty')
    return c.json({ error: 'Your session has ended: sign in again.' }, 401)
  const next = pageOf(c)
  const address = urls.signIn.href(next === undefined || next === '/' ? {} : { next })
  if (!isHtmx) return c.redirect(address, 303)
  c.header('HX-Redirect', address)
  return c.body(null, 401)
}

/** The page that a request came from: what it asks for by itself where that is a page. */
function pageOf(c: AppContext): string | undefined {
  const isPage = !isPartial(c) && (c.req.method === 'GET' || c.req.method === 'HEAD')
  const from = c.req.header('hx-current-url') ?? c.req.header('referer')
  const at = isPage ? c.req.url : from
  if (at === undefined || !URL.canParse(at)) return undefined
  const { host, pathname, search } = new URL(at)
  const isOurs = host === (c.req.header('host') ?? new URL(c.req.url).host)
  return isOurs && pathname !== urls.signIn.href() ? pathname + search : undefined
}
