/** @jsxImportSource hono/jsx */
// The API as text for a page (`/docs`), made from the same table as the OpenAPI description.
import { z } from 'zod'
import type { Route } from './route.ts'

/** Every route with what it takes and who may call it. */
export function ApiDocs(props: { readonly routes: readonly Route[] }) {
  const { routes } = props
  const tags = [...new Set(routes.map((route) => route.tag))]
  return (
    <div class="page docs">
      <h1>Trapline API</h1>
      <p>
        Send an API key as <code class="mono">x-api-key</code>, a token as{' '}
        <code class="mono">Authorization: Bearer</code>, or name and password as Basic. The same as{' '}
        <a href="/api/v1/openapi.json" hx-boost="false">
          OpenAPI 3.1
        </a>
        .
      </p>
      <nav class="inline spaced" aria-label="Parts">
        {tags.map((tag) => (
          <a class="button small" href={`#${tag}`} hx-boost="false">
            {tag}
          </a>
        ))}
      </nav>
      {tags.map((tag) => (
        <section id={tag}>
          <h2 class="spaced">{tag}</h2>
          {routes.filter((route) => route.tag === tag).map(RouteEntry)}
        </section>
      ))}
    </div>
  )
}

function RouteEntry(route: Route) {
  const parameters = [...rowsOf(route.params, 'path'), ...rowsOf(route.query, 'query')]
  const body = [...rowsOf(route.body, 'body')]
  const access = { public: 'anyone', 'signed-in': 'anyone signed in' }[route.access as 'public']
  return (
    <article class="card">
      <h3>
        <code class="mono">
          {route.method.toUpperCase()} {route.path}
        </code>
      </h3>
      <p>
        {route.summary}. Needs: {access ?? route.access}.
      </p>
      {parameters.length + body.length > 0 && (
        <table class="auto">
          <thead>
            <tr>
              <th scope="col">name</th>
              <th scope="col">in</th>
              <th scope="col">type</th>
              <th scope="col">meaning</th>
            </tr>
          </thead>
          <tbody>{[...parameters, ...body]}</tbody>
        </table>
      )}
    </article>
  )
}

interface Property {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly default?: unknown
  readonly description?: string
}

function rowsOf(schema: z.ZodType | undefined, where: string) {
  if (schema === undefined) return []
  const { properties = {}, required = [] } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  }) as { properties?: Record<string, Property>; required?: string[] }
  return Object.entries(properties).map(([name, property]) => (
    <tr>
      <td>
        <code class="mono">{name}</code>
      </td>
      <td>
        {where}
        {required.includes(name) ? ', required' : ''}
      </td>
      <td>{property.enum?.join(' | ') ?? property.type ?? 'text'}</td>
      <td>
        {property.description ?? ''}
        {property.default === undefined ? '' : ` (default ${String(property.default)})`}
      </td>
    </tr>
  ))
}
