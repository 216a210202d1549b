/** @jsxImportSource hono/jsx */
// The API as a page (`/docs`), made from the same table as the OpenAPI description.
import { z } from 'zod'
import type { Route } from './route.ts'

/** The page. */
export function docsPage(routes: readonly Route[]) {
  const tags = [...new Set(routes.map((route) => route.tag))]
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>API · Trapline</title>
      </head>
      <body>
        <main>
          <h1>Trapline API</h1>
          <p>
            Send an API key as <code>x-api-key</code>, a token as <code>Authorization: Bearer</code>
            , or name and password as Basic. The same as{' '}
            <a href="/api/v1/openapi.json">OpenAPI 3.1</a>.
          </p>
          {tags.map((tag) => (
            <section>
              <h2>{tag}</h2>
              {routes.filter((route) => route.tag === tag).map(RouteEntry)}
            </section>
          ))}
        </main>
      </body>
    </html>
  )
}

function RouteEntry(route: Route) {
  const parameters = [...rowsOf(route.params, 'path'), ...rowsOf(route.query, 'query')]
  const body = [...rowsOf(route.body, 'body')]
  const access = { public: 'anyone', 'signed-in': 'anyone signed in' }[route.access as 'public']
  return (
    <article>
      <h3>
        <code>
          {route.method.toUpperCase()} {route.path}
        </code>
      </h3>
      <p>
        {route.summary}. Needs: {access ?? route.access}.
      </p>
      {parameters.length + body.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th>In</th>
              <th>Type</th>
              <th>Meaning</th>
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
        <code>{name}</code>
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
