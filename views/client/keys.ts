// The keyboard map. Only when no input has the focus, and it can be switched off.
import { find, go, here, on, typing, withRange } from './dom.ts'
import { anyTicked, closeDrawer, drawerOpen, open, rowAtHand, step, tick } from './rows.ts'
import { filterFocused } from './values.ts'

const OFF = 'trapline.keys.off'
const PLACES: Readonly<Record<string, string>> = {
  s: '/search',
  a: '/alerts',
  h: '/hunts',
  r: '/rules',
  d: '/releases',
  o: '/sources',
  c: '/scenarios',
  e: '/settings',
}
const GO_WAIT_MS = 1200

let goPressed = 0

/** Shifts the time window by half of its width. */
function shift(direction: number): void {
  const grid = find('[data-range-start]')
  if (!grid) return
  const start = Number(grid.dataset.rangeStart)
  const end = Number(grid.dataset.rangeEnd)
  const by = ((end - start) / 2) * direction
  void go(withRange(here(), start + by, end + by))
}

function pick(number: number): void {
  const radio = find<HTMLInputElement>(`dialog[open] [data-choice="${number}"]`)
  if (!radio) return
  radio.checked = true
  radio.focus()
  radio.dispatchEvent(new Event('change', { bubbles: true }))
}

const KEYS: Readonly<Record<string, () => void>> = {
  '/': () => find<HTMLInputElement>('#q, [data-filter-box]')?.select(),
  '?': () => find<HTMLDialogElement>('#help')?.showModal(),
  j: () => step(1),
  k: () => step(-1),
  o: openRow,
  x: () => tick(false),
  X: () => tick(true),
  '[': () => shift(-1),
  ']': () => shift(1),
  f: () => filterFocused('for'),
  F: () => filterFocused('out'),
  y: () => find('[data-copy-link]')?.click(),
}

function openRow(): void {
  const row = rowAtHand()
  if (row) open(row)
}

function leave(): void {
  if (find(':popover-open, dialog[open]')) return
  const close = find<HTMLAnchorElement>('#drawer a[data-close]')
  if (drawerOpen()) closeDrawer(close ? close.pathname + close.search : undefined)
  else if (anyTicked()) find<HTMLFormElement>('form[data-bulk]')?.reset()
}

function press(event: KeyboardEvent): boolean {
  const { key } = event
  if (find('dialog[open]')) {
    if (/^[1-7]$/.test(key)) pick(Number(key))
    return /^[1-7]$/.test(key)
  }
  if (Date.now() - goPressed < GO_WAIT_MS && PLACES[key]) {
    goPressed = 0
    void go(PLACES[key])
    return true
  }
  if (key === 'g') {
    goPressed = Date.now()
    return true
  }
  if (key === 'Enter') {
    const onRow = document.activeElement?.matches('a[data-open], body') === true
    if (onRow) openRow()
    return onRow
  }
  const named = find(`[data-key="${CSS.escape(key)}"]:not([disabled])`)
  const action = KEYS[key] ?? (named ? () => named.click() : undefined)
  action?.()
  return action !== undefined
}

/** History of an empty query box, newest last. */
const PAST = 'trapline.queries'
const PAST_MAX = 50

function past(): string[] {
  return JSON.parse(localStorage.getItem(PAST) ?? '[]') as string[]
}

function recall(box: HTMLInputElement, by: number): boolean {
  const all = past()
  const at = all.lastIndexOf(box.value)
  if (box.value !== '' && at === -1) return false
  const next = box.value === '' ? (by < 0 ? all.at(-1) : undefined) : (all[at + by] ?? '')
  if (next === undefined) return false
  box.value = next
  box.dispatchEvent(new Event('input', { bubbles: true }))
  return true
}

function inQuery(event: KeyboardEvent, box: HTMLInputElement): void {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) box.form?.requestSubmit()
  if (event.key === 'Escape') box.blur()
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
  if (by !== undefined && recall(box, by)) event.preventDefault()
}

export function startKeys(): void {
  on('keydown', (event) => {
    if (event.target instanceof HTMLInputElement && event.target.id === 'q')
      return inQuery(event, event.target)
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
    if (event.key === 'Escape') return leave()
    if (localStorage.getItem(OFF) === '1') return
    if (press(event)) event.preventDefault()
  })
  on('submit', (event) => {
    const box = find<HTMLInputElement>('#q')
    if (!(event.target instanceof HTMLFormElement) || !box || box.form !== event.target) return
    if (box.value.trim() === '') return
    const kept = [...past().filter((q) => q !== box.value), box.value].slice(-PAST_MAX)
    localStorage.setItem(PAST, JSON.stringify(kept))
  })
  on('change', (event) => {
    if (!(event.target instanceof HTMLInputElement) || !event.target.matches('[data-keys-switch]'))
      return
    localStorage.setItem(OFF, event.target.checked ? '0' : '1')
  })
}

/** The switch shows what is stored. */
export function syncKeys(): void {
  const box = find<HTMLInputElement>('[data-keys-switch]')
  if (box) box.checked = localStorage.getItem(OFF) !== '1'
}
