// Hunts: those of Git and those kept on the server; run, ledger, publish (H2-H5).
import { z } from 'zod'
import { readHunt, writeHunt } from '../../../query/hunt/file.ts'
import { type Hunt, NO_FILTERS } from '../../../query/hunt/hunt.ts'
import { keepOpen } from '../../middleware/env.ts'
import type { HuntChange, HuntContent } from '../../services/hunts.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { RUNS_PAGE_MAX } from '../../stores/state/runs.ts'
import type { Principal } from '../../stores/state/state-store.ts'
import { huntOfSearch } from '../pages/search-hunt.ts'
import { searchStateOf } from '../pages/search-query.ts'
import {
  changeOf,
  HuntAnswer,
  HuntBody,
  HuntChangeBody,
  HuntRunAnswer,
  huntJson,
  huntRunJson,
  ProposedAnswer,
  proposedJson,
} from './hunt-schemas.ts'
import { route } from './route.ts'
import { actorOf } from './users.ts'

const HuntId = z.object({ id: z.string().max(64) })

/** The caller of a route that needs a permission: there always is one. */
function callerOf(principal: Principal | undefined): Principal {
  if (principal === undefined) throw new ServiceError('unauthenticated', 'sign in first')
  return principal
}

const changed = (change: HuntChange) =>
  change.kind === 'changed' ? huntJson(change.hunt) : proposedJson(change.proposal)

async function huntFor(services: Services, id: string, by: Principal) {
  const found = await services.hunts.get(id, by)
  if (found === undefined)
    throw new ServiceError('not-found', `there is no hunt ${id} that you may see`)
  return found
}

export const listHunts = route({
  method: 'get',
  path: '/api/v1/siem/hunts',
  access: 'siem:read',
  tag: 'hunts',
  summary: 'Hunts of Git and of the server that you may see, with their last run',
  answer: z.object({
    hunts: z.array(HuntAnswer),
    count: z.number(),
    refused: z.array(z.object({ path: z.string(), message: z.string() })),
  }),
  handle: async ({ principal, services }) => {
    const { hunts, refused } = await services.hunts.list(callerOf(principal))
    return { hunts: hunts.map(huntJson), count: hunts.length, refused: [...refused] }
  },
})

export const createHunt = route({
  method: 'post',
  path: '/api/v1/siem/hunts',
  access: 'hunts:write',
  tag: 'hunts',
  summary: 'Keep a hunt on the server (201), or propose its file for Git (202)',
  body: HuntBody,
  status: 201,
  answer: HuntAnswer,
  also: { 202: ProposedAnswer },
  handle: async ({ body, principal, services, c }) => {
    const { place } = body
    const change = await services.hunts.create(
      contentOf(body),
      place,
      callerOf(principal),
      actorOf(principal, c),
    )
    return c.json(changed(change), change.kind === 'changed' ? 201 : 202)
  },
})

/** The hunt of a body: a file, an address, or its parts. Rejects `invalid`. */
export function contentOf(body: z.output<typeof HuntBody>): HuntContent & { readonly id?: string } {
  const { yaml, search, place: _, ...parts } = body
  const base: HuntContent = {
    ...{ title: '', query: '', filters: NO_FILTERS, sharing: 'private' },
    ...{ shared_with_roles: [], tags: [], references: [] },
  }
  if (yaml !== undefined) return huntOfFile(yaml)
  const found = search === undefined ? {} : huntOfSearch(searchStateOf(queryOf(search)))
  const before = { ...base, ...found }
  const hunt = { ...before, ...changeOf(parts, before) } as HuntContent
  if (hunt.title === '') throw new ServiceError('invalid', 'body.title: a hunt needs a title')
  if (hunt.query === '') throw new ServiceError('invalid', 'body.query: say what to search for')
  return hunt
}

/** The hunt of a file's text. Rejects `invalid` with what is wrong in it. */
export function huntOfFile(yaml: string): Hunt {
  const hunt = readHunt(yaml, 'hunt.yml')
  if (!('problems' in hunt)) return hunt
  const { line = 1, message } = hunt.problems[0] ?? { message: 'cannot be read' }
  throw new ServiceError('invalid', `line ${line}: ${message}`)
}

function queryOf(address: string): URLSearchParams {
  const url = URL.parse(address, 'http://search')
  if (url === null) throw new ServiceError('invalid', 'body.search: must be an address')
  return url.searchParams
}

