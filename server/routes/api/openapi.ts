// OpenAPI 3.1 from the route table: the schemas that validate are the ones described.
import { z } from 'zod'
import { ErrorAnswer } from '../errors.ts'
import type { Route } from './route.ts'

type Json = Record<string, unknown>

/** The description of all routes. */
export function describeApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method]: describeRoute(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Trapline',
      version,
      description: 'A self-hosted SIEM whose detections live in Git.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Error: schemaOf(ErrorAnswer, 'output') },
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        bearer: { type: 'http', scheme: 'bearer' },
        basic: { type: 'http', scheme: 'basic' },
        session: { type: 'apiKey', in: 'cookie', name: 'trapline_session' },
      },
    },
  }
}

const SECURITY = [{ apiKey: [] }, { bearer: [] }, { basic: [] }, { session: [] }]

function describeRoute(route: Route): Json {
  const { access, status = 200, summary, tag } = route
  const needs = access === 'public' || access === 'signed-in' ? access : `permission ${access}`
  return {
    operationId: operationId(route),
    summary,
    description: `Access: ${needs}.`,
    tags: [tag],
    security: access === 'public' ? [] : SECURITY,
    parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
    ...requestBodyOf(route),
    responses: {
      [status]: {
        description: 'Success',
        content: route.answer
          ? { 'application/json': { schema: schemaOf(route.answer, 'output') } }
          : { [route.answerType ?? 'application/json']: {} },
      },
      ...alsoOf(route),
      default: {
        description: 'What went wrong',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

function alsoOf({ also = {} }: Route): Json {
  const answers = Object.entries(also).map(([status, schema]) => [
    status,
    {
      description: status === '422' ? 'Refused, with what was found' : 'Success',
      content: { 'application/json': { schema: schemaOf(schema, 'output') } },
    },
  ])
  return Object.fromEntries(answers)
}

function operationId({ method, path }: Route): string {
  const words = path.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '' && word !== 'v1')
  return [method, ...words].join('_')
}

/** An empty body is an empty object, where that is enough. */
function requestBodyOf(route: Route): Json {
  if (route.body !== undefined) {
    const content = { 'application/json': { schema: schemaOf(route.body, 'input') } }
    return { requestBody: { required: !route.body.safeParse({}).success, content } }
  }
  if (route.bodyType === undefined) return {}
  return { requestBody: { required: true, content: { [route.bodyType]: {} } } }
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): Json[] {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property
    return {
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    }
  })
}

/** JSON Schema of a zod schema; steps that JSON Schema cannot say are left open. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}
