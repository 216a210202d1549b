// Comments, commit statuses and code scanning of the local GitHub.
import { gunzipSync } from 'node:zlib'
import { commentShape, statusShape } from './shapes.ts'
import { type Call, type Handler, invalid, notFound, now, ok, paged } from './world.ts'

/** GitHub's limits. */
const COMMENT_CHARS_MAX = 65_536
const STATUS_CHARS_MAX = 140

function commentOf({ world, params }: Call) {
  return world.comments.find(({ id }) => id === Number(params.comment_id))
}

const list: Handler = (call) => {
  const { world, params } = call
  const pull = Number(params.issue_number)
  if (!world.pulls.some(({ number }) => number === pull)) return notFound()
  const own = world.comments.filter((comment) => comment.pull === pull)
  return paged(
    own.map((comment) => commentShape(world, comment)),
    call,
  )
}

const create: Handler = ({ world, params, body, by }) => {
  const pull = Number(params.issue_number)
  if (!world.pulls.some(({ number }) => number === pull)) return notFound()
  const { body: text } = body as { body: string }
  if (text.length > COMMENT_CHARS_MAX)
    return invalid('IssueComment', 'body', 'body is too long (maximum is 65536 characters)')
  const at = now()
  const comment = { id: world.nextId(), pull, user: by, created: at, updated: at, body: text }
  world.comments.push(comment)
  return ok(commentShape(world, comment), 201)
}

const get: Handler = (call) => {
  const comment = commentOf(call)
  return comment === undefined ? notFound() : ok(commentShape(call.world, comment))
}

const update: Handler = (call) => {
  const comment = commentOf(call)
  if (comment === undefined) return notFound()
  const { body } = call.body as { body: string }
  if (body.length > COMMENT_CHARS_MAX)
    return invalid('IssueComment', 'body', 'body is too long (maximum is 65536 characters)')
  comment.body = body
  comment.updated = now()
  return ok(commentShape(call.world, comment))
}

const remove: Handler = (call) => {
  const at = call.world.comments.findIndex(({ id }) => id === Number(call.params.comment_id))
  if (at < 0) return notFound()
  call.world.comments.splice(at, 1)
  return { status: 204 }
}

interface NewStatus {
  readonly state: string
  readonly context?: string
  readonly description?: string | null
  readonly target_url?: string | null
}

const createStatus: Handler = async ({ world, params, body, by }) => {
  const sha = await world.git.resolve(params.sha ?? '')
  const { state, context = 'default', description = null, target_url } = body as NewStatus
  if (sha === undefined || sha !== params.sha)
    return invalid('Status', 'sha', `No commit found for SHA: ${params.sha}`)
  if ((description?.length ?? 0) > STATUS_CHARS_MAX)
    return invalid('Status', 'description', 'description is too long (maximum is 140 characters)')
  const status = {
    id: world.nextId(),
    sha,
    user: by,
    state,
    context,
    description,
    targetUrl: target_url ?? null,
    created: now(),
  }
  world.statuses.push(status)
  return ok(statusShape(world, status), 201)
}

const listStatuses: Handler = async (call) => {
  const sha = await call.world.git.resolve(call.params.ref ?? '')
  const own = call.world.statuses.filter((status) => status.sha === sha).reverse()
  return paged(
    own.map((status) => statusShape(call.world, status)),
    call,
  )
}

const uploadSarif: Handler = async ({ world, body }) => {
  const upload = body as { commit_sha: string; ref: string; sarif: string }
  const sarif: unknown = JSON.parse(gunzipSync(Buffer.from(upload.sarif, 'base64')).toString())
  if ((await world.git.resolve(upload.commit_sha)) === undefined) return notFound()
  const id = crypto.randomUUID()
  world.sarifs.push({ id, commit: upload.commit_sha, ref: upload.ref, sarif })
  const url = `${world.apiUrl}/repos/${world.owner}/${world.repo}/code-scanning/sarifs/${id}`
  return ok({ id, url }, 202)
}

const getSarif: Handler = ({ world, params }) => {
  const found = world.sarifs.some(({ id }) => id === params.sarif_id)
  const base = `${world.apiUrl}/repos/${world.owner}/${world.repo}/code-scanning/analyses`
  const url = `${base}?sarif_id=${params.sarif_id}`
  return found ? ok({ processing_status: 'complete', analyses_url: url, errors: null }) : notFound()
}

export const COMMENTS = {
  'issues/list-comments': list,
  'issues/create-comment': create,
  'issues/get-comment': get,
  'issues/update-comment': update,
  'issues/delete-comment': remove,
  'repos/create-commit-status': createStatus,
  'repos/list-commit-statuses-for-ref': listStatuses,
  'code-scanning/upload-sarif': uploadSarif,
  'code-scanning/get-sarif': getSarif,
} as const satisfies Record<string, Handler>
