// The value menu: what can be done with a value of a log, wherever it stands.

import { GROUPS_MAX } from '../search/limits.ts'
import { copy } from './copy.ts'
import { find, go, here, near, on, withRange } from './dom.ts'

const AROUND_MS = 5 * 60_000
const ELSEWHERE_MS = 60 * 60_000
const MARGIN_px = 8

type Mode = 'for' | 'out' | 'only'

let current: HTMLElement | undefined

/** The search that a filter builds on: the page's own, or around the event on other pages. */
function base(value: HTMLElement): URL {
  if (location.pathname === '/search') return here()
  const url = new URL('/search', location.origin)
  const time = Number(value.dataset.time)
  if (time) withRange(url, time - ELSEWHERE_MS, time + ELSEWHERE_MS)
  return url
}

function filterAddress(value: HTMLElement, mode: Mode): string {
  const url = base(value)
  url.searchParams.set('filterField', value.dataset.field ?? '')
  url.searchParams.set('filterValue', value.dataset.value ?? '')
  if (mode !== 'for') url.searchParams.set('filterMode', mode)
  return url.pathname + url.search
}

function groupAddress(value: HTMLElement): string {
  const url = base(value)
  url.searchParams.set('group', value.dataset.field ?? '')
  return url.pathname + url.search
}

/** The page grouped once more, inside the groups that there are. */
function insideAddress(value: HTMLElement): string | undefined {
  const url = base(value)
  const fields = (url.searchParams.get('group') ?? '').split(',').filter((name) => name !== '')
  const field = value.dataset.field ?? ''
  if (fields.length === 0 || fields.length >= GROUPS_MAX || fields.includes(field)) return undefined
  url.searchParams.set('group', [...fields, field].join(','))
  return url.pathname + url.search
}

/** The table with the value's field as a column, or without it. */
function columnAddress(value: HTMLElement): string | undefined {
  if (location.pathname !== '/search') return undefined
  const url = here()
  const shown = (url.searchParams.get('cols') ?? 'source,host').split(',')
  const field = value.dataset.field ?? ''
  const cols = shown.includes(field) ? shown.filter((one) => one !== field) : [...shown, field]
  url.searchParams.set('cols', cols.join(','))
  return url.pathname + url.search
}

function aroundAddress(value: HTMLElement): string | undefined {
  const row = value.closest<HTMLElement>('[data-time]')
  const time = Number(value.dataset.time ?? row?.dataset.time)
  if (!time) return undefined
  return withRange(base(value), time - AROUND_MS, time + AROUND_MS)
}

/** The builder of a mute, for the event or alert that the value stands in. */
function suppressAddress(value: HTMLElement): string | undefined {
  const holder = value.closest<HTMLElement>('[data-row], [data-open-row]')
  const id = holder?.dataset.row ?? holder?.dataset.openRow
  if (id === undefined || !/^(A-\d+|\d{8}-\d+)$/.test(id)) return undefined
  const { field = '', value: text = '' } = value.dataset
  const query = new URLSearchParams({ [id.startsWith('A-') ? 'alert' : 'event']: id })
  query.set('field', field)
  query.set('value', text)
  return `/suppress?${query}`
}

/** The form of a hunt for the value, over the newest day. */
function huntAddress(value: HTMLElement): string {
  const { field = '', value: text = '' } = value.dataset
  const query = new URLSearchParams({ filterField: field, filterValue: text, from: 'now-24h' })
  return `/hunts/new?search=${encodeURIComponent(`/search?${query}`)}`
}

/** Filters for the value that has the focus. */
export function filterFocused(mode: Mode): void {
  const value = document.activeElement?.closest<HTMLElement>('.val')
  if (value) void go(filterAddress(value, mode))
}

/** `hxxp://evil[.]example`: readable, not clickable. */
export function defang(text: string): string {
  return text
    .replace(/\bhttp(s?):/gi, 'hxxp$1:')
    .replace(/(?<=[\p{L}\p{N}])[.](?=[\p{L}\p{N}])/gu, '[.]')
    .replace(/@/g, '[@]')
}

function texts(value: HTMLElement): Readonly<Record<string, string>> {
  const field = value.dataset.field ?? ''
  const text = value.dataset.value ?? ''
  return {
    copy: text,
    'copy-pair': `${field}:${JSON.stringify(text)}`,
    'copy-defanged': defang(text),
    'copy-json': JSON.stringify({ [field]: text }),
  }
}

function fill(menu: HTMLElement, value: HTMLElement): void {
  const what = find('[data-menu-what]', menu)
  if (what) what.textContent = `${value.dataset.field}: ${value.textContent?.trim()}`
  const links: Readonly<Record<string, string | undefined>> = {
    for: filterAddress(value, 'for'),
    out: filterAddress(value, 'out'),
    only: filterAddress(value, 'only'),
    group: groupAddress(value),
    inside: insideAddress(value),
    column: columnAddress(value),
    around: aroundAddress(value),
    hunt: huntAddress(value),
    suppress: suppressAddress(value),
  }
  for (const [name, address] of Object.entries(links)) {
    const link = find<HTMLAnchorElement>(`[data-menu="${name}"]`, menu)
    if (!link) continue
    link.hidden = address === undefined
    link.setAttribute('href', address ?? '')
  }
}

function show(menu: HTMLElement, value: HTMLElement): void {
  current = value
  fill(menu, value)
  menu.showPopover()
  const at = value.getBoundingClientRect()
  const size = menu.getBoundingClientRect()
  const left = Math.min(at.left, innerWidth - size.width - MARGIN_px)
  const below = at.bottom + size.height + MARGIN_px < innerHeight
  const top = below ? at.bottom + 2 : Math.max(MARGIN_px, at.top - size.height - 2)
  menu.style.left = `${Math.max(MARGIN_px, left)}px`
  menu.style.top = `${top}px`
  find('[data-menu]', menu)?.focus()
}

function stepMenu(menu: HTMLElement, by: number): void {
  const items = [...menu.querySelectorAll<HTMLElement>('[data-menu]:not([hidden])')]
  const at = items.indexOf(document.activeElement as HTMLElement)
  items[(at + by + items.length) % items.length]?.focus()
}

export function startValues(): void {
  on('click', (event) => {
    const menu = find('#value-menu')
    const value = near(event, '.val')
    if (menu && value) {
      event.preventDefault()
      if (event.altKey) return void go(filterAddress(value, 'for'))
      return show(menu, value)
    }
    const item = near(event, '#value-menu [data-menu]')
    if (!item || !menu || !current) return
    const text = texts(current)[item.dataset.menu ?? '']
    if (text !== undefined) copy(text)
    menu.hidePopover()
    current.focus()
  })
  on('keydown', (event) => {
    const menu = near(event, '#value-menu')
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!menu || by === undefined) return
    event.preventDefault()
    stepMenu(menu, by)
  })
}
