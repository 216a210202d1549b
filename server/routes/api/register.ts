// Puts the route table into Hono: permission, input, handler, answer.
import type { Hono } from 'hono'
import type { z } from 'zod'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { BODY_MAX_BYTES, readLimited } from '../body.ts'
import { type ErrorDetail, InvalidError } from '../errors.ts'
import type { Access, Route } from './route.ts'

/** Adds every route of the table to the app. */
export function registerRoutes(app: Hono<AppEnv>, routes: readonly Route[], services: Services) {
  for (const route of routes) {
    app.on(route.method.toUpperCase(), route.path, (c) => answer(route, c, services))
  }
}

async function answer(route: Route, c: AppContext, services: Services): Promise<Response> {
  checkAccess(route.access, c)
  const result = await route.handle({
    params: route.params ? parse(route.params, c.req.param(), 'path') : undefined,
    query: route.query ? parse(route.query, queryOf(c), 'query') : undefined,
    body: route.body ? parse(route.body, await readJson(c), 'body') : undefined,
    principal: c.get('principal'),
    services,
    c,
  })
  if (result instanceof Response) return result
  return c.json(result as object, route.status ?? 200)
}

/** Refuses a caller who lacks what a route or page needs. */
export function checkAccess(access: Access, c: AppContext): void {
  if (access === 'public') return
  const principal = c.get('principal')
  if (principal === undefined) {
    throw new ServiceError('unauthenticated', 'sign in, or send an API key as x-api-key')
  }
  if (access !== 'signed-in' && !can(principal, access)) {
    throw new ServiceError('forbidden', `${principal.name} (${principal.role}) lacks ${access}`)
  }
}

/** Query parameters; one that is repeated becomes a list. */
function queryOf(c: AppContext): Record<string, string | string[]> {
  const pairs = Object.entries(c.req.queries())
  return Object.fromEntries(pairs.map(([k, all]) => [k, all.length === 1 ? (all[0] ?? '') : all]))
}

async function readJson(c: AppContext): Promise<unknown> {
  const bytes = await readLimited(c.req.raw, BODY_MAX_BYTES)
  if (bytes.length === 0) return {}
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return JSON.parse(text, MAY_NAME_PROTO.test(text) ? refuseProto : undefined)
  } catch (error) {
    if (error instanceof ServiceError) throw error
    throw new ServiceError('invalid', `the body is not JSON: ${(error as Error).message}`)
  }
}

const MAY_NAME_PROTO = /__proto__|\\u00/i

/** A record would lose this key without a word: criteria would hide more than was asked. */
function refuseProto(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new ServiceError('invalid', 'body: "__proto__" cannot be a name')
  return value
}

function parse(schema: z.ZodType, input: unknown, where: string): unknown {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const details: ErrorDetail[] = parsed.error.issues.map((issue) => ({
    path: [where, ...issue.path.map(String)].join('.'),
    message: issue.message,
  }))
  throw new InvalidError(
    details.map((detail) => `${detail.path}: ${detail.message}`).join('; '),
    details,
  )
}
