// Lists: the row at hand, opening it in the drawer, closing it, ticking rows.
import { announce, find, findAll, loadDrawer, near, on, setShown, shownAddress } from './dom.ts'

const AT = 'at'

function rows(): readonly HTMLTableRowElement[] {
  return findAll<HTMLTableRowElement>('table[data-list] tr[data-row]')
}

/** The row that keys act on: the marked one, else the open one. */
export function rowAtHand(): HTMLTableRowElement | undefined {
  const all = rows()
  return (
    all.find((row) => row.classList.contains(AT)) ??
    all.find((row) => row.getAttribute('aria-selected') === 'true')
  )
}

function mark(row: HTMLTableRowElement): void {
  for (const other of rows()) other.classList.toggle(AT, other === row)
  row.scrollIntoView({ block: 'nearest' })
  find('a[data-open]', row)?.focus({ preventScroll: true })
}

/** Moves by `by` rows; an open drawer follows. */
export function step(by: number): void {
  const all = rows()
  const now = rowAtHand()
  const index = now === undefined ? (by > 0 ? -1 : all.length) : all.indexOf(now)
  const next = all[Math.min(Math.max(index + by, 0), all.length - 1)]
  if (next === undefined) return
  mark(next)
  if (drawerOpen()) open(next)
}

export function drawerOpen(): boolean {
  return (find('#drawer')?.childElementCount ?? 0) > 0
}

/** Opens a row: in the drawer where the list has one, else by its link. */
export function open(row: HTMLTableRowElement): void {
  const link = find<HTMLAnchorElement>('a[data-open]', row)
  const base = row.closest('table')?.dataset.drawer
  if (link === undefined) return
  if (base === undefined) {
    link.click()
    return
  }
  const address = link.pathname + link.search
  const fragment = base + encodeURIComponent(row.dataset.row ?? '') + link.search
  const history = drawerOpen() ? { replace: address } : { push: address }
  select(row.dataset.row)
  loadDrawer(fragment, history).catch(reportError)
}

function select(id: string | undefined): void {
  for (const row of rows()) {
    if (row.dataset.row === id) row.setAttribute('aria-selected', 'true')
    else row.removeAttribute('aria-selected')
    row.classList.remove(AT)
  }
}

/** Closes the drawer and takes it out of the address. */
export function closeDrawer(address: string | undefined): void {
  const drawer = find('#drawer')
  const was = rowAtHand()
  drawer?.replaceChildren()
  if (address !== undefined) {
    history.pushState({ htmx: true }, '', address)
    setShown(address)
  }
  select(undefined)
  if (was) mark(was)
}

/** Makes the drawer fit an address that differs from the shown one in row and tab only. */
export function showRowOf(address: URL): void {
  const id = address.searchParams.get('sel') ?? ''
  const base = find('table[data-drawer]')?.dataset.drawer ?? '/search/event/'
  setShown(address.pathname + address.search)
  if (id === '') {
    find('#drawer')?.replaceChildren()
    select(undefined)
  } else {
    select(id)
    loadDrawer(base + encodeURIComponent(id) + address.search).catch(reportError)
  }
}

/** Whether two addresses are the same page with at most another row or tab open. */
export function sameList(a: string, b: string): boolean {
  const strip = (address: string) => {
    const url = new URL(address, location.origin)
    for (const name of ['sel', 'tab', 'selectedAlert']) url.searchParams.delete(name)
    url.searchParams.sort()
    return url.pathname + url.search
  }
  return strip(a) === strip(b)
}

let lastTicked: HTMLTableRowElement | undefined

/** Ticks the row at hand, or all from the last ticked one to it. */
export function tick(range: boolean): void {
  const all = rows()
  const row = rowAtHand()
  const box = row && find<HTMLInputElement>('input[name=ids]', row)
  if (!row || !box) return
  box.checked = range ? true : !box.checked
  if (range && lastTicked) {
    const [from = 0, to = 0] = [all.indexOf(lastTicked), all.indexOf(row)].sort((a, b) => a - b)
    for (const between of all.slice(from, to + 1)) {
      const one = find<HTMLInputElement>('input[name=ids]', between)
      if (one) one.checked = true
    }
  }
  lastTicked = row
  box.dispatchEvent(new Event('change', { bubbles: true }))
}

export function anyTicked(): boolean {
  return find('input[name=ids]:checked') !== undefined
}

function reportError(error: unknown): void {
  announce(error instanceof Error ? error.message : 'not loaded')
}

/** Closes a group's row: what lies below it goes. */
function collapse(event: Event): boolean {
  const button = near(event, '[data-expand]')
  const row = button?.closest<HTMLElement>('tr')
  if (!button || !row) return false
  const isOpen = button.getAttribute('aria-expanded') === 'true'
  button.setAttribute('aria-expanded', String(!isOpen))
  if (!isOpen) return false
  const level = Number(row.dataset.level)
  for (let next = row.nextElementSibling; next instanceof HTMLElement; ) {
    if (Number(next.dataset.level) <= level) break
    const below = next
    next = next.nextElementSibling
    below.remove()
  }
  return true
}

export function startRows(): void {
  on(
    'click',
    (event) => {
      if (!collapse(event)) return
      event.preventDefault()
      event.stopPropagation()
    },
    true,
  )
  on('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    const close = near<HTMLAnchorElement>(event, 'a[data-close]')
    if (close) {
      event.preventDefault()
      return closeDrawer(close.pathname + close.search)
    }
    const by = near(event, '[data-step]')?.dataset.step
    if (by !== undefined) return step(Number(by))
    const row = near<HTMLTableRowElement>(event, 'table[data-drawer] tr[data-row]')
    const control = near(event, 'a, button, input, label')
    if (row && (control === undefined || control.matches('a[data-open]'))) {
      event.preventDefault()
      open(row)
    }
  })
  on('htmx:before:history:restore', (event) => {
    const path = (event as CustomEvent<{ readonly path: string }>).detail.path
    if (!sameList(path, shownAddress())) return
    event.preventDefault()
    showRowOf(new URL(path, location.origin))
  })
}
