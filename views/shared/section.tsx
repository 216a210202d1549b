/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'

/** A part of a page with its own request: it loads, fails and retries alone. While it reloads, what it
 * showed stays. `refresh` on it (or an event named in `on`) asks again. */
export function Section(props: {
  readonly id: string
  readonly url: string
  readonly label: string
  readonly class?: string
  /** More htmx triggers than load and refresh. */
  readonly on?: string
  /** Asks again this often while the tab is visible, milliseconds. */
  readonly poll_ms?: number
  readonly children?: Child
}) {
  return (
    <section
      id={props.id}
      class={`section ${props.class ?? ''}`}
      aria-label={props.label}
      hx-get={props.url}
      hx-trigger={`load, refresh, poll${props.on ? `, ${props.on}` : ''}`}
      data-poll-ms={props.poll_ms}
      hx-swap="innerHTML"
      hx-sync="this:replace"
      hx-morph-skip-children=""
    >
      {props.children ?? <p class="loading">Loading {props.label.toLowerCase()}</p>}
    </section>
  )
}

/** What a section shows when its request failed: the cause, and a way to try again. */
export function SectionError(props: {
  readonly what: string
  readonly cause: string
  readonly url: string
}) {
  return (
    <div class="section-error" role="alert">
      <strong>{props.what} not loaded.</strong> {props.cause}{' '}
      <a href={props.url} data-retry="">
        Retry
      </a>
    </div>
  )
}

/** A notice that something was done or refused. */
export function Notice(props: {
  readonly kind: 'ok' | 'problem' | 'hint'
  readonly children?: Child
}) {
  return (
    <div class={`notice ${props.kind}`} role={props.kind === 'problem' ? 'alert' : 'status'}>
      {props.children}
    </div>
  )
}

/** Text for the page's live region, sent along with a fragment. */
export function Announce(props: { readonly text: string }) {
  return (
    <div id="announce" class="hidden" aria-live="polite" hx-swap-oob="textContent">
      {props.text}
    </div>
  )
}

/** The status line's content, sent along with a fragment. */
export function StatusUpdate(props: { readonly parts: readonly string[] }) {
  return (
    <div id="status-facts" hx-swap-oob="innerHTML">
      {props.parts.map((part) => (
        <span>{part}</span>
      ))}
    </div>
  )
}
