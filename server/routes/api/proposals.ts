// Changes to content that were proposed on pages, and merging those of the local content repository.
import { z } from 'zod'
import { ServiceError } from '../../services/service-error.ts'
import { PROPOSAL_KINDS, PROPOSAL_STATES, type Proposal } from '../../stores/state/proposals.ts'
import { route } from './route.ts'
import { defined, iso, Time } from './schemas.ts'
import { actorOf } from './users.ts'

const PROPOSALS_MAX = 200

export const ProposalAnswer = z.object({
  id: z.string(),
  kind: z.enum(PROPOSAL_KINDS),
  title: z.string(),
  body: z.string(),
  branch: z.string(),
  base: z.string(),
  commit: z.string(),
  paths: z.array(z.string()),
  state: z.enum(PROPOSAL_STATES),
  url: z.string().optional(),
  number: z.number().optional().describe('Of the pull request'),
  error: z.string().optional().describe('Why it is not open yet, or failed'),
  created: Time,
  updated: Time,
  by: z.string(),
})

/** A proposal as the API writes it. */
export function proposalJson(proposal: Proposal): z.input<typeof ProposalAnswer> {
  const { paths, created, updated } = proposal
  return defined({
    ...proposal,
    paths: [...paths],
    created: iso(created),
    updated: iso(updated),
  })
}

const Id = z.object({ id: z.string().regex(/^[0-9a-f]{10}$/, 'must be the id of a change') })

export const listProposals = route({
  method: 'get',
  path: '/api/v1/proposals',
  access: 'detections:read',
  tag: 'detections',
  summary: 'Changes proposed on pages, newest first: each a branch, a commit, a pull request',
  query: z.object({ limit: z.coerce.number().int().min(1).max(PROPOSALS_MAX).default(50) }),
  answer: z.object({
    target: z.enum(['github', 'git', 'local']),
    proposals: z.array(ProposalAnswer),
  }),
  handle: async ({ query, services }) => ({
    target: services.proposals.target,
    proposals: (await services.proposals.list(query.limit)).map(proposalJson),
  }),
})

export const getProposal = route({
  method: 'get',
  path: '/api/v1/proposals/:id',
  access: 'detections:read',
  tag: 'detections',
  summary: 'One proposed change',
  params: Id,
  answer: ProposalAnswer,
  handle: async ({ params, services }) => {
    const proposal = await services.proposals.get(params.id)
    if (proposal === undefined) throw new ServiceError('not-found', `no change ${params.id}`)
    return proposalJson(proposal)
  },
})

export const mergeProposal = route({
  method: 'post',
  path: '/api/v1/proposals/:id/merge',
  access: 'detections:write',
  tag: 'detections',
  summary: 'Merge a change into the local content repository and release it',
  params: Id,
  answer: z.object({
    proposal: ProposalAnswer,
    commit: z.string(),
    release: z.object({ status: z.string(), commit: z.string() }).nullable(),
  }),
  handle: async ({ params, principal, services, c }) => {
    const merged = await services.proposals.merge(params.id, actorOf(principal, c))
    const { proposal, commit, release } = merged
    return {
      proposal: proposalJson(proposal),
      commit,
      release: release === undefined ? null : { status: release.status, commit: release.commit },
    }
  },
})

export const retryProposal = route({
  method: 'post',
  path: '/api/v1/proposals/:id/retry',
  access: 'detections:write',
  tag: 'detections',
  summary: 'Try to open a change again at once',
  params: Id,
  answer: ProposalAnswer,
  handle: async ({ params, principal, services, c }) =>
    proposalJson(await services.proposals.retry(params.id, actorOf(principal, c))),
})

export const closeProposal = route({
  method: 'post',
  path: '/api/v1/proposals/:id/close',
  access: 'detections:write',
  tag: 'detections',
  summary: 'Give a change up that has no pull request; its branch stays',
  params: Id,
  answer: ProposalAnswer,
  handle: async ({ params, principal, services, c }) =>
    proposalJson(await services.proposals.close(params.id, actorOf(principal, c))),
})
