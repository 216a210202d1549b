// GitHub's webhook: a push to the followed branch is released at once, a closed pull request closes its
// proposal. What is missed here is found by polling.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { repositoryOf } from '../../proposals/egress.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { readLimited } from '../body.ts'
import { route } from './route.ts'

/** Largest event taken, bytes. GitHub sends up to 25 MiB; what is larger is found by polling. */
export const HOOK_MAX_BYTES = 5 * 1024 * 1024
/** Who did it, in the audit log. */
const GITHUB = { name: 'github' }

const Event = z.looseObject({
  repository: z.looseObject({ full_name: z.string() }).optional(),
})
const Push = z.looseObject({ ref: z.string() })
const PullRequest = z.looseObject({
  action: z.string(),
  pull_request: z.looseObject({
    number: z.number(),
    html_url: z.string(),
    state: z.enum(['open', 'closed']),
    merged: z.boolean().nullish(),
    head: z.looseObject({
      ref: z.string(),
      repo: z.looseObject({ full_name: z.string() }).nullish(),
    }),
  }),
})

export const githubHook = route({
  method: 'post',
  path: '/webhooks/github',
  access: 'public',
  tag: 'operations',
  summary: 'GitHub’s webhook (push, pull_request), signed with TRAPLINE_GITHUB_WEBHOOK_SECRET',
  bodyType: 'application/json',
  answer: z.object({ done: z.string() }),
  status: 202,
  handle: async ({ services, c }) => {
    const { githubWebhookSecret: secret } = services.settings
    if (secret === undefined) throw new ServiceError('not-found', 'no GitHub webhook is set up')
    const body = await readLimited(c.req.raw, HOOK_MAX_BYTES)
    if (!isSigned(body, c.req.header('x-hub-signature-256') ?? '', secret))
      throw new ServiceError('unauthenticated', 'x-hub-signature-256 is missing or wrong')
    const event = jsonOf(body)
    const done = isOurs(event, services)
      ? await take(c.req.header('x-github-event') ?? '', event, services)
      : 'ignored'
    return c.json({ done }, 202)
  },
})

/** Whether the body was signed with the secret, in constant time. */
export function isSigned(body: Uint8Array, header: string, secret: string): boolean {
  const given = /^sha256=([0-9a-f]{64})$/.exec(header)?.[1]
  if (given === undefined) return false
  const own = createHmac('sha256', secret).update(body).digest()
  return timingSafeEqual(own, Buffer.from(given, 'hex'))
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new ServiceError(
      'invalid',
      'the body must be JSON: set the content type application/json',
    )
  }
}

function isOurs(event: unknown, { settings }: Services): boolean {
  const ours = repositoryOf(settings)
  const { success, data } = Event.safeParse(event)
  const name = `${ours?.owner}/${ours?.repo}`.toLowerCase()
  return success && ours !== undefined && data.repository?.full_name.toLowerCase() === name
}

async function take(kind: string, event: unknown, services: Services): Promise<string> {
  if (kind === 'push') return takePush(event, services)
  if (kind === 'pull_request') return takePullRequest(event, services)
  return 'ignored'
}

/** GitHub waits ten seconds for an answer, a release may take longer: it goes on afterwards. */
function takePush(event: unknown, { settings, releases }: Services): string {
  const { success, data } = Push.safeParse(event)
  if (!success || data.ref !== `refs/heads/${settings.contentBranch}`) return 'ignored'
  releases.pull(GITHUB).catch((error: unknown) => console.error(`content: ${String(error)}`))
  return 'pulling'
}

async function takePullRequest(event: unknown, { settings, state }: Services): Promise<string> {
  const { success, data } = PullRequest.safeParse(event)
  if (!success || !['closed', 'reopened'].includes(data.action)) return 'ignored'
  const { number, html_url: url, head, merged, state: open } = data.pull_request
  const ours = repositoryOf(settings)
  const from = head.repo?.full_name.toLowerCase()
  if (from !== `${ours?.owner}/${ours?.repo}`.toLowerCase()) return 'ignored'
  const proposal = await state.findProposalByBranch(head.ref)
  if (proposal === undefined || (proposal.number ?? number) !== number) return 'ignored'
  const next = open === 'open' ? 'open' : merged === true ? 'merged' : 'closed'
  await state.changeProposal(proposal.id, { state: next, number, url }, GITHUB)
  return next
}
