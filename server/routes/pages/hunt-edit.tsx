/** @jsxImportSource hono/jsx */
// Making, changing, importing, publishing and removing hunts on pages.
import { Hono } from 'hono'
import { z } from 'zod'
import { type Hunt, NO_FILTERS, rangeOf } from '../../../query/hunt/hunt.ts'
import { type HuntFields, HuntForm } from '../../../views/hunts/form.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import type { HuntChange, HuntContent } from '../../services/hunts.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { ROLES, SEVERITIES } from '../../stores/state/state-store.ts'
import { changeOf, HuntChangeBody } from '../api/hunt-schemas.ts'
import { huntOfFile } from '../api/hunts.ts'
import { explainError } from '../errors.ts'
import { actorOf, formOf, principalOf } from './forms.ts'
import { huntOf, showHunt } from './hunts.tsx'
import { page, type Renderer } from './render.tsx'
import { huntOfSearch } from './search-hunt.ts'
import { searchStateOf } from './search-query.ts'

const FACTS = { title: 'Hunts', nav: 'hunts' } as const

/** Routes of the pages that change hunts; mounted before those that show them. */
export function huntEditRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.use(urls.huntNew.pattern, mustWrite)
  app.use(urls.huntEdit.pattern, mustWrite)
  app.get(urls.huntNew.pattern, (c) => newForm(c, renderer))
  app.post(urls.huntNew.pattern, (c) => create(c, services, renderer))
  app.get(urls.huntEdit.pattern, (c) => editForm(c, services, renderer))
  app.post(urls.huntEdit.pattern, (c) => change(c, services, renderer))
  app.post(urls.huntPublish.pattern, (c) =>
    attempt(c, services, renderer, async () => {
      const id = c.req.param('id') ?? ''
      const { id: proposal } = await services.hunts.publish(id, principalOf(c), actorOf(c))
      return urls.hunt.href({ id }, { done: `Change ${proposal} is open: see Releases.` })
    }),
  )
  app.post(urls.huntRemove.pattern, (c) =>
    attempt(c, services, renderer, async () => {
      const id = c.req.param('id') ?? ''
      const proposal = await services.hunts.remove(id, principalOf(c), actorOf(c))
      if (proposal === undefined) return urls.hunts.href({ done: 'The hunt is removed.' })
      return urls.hunt.href({ id }, { done: `Change ${proposal.id} is open: see Releases.` })
    }),
  )
  return app
}

async function mustWrite(c: AppContext, next: () => Promise<void>) {
  if (!can(c.get('principal'), 'hunts:write'))
    throw new ServiceError('forbidden', 'Keeping hunts needs the role analyst.')
  await next()
}

/** Does it and follows its address; a refusal is a notice on the hunt's page. */
async function attempt(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  act: () => Promise<string>,
) {
  try {
    return c.redirect(await act(), 303)
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401 || known.status === 404) throw error
    const notice = { kind: 'problem', text: known.message } as const
    return showHunt(c, services, renderer, { notice }, known.status)
  }
}

const EMPTY: HuntContent = {
  ...{ title: '', query: '', filters: NO_FILTERS, sharing: 'private' },
  ...{ shared_with_roles: [], tags: [], references: [] },
}

/** The hunt that a search's address would be. */
function contentOf(search: string | undefined): HuntContent {
  if (search === undefined || search === '') return EMPTY
  const url = URL.parse(search, 'http://search')
  if (url === null) throw new ServiceError('invalid', 'The address of the search cannot be read.')
  const state = searchStateOf(url.searchParams)
  if (rangeOf(state.from, state.to) === undefined)
    throw new ServiceError('invalid', 'The time range of the search cannot be kept.')
  return { ...EMPTY, ...huntOfSearch(state) }
}

function fieldsOf(hunt: HuntContent): HuntFields {
  const { filters } = hunt
  return {
    ...{ title: hunt.title, hypothesis: hunt.hypothesis ?? '', query: hunt.query },
    ...{ range: filters.range ?? '', severity: filters.severity, schedule: hunt.schedule ?? '' },
    ...{ source: filters.source.join('\n'), host: filters.host.join('\n') },
    ...{ sharing_mode: hunt.sharing, shared_with_roles: hunt.shared_with_roles },
    ...{ tags: hunt.tags.join('\n'), owner: hunt.owner ?? '' },
  }
}

function newForm(c: AppContext, renderer: Renderer) {
  const search = c.req.query('search')
  return show(c, renderer, { fields: fieldsOf(contentOf(search)), search, inGit: false })
}

