// Small things of the frame: clock, polling, theme, the drawer's width, dialogs, errors of requests.
import { announce, find, findAll, near, on, poll, refresh, setShown } from './dom.ts'

const WIDTH = 'trapline.drawer'
const WIDTH_MIN_px = 320
const STEP_px = 40
const YEAR_S = 31_536_000

function clock(): void {
  for (const place of findAll('[data-clock]'))
    place.textContent = `UTC ${new Date().toISOString().slice(11, 16)}`
}

const polled = new WeakMap<Element, number>()

function pollAll(): void {
  if (document.hidden) return
  for (const element of findAll('[data-poll-ms]')) {
    // Not while someone reads or fills in what the answer would replace.
    const { pollUnless } = element.dataset
    if (pollUnless !== undefined && find(pollUnless) !== undefined) continue
    const last = polled.get(element)
    if (last === undefined) polled.set(element, Date.now())
    else if (Date.now() - last >= Number(element.dataset.pollMs)) {
      polled.set(element, Date.now())
      poll(element)
    }
  }
}

function setTheme(theme: string): void {
  const root = document.documentElement
  if (theme === 'system') delete root.dataset.theme
  else root.dataset.theme = theme
  // biome-ignore lint/suspicious/noDocumentCookie: the server reads it to render without a flash
  document.cookie = `trapline_theme=${theme}; path=/; max-age=${YEAR_S}; samesite=lax`
  syncFrame()
}

/** Switches show what is set. */
export function syncFrame(): void {
  const theme = document.documentElement.dataset.theme ?? 'system'
  for (const button of findAll('[data-theme-value]'))
    button.setAttribute('aria-pressed', String(button.dataset.themeValue === theme))
  clock()
  const narrow = matchMedia('(max-width: 900px)').matches
  const facets = find<HTMLDetailsElement>('#facets')
  if (facets && !facets.dataset.set) {
    facets.dataset.set = '1'
    facets.open = !narrow
  }
}

function setWidth(width: number): void {
  const wide = Math.min(Math.max(width, WIDTH_MIN_px), innerWidth * 0.6)
  document.documentElement.style.setProperty('--drawer', `${Math.round(wide)}px`)
  localStorage.setItem(WIDTH, String(Math.round(wide)))
}

function startGrip(): void {
  const kept = Number(localStorage.getItem(WIDTH))
  if (kept > 0) setWidth(kept)
  let dragging = false
  on('pointerdown', (event) => {
    const grip = near(event, '[data-grip]')
    if (!grip) return
    dragging = true
    grip.setPointerCapture(event.pointerId)
    event.preventDefault()
  })
  on('pointermove', (event) => {
    if (dragging) setWidth(innerWidth - event.clientX)
  })
  on('pointerup', () => {
    dragging = false
  })
  on('keydown', (event) => {
    const by = { ArrowLeft: STEP_px, ArrowRight: -STEP_px }[event.key]
    if (by === undefined || !near(event, '[data-grip]')) return
    setWidth((find('#drawer')?.offsetWidth ?? 0) + by)
  })
}

interface Context {
  readonly target?: Element
  readonly sourceElement?: Element
}

/** A request that never got an answer still ends in a box with a cause and a way to try again. */
function failed(event: Event): void {
  const { ctx, error } = (event as CustomEvent<{ ctx?: Context; error?: unknown }>).detail
  const target = ctx?.target
  if (!target || !(target instanceof HTMLElement)) return
  if (!target.matches('.section, #drawer')) {
    announce('Not loaded: no answer from the server')
    return
  }
  const box = document.createElement('div')
  box.className = 'section-error'
  box.setAttribute('role', 'alert')
  const cause = error instanceof Error ? error.message : 'no answer from the server'
  box.append(`Not loaded: ${cause}. `)
  const retry = document.createElement('a')
  retry.href = location.href
  retry.dataset.retry = ''
  retry.textContent = 'Retry'
  box.append(retry)
  find('.section-error', target)?.remove()
  target.prepend(box)
}

function clicks(event: MouseEvent): void {
  const theme = near(event, '[data-theme-value]')?.dataset.themeValue
  if (theme !== undefined) setTheme(theme)
  const dialog = near(event, '[data-dialog]')?.dataset.dialog
  const opened = dialog === undefined ? null : document.getElementById(dialog)
  if (opened instanceof HTMLDialogElement) opened.showModal()
  if (near(event, '[data-dialog-close]')) near<HTMLDialogElement>(event, 'dialog')?.close()
  near(event, '.menu a[role=menuitem]')?.closest<HTMLElement>('[popover]')?.hidePopover()
  const retry = near(event, '[data-retry]')
  const section = retry?.closest('[hx-get]')
  if (retry && section) {
    event.preventDefault()
    event.stopPropagation()
    refresh(section)
  }
}

export function startFrame(): void {
  on('click', clicks, true)
  on('htmx:error', failed)
  on('htmx:after:history:update', () => setShown(location.pathname + location.search))
  on('change', (event) => {
    const form = near<HTMLFormElement>(event, 'form[data-submit-on-change]')
    form?.requestSubmit()
  })
  setInterval(clock, 1000)
  setInterval(pollAll, 1000)
  startGrip()
}
