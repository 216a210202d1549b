// One API route: what it takes, what it gives, who may call it. The same value registers the handler,
// validates input and describes the route in OpenAPI.
import type { z } from 'zod'
import type { AppContext } from '../../middleware/env.ts'
import type { Permission } from '../../services/permissions.ts'
import type { Services } from '../../services/services.ts'
import type { Principal } from '../../stores/state/state-store.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** `public`: anyone. `signed-in`: anyone but nobody. Else the permission that the caller needs. */
export type Access = Permission | 'public' | 'signed-in'

export type Tag = 'ingest' | 'events' | 'hunts' | 'alerts' | 'detections' | 'operations' | 'access'

/** A plain value that may hold read-only parts where the schema's type does not. */
export type Given<T> = T extends (...args: never) => unknown
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Given<Item>[]
    : T extends object
      ? { readonly [name in keyof T]: Given<T[name]> }
      : T

export interface Call<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** The caller; for `public` routes it may be nobody. */
  readonly principal: Principal | undefined
  readonly services: Services
  /** Hono's context, for headers and streams. */
  readonly c: AppContext
}

export interface RouteShape<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: Method
  /** Path with `:name` parameters. */
  readonly path: string
  readonly access: Access
  readonly tag: Tag
  readonly summary: string
  readonly params?: Params
  readonly query?: Query
  /** JSON body. Routes that read the body themselves leave it out and name `bodyType`. */
  readonly body?: Body
  readonly bodyType?: string
  /** Largest JSON body, bytes; default `BODY_MAX_BYTES`. */
  readonly status?: 200 | 201 | 202
  /** Other statuses that a handler answers by itself, with the same JSON or another. */
  readonly also?: Readonly<Partial<Record<200 | 201 | 202 | 413 | 422, z.ZodType>>>
  /** JSON answer. Routes that stream name `answerType` and return a `Response`. */
  readonly answer?: Answer
  readonly answerType?: string
}

/** A route with its handler, as the table holds it. */
export interface Route extends RouteShape {
  handle(call: Call<unknown, unknown, unknown>): Promise<unknown>
}

/** Declares a route; the handler's input and output have the types of its schemas. */
export function route<
  Params extends z.ZodType = z.ZodType<undefined>,
  Query extends z.ZodType = z.ZodType<undefined>,
  Body extends z.ZodType = z.ZodType<undefined>,
  Answer extends z.ZodType = z.ZodType<Response>,
>(
  shape: RouteShape<Params, Query, Body, Answer> & {
    handle(
      call: Call<z.output<Params>, z.output<Query>, z.output<Body>>,
    ): Promise<Given<z.input<Answer>> | Response> | Given<z.input<Answer>> | Response
  },
): Route {
  return { ...shape, handle: async (call) => shape.handle(call as never) }
}
