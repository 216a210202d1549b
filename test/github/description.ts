// GitHub's published OpenAPI description, as schemas that check requests and answers.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

const FILE = '../../node_modules/@octokit/openapi/generated/api.github.com.json'
const ERRORS_SHOWN_MAX = 5
/** Parts of the description that are for people, not for checks. */
const PROSE = new Set(['description', 'example', 'examples', 'default', 'externalDocs'])
/** Keywords under which keys are names of GitHub's, not keywords. */
const NAMED = new Set(['properties', 'patternProperties', 'schemas'])

type Json = Readonly<Record<string, unknown>>

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>
}
interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Json
  readonly 'x-multi-segment'?: boolean
}
interface Operation {
  readonly operationId: string
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[]
  readonly requestBody?: Content & { readonly required?: boolean }
  readonly responses: Readonly<Record<string, Content | { readonly $ref: string }>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Json
    readonly parameters: Readonly<Record<string, Parameter>>
    readonly responses: Readonly<Record<string, Content>>
    readonly examples: Readonly<Record<string, { readonly value: unknown }>>
  }
}

/** An operation of GitHub's with the path's values. */
export interface Endpoint {
  /** `pulls/create`. */
  readonly id: string
  readonly params: Readonly<Record<string, string>>
  /** What is wrong with a request; empty when nothing is. */
  checkRequest(query: URLSearchParams, body: unknown): readonly string[]
  /** What is wrong with an answer; empty when nothing is. */
  checkAnswer(status: number, body: unknown): readonly string[]
}

export interface Description {
  /** The operation that a method and path name, undefined where GitHub has none. */
  find(method: string, path: string): Endpoint | undefined
  /** What is wrong with a value that should follow a schema of the description, named `pull-request`. */
  check(schema: string, value: unknown): readonly string[]
  /** One of the description's own examples. */
  example(name: string): unknown
}

let loaded: Promise<Description> | undefined

/** The description; read once a process. */
export function readDescription(): Promise<Description> {
  loaded ??= Bun.file(new URL(FILE, import.meta.url))
    .json()
    .then(descriptionOf)
  return loaded
}

/** A schema of OpenAPI 3.0 as one of JSON Schema. */
function converted(node: unknown, isNamed = false): unknown {
  if (Array.isArray(node)) return node.map((item) => converted(item))
  if (typeof node !== 'object' || node === null) return node
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node)) {
    if (isNamed) out[key] = converted(value)
    else if (key === 'enum' || key === 'required') out[key] = value
    else if (key === '$ref') out[key] = `github${value}`
    else if (!PROSE.has(key) && !key.startsWith('x-')) out[key] = converted(value, NAMED.has(key))
  }
  return isNamed || out.nullable !== true ? out : nullable(out)
}

function nullable({ nullable: _, ...schema }: Record<string, unknown>): Json {
  if (typeof schema.type !== 'string') return { anyOf: [schema, { type: 'null' }] }
  const values = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}
  return { ...schema, ...values, type: [schema.type, 'null'] }
}

function descriptionOf(document: Document): Description {
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, logger: false })
  addFormats(ajv)
  const { schemas, parameters, responses, examples } = document.components
  ajv.addSchema({ $id: 'github', components: { schemas: converted(schemas, true) } })
  const compiled = new Map<object, ValidateFunction>()
  const validator = (schema: object): ValidateFunction =>
    compiled.getOrInsertComputed(schema, () => ajv.compile(converted(schema) as object))
  const context: Context = {
    errors: (schema, value) => {
      const validate = validator(schema)
      return validate(value) ? [] : (validate.errors ?? []).slice(0, ERRORS_SHOWN_MAX).map(said)
    },
    schema: (ref) => schemas[ref.slice('#/components/schemas/'.length)] as Json,
    parameter: (entry) => ('$ref' in entry ? parameters[lastPart(entry.$ref)]! : entry),
    response: (entry) => ('$ref' in entry ? responses[lastPart(entry.$ref)]! : entry),
    wrong: { $ref: '#/components/schemas/basic-error' },
  }
  const routes = routesOf(document, context)
  const named = new Map<string, Json>()
  return {
    find: (method, path) => endpointOf(routes, context, method.toLowerCase(), path),
    check: (name, value) =>
      context.errors(
        named.getOrInsertComputed(name, () => ({ $ref: `#/components/schemas/${name}` })),
        value,
      ),
    example: (name) => structuredClone(examples[name]?.value),
  }
}

interface Context {
  errors(schema: object, value: unknown): readonly string[]
  schema(ref: string): Json
  parameter(entry: Parameter | { readonly $ref: string }): Parameter
  response(entry: Content | { readonly $ref: string }): Content
  readonly wrong: Json
}

interface Route {
  readonly pattern: RegExp
  readonly names: readonly string[]
  readonly methods: Readonly<Record<string, Operation>>
}

function lastPart(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1)
}

