/** @jsxImportSource hono/jsx */
// How pages answer: the whole document, the frame that a link swaps in, or a fragment. Which of them is
// told by htmx's headers alone, so every fragment's address is a page too.
import { getCookie } from 'hono/cookie'
import { html } from 'hono/html'
import type { Child } from 'hono/jsx'
import type { StatusCode } from 'hono/utils/http-status'
import {
  type Assets,
  Document,
  Frame,
  type NavName,
  OpenAlerts,
  type Theme,
} from '../../../views/layout.tsx'
import { type HeaderData, HeaderFacts } from '../../../views/shared/header-facts.tsx'
import type { AppContext } from '../../middleware/env.ts'

export const THEME_COOKIE = 'trapline_theme'

/** What rendering needs beside the request. */
export interface Renderer {
  assets(): Promise<Assets>
  header(c: AppContext): Promise<HeaderData>
}

export interface PageFacts {
  readonly title: string
  readonly nav: NavName | undefined
  readonly status?: StatusCode
}

/** True when htmx asks for a part of a page. */
export function isPartial(c: AppContext): boolean {
  return c.req.header('hx-request-type') === 'partial'
}

/** True when htmx swaps the whole frame: a boosted link or form. */
export function wantsFrame(c: AppContext): boolean {
  return isPartial(c) && c.req.header('hx-target') === 'div#page'
}

/** A page: its frame for a boosted link, else the document. */
export async function page(c: AppContext, renderer: Renderer, facts: PageFacts, body: Child) {
  const frame = (
    <Frame
      title={facts.title}
      nav={facts.nav}
      header={await renderer.header(c)}
      csrfToken={c.get('csrfToken') ?? ''}
    >
      {body}
    </Frame>
  )
  const title = `${facts.title} · Trapline`
  if (wantsFrame(c)) {
    return c.html(
      <>
        <title>{title}</title>
        {frame}
      </>,
      (facts.status ?? 200) as 200,
    )
  }
  return documentOf(c, renderer, { ...facts, title }, frame)
}

/** A document without a frame's menus around it, or with the frame as its child. */
export async function documentOf(
  c: AppContext,
  renderer: Renderer,
  facts: PageFacts,
  body: Child,
  boosted = true,
) {
  const whole = (
    <Document
      title={facts.title}
      assets={await renderer.assets()}
      theme={themeOf(getCookie(c, THEME_COOKIE))}
      boosted={boosted}
    >
      {body}
    </Document>
  )
  return c.html(`<!doctype html>${whole.toString()}`, (facts.status ?? 200) as 200)
}

function themeOf(cookie: string | undefined): Theme {
  return cookie === 'light' || cookie === 'dark' ? cookie : undefined
}

/** A fragment; opened directly, the same inside a page. */
export async function fragment(c: AppContext, renderer: Renderer, facts: PageFacts, body: Child) {
  if (isPartial(c)) return c.html(html`${body}`, (facts.status ?? 200) as 200)
  return page(c, renderer, facts, <div class="page">{body}</div>)
}

/** This server's address as the browser sees it. */
export function originOf(c: AppContext): string {
  const url = new URL(c.req.url)
  const host = c.req.header('host') ?? url.host
  return `${c.get('secure') ? 'https' : 'http'}://${host}`
}

/** The header's moving parts, for its poll. */
export async function headerFragment(c: AppContext, renderer: Renderer) {
  const data = await renderer.header(c)
  const body = (
    <>
      <HeaderFacts {...data} />
      <OpenAlerts count={data.openAlerts} oob={true} />
    </>
  )
  return fragment(c, renderer, { title: 'Header', nav: undefined }, body)
}
