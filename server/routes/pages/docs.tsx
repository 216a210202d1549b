/** @jsxImportSource hono/jsx */
// The API's description as a page: for everyone, with the frame for those signed in.
import { Hono } from 'hono'
import type { AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ApiDocs } from '../api/docs.tsx'
import { ROUTES } from '../api/table.ts'
import { documentOf, page, type Renderer } from './render.tsx'

const FACTS = { title: 'API', nav: undefined } as const

/** `/docs`. */
export function docsRoutes(renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get('/docs', (c) => {
    const body = <ApiDocs routes={ROUTES} />
    if (can(c.get('principal'), 'siem:read')) return page(c, renderer, FACTS, body)
    return documentOf(
      c,
      renderer,
      { ...FACTS, title: 'API · Trapline' },
      <main>{body}</main>,
      false,
    )
  })
  return app
}
