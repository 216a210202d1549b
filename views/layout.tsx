/** @jsxImportSource hono/jsx */
// The one frame of every page: header, the page's own content, status line, live region, shared dialogs.
// Everything between is one `#page`, so that a link swaps it whole and a page is also its own fragment.
import type { Child } from 'hono/jsx'
import { type HeaderData, HeaderFacts } from './shared/header-facts.tsx'
import { HelpDialog } from './shared/help.tsx'
import { ValueMenu } from './shared/value-menu.tsx'
import { urls } from './urls.ts'

/** Hashed addresses of what the browser loads beside the page. */
export interface Assets {
  readonly styles: string
  readonly htmx: string
  readonly client: string
  /** The rule editor's own code. */
  readonly editor: string
  readonly fonts: readonly string[]
  readonly icon: string
}

export const NAV = {
  search: ['Search', urls.search],
  alerts: ['Alerts', urls.alerts],
  hunts: ['Hunts', urls.hunts],
  rules: ['Rules', urls.rules],
  releases: ['Releases', urls.releases],
  sources: ['Sources', urls.sources],
  scenarios: ['Scenarios', urls.scenarios],
  settings: ['Settings', urls.settings],
} as const
export type NavName = keyof typeof NAV

export interface FrameProps {
  readonly title: string
  /** Undefined for pages that are in no menu. */
  readonly nav: NavName | undefined
  readonly header: HeaderData
  readonly csrfToken: string
  readonly children?: Child
}

/** The whole `#page`: what a link swaps in. */
export function Frame(props: FrameProps) {
  return (
    <div
      id="page"
      data-page={props.nav ?? 'other'}
      {...{ 'hx-headers:inherited': csrfHeaders(props) }}
    >
      <a class="skip" href="#content" hx-boost="false">
        Skip to content
      </a>
      <header>
        <a class="name" href={urls.home.href()}>
          <Logo />
          Trapline
        </a>
        <button type="button" class="menu-button" popovertarget="nav">
          {props.nav === undefined ? 'Menu' : NAV[props.nav][0]}
        </button>
        <nav id="nav" popover="auto" aria-label="Main">
          {Object.entries(NAV).map(([name, [label, route]]) => (
            <a href={route.href()} aria-current={name === props.nav ? 'page' : undefined}>
              {label}
              {name === 'alerts' && <OpenAlerts count={props.header.openAlerts} />}
            </a>
          ))}
        </nav>
        <HeaderFacts {...props.header} />
        <UserMenu name={props.header.user} role={props.header.role} csrfToken={props.csrfToken} />
      </header>
      <Problems problems={props.header.problems} />
      <main id="content" class={`content page-${props.nav ?? 'other'}`} tabindex={-1}>
        {props.children}
      </main>
      <footer class="status">
        <div id="status-facts" />
        <span id="live-state" />
        <span class="keys">
          press <kbd>?</kbd> for keys
        </span>
      </footer>
      <ValueMenu />
      <HelpDialog />
    </div>
  )
}

function csrfHeaders(props: FrameProps): string {
  return JSON.stringify({ 'x-csrf-token': props.csrfToken })
}

/** The number beside Alerts; the header's poll replaces it. */
export function OpenAlerts(props: { readonly count: number; readonly oob?: boolean }) {
  return (
    <span
      id="open-alerts"
      class={`count ${props.count === 0 ? 'none' : ''}`}
      hx-swap-oob={props.oob ? 'true' : undefined}
    >
      {props.count}
      <span class="hidden"> open</span>
    </span>
  )
}

function Problems(props: { readonly problems: readonly string[] }) {
  if (props.problems.length === 0) return null
  return (
    <div class="problems" role="alert">
      <strong>Not ready:</strong> {props.problems.join('; ')}
    </div>
  )
}

function UserMenu(props: {
  readonly name: string
  readonly role: string
  readonly csrfToken: string
}) {
  return (
    <div class="user">
      <button type="button" class="quiet" popovertarget="user-menu">
        {props.name}
      </button>
      <div id="user-menu" popover="auto" class="popover">
        <p class="muted">
          {props.name}, {props.role}
        </p>
        <fieldset class="segmented" data-theme-switch="">
          <legend>Theme</legend>
          {['system', 'light', 'dark'].map((theme) => (
            <button type="button" data-theme-value={theme}>
              {theme}
            </button>
          ))}
        </fieldset>
        <label class="check">
          <input type="checkbox" data-keys-switch="" /> Keyboard shortcuts
        </label>
        <form method="post" action={urls.signOut.href()} hx-boost="false">
          <input type="hidden" name="_csrf" value={props.csrfToken} />
          <button type="submit" class="small">
            Sign out
          </button>
        </form>
      </div>
    </div>
  )
}

export function Logo() {
  return (
    <svg class="logo" width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <path d="M1 5h16" />
      <path d="M4 5v3a2 2 0 1 0 4 0V7M10 5v6a2 2 0 1 0 4 0v-1" />
    </svg>
  )
}

export type Theme = 'light' | 'dark' | undefined

/** A complete HTML document around a frame (or the sign-in card). */
export function Document(props: {
  readonly title: string
  readonly assets: Assets
  readonly theme: Theme
  /** Whether links swap `#page`; off where there is no frame. */
  readonly boosted: boolean
  readonly children?: Child
}) {
  const boost = props.boosted ? { 'hx-boost:inherited': 'swap:outerMorph target:#page' } : {}
  return (
    <html lang="en" data-theme={props.theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="htmx-config" content='{"extensions":"none","defaultTimeout":30000}' />
        <title>{props.title}</title>
        <link rel="icon" href={props.assets.icon} type="image/svg+xml" />
        {props.assets.fonts.map((font) => (
          <link rel="preload" href={font} as="font" type="font/woff2" crossorigin="anonymous" />
        ))}
        <link rel="stylesheet" href={props.assets.styles} />
        <script src={props.assets.htmx} defer={true} />
        <script src={props.assets.client} defer={true} />
      </head>
      <body {...boost}>
        {props.children}
        <div id="announce" class="hidden" aria-live="polite" />
      </body>
    </html>
  )
}