export const getHunt = route({
  method: 'get',
  path: '/api/v1/siem/hunts/:id',
  access: 'siem:read',
  tag: 'hunts',
  summary: 'One hunt',
  params: HuntId,
  answer: HuntAnswer,
  handle: async ({ params, principal, services }) =>
    huntJson(await huntFor(services, params.id, callerOf(principal))),
})

export const getHuntFile = route({
  method: 'get',
  path: '/api/v1/siem/hunts/:id/file',
  access: 'siem:read',
  tag: 'hunts',
  summary: 'One hunt as the YAML of hunts/',
  params: HuntId,
  answerType: 'application/yaml',
  handle: async ({ params, principal, services, c }) => {
    const { hunt } = await huntFor(services, params.id, callerOf(principal))
    return c.body(writeHunt(hunt), 200, { 'content-type': 'application/yaml; charset=utf-8' })
  },
})

export const changeHunt = route({
  method: 'patch',
  path: '/api/v1/siem/hunts/:id',
  access: 'hunts:write',
  tag: 'hunts',
  summary: 'Change your own hunt (200), or propose the change of one in Git (202)',
  params: HuntId,
  body: HuntChangeBody,
  answer: HuntAnswer,
  also: { 202: ProposedAnswer },
  handle: async ({ params, body, principal, services, c }) => {
    const { version, ...parts } = body
    const by = callerOf(principal)
    const { hunt } = await huntFor(services, params.id, by)
    const change = changeOf(parts, hunt)
    const actor = actorOf(principal, c)
    const outcome = await services.hunts.change(params.id, change, version, by, actor)
    return c.json(changed(outcome), outcome.kind === 'changed' ? 200 : 202)
  },
})

export const removeHunt = route({
  method: 'delete',
  path: '/api/v1/siem/hunts/:id',
  access: 'hunts:write',
  tag: 'hunts',
  summary: 'Remove your own hunt (200), or propose to remove one from Git (202)',
  params: HuntId,
  answer: z.object({ removed: z.string() }),
  also: { 202: ProposedAnswer },
  handle: async ({ params, principal, services, c }) => {
    const by = callerOf(principal)
    const proposal = await services.hunts.remove(params.id, by, actorOf(principal, c))
    if (proposal === undefined) return { removed: params.id }
    return c.json(proposedJson(proposal), 202)
  },
})

export const publishHunt = route({
  method: 'post',
  path: '/api/v1/siem/hunts/:id/publish',
  access: 'hunts:write',
  tag: 'hunts',
  summary: 'Propose the file of your own hunt for Git',
  params: HuntId,
  status: 202,
  answer: ProposedAnswer,
  handle: async ({ params, principal, services, c }) =>
    proposedJson(
      await services.hunts.publish(params.id, callerOf(principal), actorOf(principal, c)),
    ),
})

export const runHunt = route({
  method: 'post',
  path: '/api/v1/siem/hunts/:id/run',
  access: 'hunts:write',
  tag: 'hunts',
  summary: 'Run a hunt now: how many events match, and which came in since the last run',
  params: HuntId,
  query: z.object({
    wait: z.enum(['true', 'false']).default('false').describe('Answer when the run has ended'),
  }),
  status: 202,
  answer: HuntRunAnswer,
  also: { 200: HuntRunAnswer },
  handle: async ({ params, query, principal, services, c }) => {
    const by = callerOf(principal)
    const { run, done } = await services.hunts.run(params.id, by, actorOf(principal, c))
    if (query.wait === 'false') return huntRunJson(run)
    keepOpen(c)
    return c.json(huntRunJson(await done), 200)
  },
})

export const listHuntRuns = route({
  method: 'get',
  path: '/api/v1/siem/hunts/:id/runs',
  access: 'siem:read',
  tag: 'hunts',
  summary: 'The ledger of a hunt, newest first: matches, and what was new since the run before',
  params: HuntId,
  query: z.object({ limit: z.coerce.number().int().min(1).max(RUNS_PAGE_MAX).default(50) }),
  answer: z.object({ runs: z.array(HuntRunAnswer), count: z.number() }),
  handle: async ({ params, query, principal, services }) => {
    const runs = await services.hunts.runs(params.id, query.limit, callerOf(principal))
    return { runs: runs.map(huntRunJson), count: runs.length }
  },
})