async function editForm(c: AppContext, services: Services, renderer: Renderer) {
  const { hunt, place, version } = await huntOf(c, services)
  return show(c, renderer, {
    ...{ id: hunt.id, version, fields: fieldsOf(hunt), inGit: place === 'git' },
  })
}

interface Shown {
  readonly id?: string
  readonly fields: HuntFields
  readonly inGit: boolean
  readonly search?: string | undefined
  readonly version?: number | undefined
  readonly problem?: string
}

function show(c: AppContext, renderer: Renderer, { search, version, ...shown }: Shown) {
  const body = (
    <HuntForm
      {...shown}
      {...(search === undefined ? {} : { search })}
      {...(version === undefined ? {} : { version })}
      roles={ROLES}
      severities={SEVERITIES}
      csrfToken={c.get('csrfToken') ?? ''}
    />
  )
  const title = shown.id === undefined ? 'New hunt' : 'Edit hunt'
  return page(
    c,
    renderer,
    { ...FACTS, title, status: shown.problem === undefined ? 200 : 422 },
    body,
  )
}

const listed = z.union([z.array(z.string()), z.string().transform((one) => [one])]).default([])
const lines = (value: string) =>
  value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

const Form = z.object({
  title: z.string().default(''),
  hypothesis: z.string().default(''),
  query: z.string().default(''),
  range: z.string().default(''),
  source: z.string().default(''),
  host: z.string().default(''),
  severity: listed,
  schedule: z.string().default(''),
  sharing_mode: z.string().default('private'),
  shared_with_roles: listed,
  tags: z.string().default(''),
  owner: z.string().default(''),
  search: z.string().max(32_000).optional(),
  version: z.coerce.number().int().optional(),
  yaml: z.string().max(65_536).optional(),
})

/** The change that the fields ask for. Rejects `invalid` as the API does. */
function changeOfFields(fields: HuntFields, before: Pick<Hunt, 'filters'>) {
  const orNull = (value: string) => (value.trim() === '' ? null : value.trim())
  const parsed = HuntChangeBody.safeParse({
    title: fields.title,
    query: fields.query.replace(/\s*\r?\n\s*/g, ' '),
    hypothesis: orNull(fields.hypothesis.replaceAll('\r\n', '\n')),
    range: orNull(fields.range),
    source: lines(fields.source),
    host: lines(fields.host),
    severity: fields.severity,
    schedule: orNull(fields.schedule),
    sharing_mode: fields.sharing_mode,
    shared_with_roles: fields.sharing_mode === 'roles' ? fields.shared_with_roles : [],
    tags: lines(fields.tags),
    owner: orNull(fields.owner),
  })
  if (!parsed.success) {
    const problems = parsed.error.issues.map((one) => `${one.path.join('.')}: ${one.message}`)
    throw new ServiceError('invalid', problems.join('; '))
  }
  return changeOf(parsed.data, before)
}

async function create(c: AppContext, services: Services, renderer: Renderer) {
  const { search, yaml, version: _, ...fields } = await formOf(c, Form)
  return saved(c, renderer, { fields, search, inGit: false }, async () => {
    const before = contentOf(search)
    const content =
      yaml === undefined
        ? ({ ...before, ...changeOfFields(fields, before) } as HuntContent)
        : huntOfFile(yaml)
    return services.hunts.create(content, 'database', principalOf(c), actorOf(c))
  })
}

async function change(c: AppContext, services: Services, renderer: Renderer) {
  const { hunt, place } = await huntOf(c, services)
  const { version, search: _search, yaml: _yaml, ...fields } = await formOf(c, Form)
  const { id } = hunt
  return saved(c, renderer, { id, fields, version, inGit: place === 'git' }, () => {
    const wanted = changeOfFields(fields, hunt)
    return services.hunts.change(id, wanted, version, principalOf(c), actorOf(c))
  })
}

/** To the hunt's page; a refusal is the form again with what is wrong. */
async function saved(
  c: AppContext,
  renderer: Renderer,
  form: Shown,
  act: () => Promise<HuntChange>,
) {
  try {
    const outcome = await act()
    if (outcome.kind === 'changed')
      return c.redirect(urls.hunt.href({ id: outcome.hunt.hunt.id }, { done: 'Saved.' }), 303)
    const done = `Change ${outcome.proposal.id} is open: see Releases.`
    return c.redirect(urls.hunt.href({ id: form.id ?? '' }, { done }), 303)
  } catch (error) {
    const known = explainError(error)
    if (known === undefined || known.status === 401 || known.status === 404) throw error
    return show(c, renderer, { ...form, problem: known.message })
  }
}
