/** @jsxImportSource hono/jsx */
import { urls } from '../urls.ts'

/** The one menu of every value (table, facet, drawer): the client fills in field, value and links. */
export function ValueMenu() {
  return (
    <div
      id="value-menu"
      class="popover"
      popover="auto"
      role="menu"
      aria-label="Value"
      hx-morph-skip=""
    >
      <p class="mono what" data-menu-what="" />
      <a role="menuitem" data-menu="for" href={urls.search.href()}>
        Filter for <kbd>f</kbd>
      </a>
      <a role="menuitem" data-menu="out" href={urls.search.href()}>
        Filter out <kbd>F</kbd>
      </a>
      <a role="menuitem" data-menu="only" href={urls.search.href()}>
        Only this
      </a>
      <a role="menuitem" data-menu="group" href={urls.search.href()}>
        Group by this field
      </a>
      <a role="menuitem" data-menu="inside" href={urls.search.href()}>
        Then group by this field
      </a>
      <a role="menuitem" data-menu="column" href={urls.search.href()}>
        Column on or off
      </a>
      <a role="menuitem" data-menu="around" href={urls.search.href()}>
        Around ±5 min <kbd>e</kbd>
      </a>
      <a role="menuitem" data-menu="hunt" href={urls.huntNew.href()}>
        Hunt this value
      </a>
      <a role="menuitem" data-menu="suppress" href={urls.suppress.href()}>
        Suppress
      </a>
      <hr />
      <button type="button" role="menuitem" data-menu="copy">
        Copy value
      </button>
      <button type="button" role="menuitem" data-menu="copy-pair">
        Copy field:value
      </button>
      <button type="button" role="menuitem" data-menu="copy-defanged">
        Copy defanged
      </button>
      <button type="button" role="menuitem" data-menu="copy-json">
        Copy JSON
      </button>
    </div>
  )
}

/** A value that opens the menu. `time` gives around-searches their middle. */
export function Value(props: {
  readonly field: string
  readonly value: string
  readonly time?: number
  readonly title?: string
  readonly children?: unknown
}) {
  return (
    <button
      type="button"
      class="val"
      data-field={props.field}
      data-value={props.value}
      data-time={props.time}
      title={props.title}
      aria-haspopup="menu"
    >
      {props.children as never}
    </button>
  )
}
