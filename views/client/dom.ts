// What the pieces of client code share: htmx's typed door, looking things up, going places.

interface AjaxOptions {
  readonly target: string
  readonly swap: string
  readonly push?: string
  readonly replace?: string
}

interface Htmx {
  ajax(verb: string, path: string, options: AjaxOptions): Promise<void>
  trigger(element: Element, event: string): void
}

declare const htmx: Htmx

export function find<T extends Element = HTMLElement>(
  selector: string,
  root: ParentNode = document,
): T | undefined {
  return root.querySelector<T>(selector) ?? undefined
}

export function findAll<T extends Element = HTMLElement>(selector: string): readonly T[] {
  return [...document.querySelectorAll<T>(selector)]
}

/** Listens on the document: swapped content needs no wiring. */
export function on<K extends keyof DocumentEventMap>(
  type: K,
  listener: (event: DocumentEventMap[K]) => void,
  capture?: boolean,
): void
export function on(type: string, listener: (event: Event) => void, capture?: boolean): void
export function on(type: string, listener: (event: never) => void, capture = false): void {
  document.addEventListener(type, listener as EventListener, capture)
}

/** This page's address without an open row. */
export function here(): URL {
  const url = new URL(location.href)
  for (const name of ['sel', 'tab']) url.searchParams.delete(name)
  return url
}

/** An address with an absolute time range, milliseconds. */
export function withRange(url: URL, start: number, end: number): string {
  url.searchParams.set('from', new Date(start).toISOString())
  url.searchParams.set('to', new Date(end).toISOString())
  return url.pathname + url.search
}

/** The nearest ancestor of an event's target that fits. */
export function near<T extends Element = HTMLElement>(
  event: Event,
  selector: string,
): T | undefined {
  return event.target instanceof Element
    ? (event.target.closest<T>(selector) ?? undefined)
    : undefined
}

/** The address whose content the page shows; history may already say another. */
let shown = location.pathname + location.search

export function shownAddress(): string {
  return shown
}

export function setShown(address: string): void {
  shown = address
}

/** Asks an element to load again. */
export function refresh(element: Element): void {
  htmx.trigger(element, 'refresh')
}

export function poll(element: Element): void {
  htmx.trigger(element, 'poll')
}

/** Swaps the page for another address, as a boosted link does. */
export function go(address: string, history: 'push' | 'none' = 'push'): Promise<void> {
  const options = { target: '#page', swap: 'outerMorph' }
  if (history === 'none') setShown(address)
  return htmx.ajax('GET', address, history === 'push' ? { ...options, push: address } : options)
}

/** Loads something into the drawer. */
export function loadDrawer(
  fragment: string,
  history: { readonly push?: string; readonly replace?: string } = {},
): Promise<void> {
  return htmx.ajax('GET', fragment, { target: '#drawer', swap: 'innerHTML', ...history })
}

/** Says something to screen readers, and briefly in the status line. */
export function announce(text: string): void {
  const region = find('#announce')
  if (region) region.textContent = text
  const state = find('#live-state')
  if (state) state.textContent = text
}

/** True while the person types somewhere. */
export function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]')
  )
}