function said({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || '/'} ${message} ${JSON.stringify(params)}`
}

/** Routes with the fewest parameters and the most other text first: those say most. */
function routesOf({ paths }: Document, context: Context): readonly Route[] {
  const names = (path: string) => path.split('{').length
  const literal = (path: string) => path.replaceAll(/\{\w+\}/g, '').length
  const sorted = Object.keys(paths).sort((a, b) => names(a) - names(b) || literal(b) - literal(a))
  return sorted.map((path) => {
    const methods = paths[path]!
    const wide = new Set(
      Object.values(methods)
        .flatMap(({ parameters = [] }) => parameters.map(context.parameter))
        .flatMap((parameter) => (parameter['x-multi-segment'] ? [parameter.name] : [])),
    )
    const names: string[] = []
    const source = path.split(/\{(\w+)\}/).map((part, n) => {
      if (n % 2 === 0) return RegExp.escape(part)
      names.push(part)
      return wide.has(part) ? '(.+)' : '([^/]+)'
    })
    return { pattern: new RegExp(`^${source.join('')}$`), names, methods }
  })
}

function endpointOf(
  routes: readonly Route[],
  context: Context,
  method: string,
  path: string,
): Endpoint | undefined {
  for (const { pattern, names, methods } of routes) {
    const found = pattern.exec(path)
    const operation = methods[method]
    if (found === null || operation === undefined) continue
    const params = Object.fromEntries(
      names.map((name, n) => [name, decodeURIComponent(found[n + 1]!)]),
    )
    const parameters = (operation.parameters ?? []).map(context.parameter)
    return {
      id: operation.operationId,
      params,
      checkRequest: (query, body) => [
        ...checkPath(context, parameters, params),
        ...checkQuery(context, parameters, query),
        ...checkBody(context, operation, body),
      ],
      checkAnswer: (status, body) => checkAnswer(context, operation, status, body),
    }
  }
  return undefined
}

/** Text of a URL as the type its schema asks for. */
function typed(schema: Json, text: string): unknown {
  if (schema.type === 'integer' || schema.type === 'number')
    return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (schema.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return text
}

function checkPath(
  { errors, schema }: Context,
  parameters: readonly Parameter[],
  params: Readonly<Record<string, string>>,
): string[] {
  return parameters
    .filter((parameter) => parameter.in === 'path')
    .flatMap(({ name, schema: own }) => {
      const wanted = typeof own.$ref === 'string' ? schema(own.$ref) : own
      return errors(own, typed(wanted, params[name] ?? '')).map((text) => `path ${name}: ${text}`)
    })
}

function checkQuery(
  { errors, schema }: Context,
  parameters: readonly Parameter[],
  query: URLSearchParams,
): string[] {
  const known = parameters.filter((parameter) => parameter.in === 'query')
  const unknown = [...query.keys()].filter((key) => !known.some(({ name }) => name === key))
  return [
    ...unknown.map((key) => `query ${key}: GitHub knows no such parameter here`),
    ...known.flatMap(({ name, required, schema: own }) => {
      const text = query.get(name)
      if (text === null) return required === true ? [`query ${name}: is missing`] : []
      const wanted = typeof own.$ref === 'string' ? schema(own.$ref) : own
      return errors(own, typed(wanted, text)).map((message) => `query ${name}: ${message}`)
    }),
  ]
}

/** GitHub ignores properties that it does not know: here they are errors, as misspelt ones are. */
function checkBody(context: Context, { requestBody }: Operation, body: unknown): string[] {
  if (requestBody === undefined) return body === undefined ? [] : ['body: none is expected']
  if (body === undefined) return requestBody.required === true ? ['body: is missing'] : []
  const schema = requestBody.content?.['application/json']?.schema
  if (schema === undefined) return []
  const properties = (schema.properties ?? {}) as Json
  const isClosed = schema.properties !== undefined && schema.additionalProperties === undefined
  const unknown = isClosed
    ? Object.keys(body as object).filter((key) => !Object.hasOwn(properties, key))
    : []
  return [
    ...unknown.map((key) => `body ${key}: GitHub knows no such property here`),
    ...context.errors(schema, body).map((message) => `body: ${message}`),
  ]
}

/** Answers that any operation may give, whether its description names them or not. */
const ANYWHERE = new Set([401, 403, 404, 422, 429])

function checkAnswer(
  context: Context,
  { responses, operationId }: Operation,
  status: number,
  body: unknown,
): readonly string[] {
  const entry = responses[String(status)]
  if (entry === undefined) {
    if (status >= 500) return []
    if (ANYWHERE.has(status)) return context.errors(context.wrong, body)
    return [`answer: ${operationId} never answers ${status}`]
  }
  const schema = context.response(entry).content?.['application/json']?.schema
  if (schema === undefined) return body === undefined ? [] : [`answer ${status}: has no body`]
  return context.errors(schema, body).map((message) => `answer ${status}: ${message}`)
}
