// Short links (S8): `/s/<id>` for views whose state is too long for an address.
import { z } from 'zod'
import { ServiceError } from '../../services/service-error.ts'
import { route } from './route.ts'
import { actorOf } from './users.ts'

export const createLink = route({
  method: 'post',
  path: '/api/v1/links',
  access: 'siem:read',
  tag: 'operations',
  summary: 'A short link for a path of this server; the same path gives the same link',
  body: z.strictObject({ target: z.string().min(1).max(20_000) }),
  status: 201,
  answer: z.object({ id: z.string(), path: z.string() }),
  handle: async ({ body, principal, services, c }) => {
    const id = await services.state.shorten(body.target, actorOf(principal, c))
    return { id, path: `/s/${id}` }
  },
})

export const followLink = route({
  method: 'get',
  path: '/s/:id',
  access: 'signed-in',
  tag: 'operations',
  summary: 'Go to what a short link stands for',
  params: z.object({ id: z.string().max(100) }),
  answerType: 'text/html',
  handle: async ({ params, services, c }) => {
    const target = await services.state.resolveLink(params.id)
    if (target === undefined) throw new ServiceError('not-found', `no link ${params.id}`)
    return c.redirect(target, 302)
  },
})
