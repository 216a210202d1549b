// Live data. One stream per visible tab; what is new loads at once while nothing is open, and waits in a
// pill while a row is open or ticked: new data never moves what someone reads.
import { announce, find, go, on } from './dom.ts'
import { anyTicked, drawerOpen } from './rows.ts'

const PACE_MS = 2500

let stream: EventSource | undefined
/** What the stream follows, without the place it began at. */
let followed: string | undefined
let fresh = 0
let timer: ReturnType<typeof setTimeout> | undefined

interface Wanted {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Messages that count. */
  readonly event: string
}

/** The stream that the page wants. */
function wanted(): Wanted | undefined {
  if (document.hidden) return undefined
  if (find('#search-grid[data-live]')) {
    const q = new URL(location.href).searchParams.get('q') ?? ''
    return { path: '/api/v1/logs/stream', query: { q }, event: 'log' }
  }
  const after = find('[data-alert-stream]')?.dataset.alertStream
  if (after === undefined) return undefined
  return { path: '/api/v1/alerts/stream', query: { after }, event: 'alert' }
}

/** Opens, keeps or closes the stream as the page wants. */
export function syncLive(): void {
  const want = wanted()
  const following = want && JSON.stringify([want.path, want.query.q])
  if (following === followed) return
  stream?.close()
  stream = undefined
  followed = following
  fresh = 0
  if (!want) return
  stream = new EventSource(`${want.path}?${new URLSearchParams(want.query)}`)
  for (const type of [want.event, 'reset', 'gap']) stream.addEventListener(type, heard)
  stream.addEventListener('error', () => state('live: reconnecting'))
  stream.addEventListener('open', () => state('live'))
}

/** A hidden tab has no stream: what comes meanwhile is asked for, from here on, when it is seen again. */
function heard({ lastEventId }: MessageEvent): void {
  const alerts = find('[data-alert-stream]')
  if (alerts && lastEventId !== '') alerts.dataset.alertStream = lastEventId
  arrived(1)
}

function state(text: string): void {
  const place = find('#live-state')
  if (place) place.textContent = text
}

function arrived(count: number): void {
  fresh += count
  if (busy()) {
    pill()
    return
  }
  if (timer !== undefined) return
  timer = setTimeout(
    () => {
      timer = undefined
      if (busy()) pill()
      else load()
    },
    fresh === count ? 200 : PACE_MS,
  )
}

function busy(): boolean {
  const scrolled = (find('#table')?.scrollTop ?? 0) > 0
  return (
    drawerOpen() || anyTicked() || scrolled || find('dialog[open], :popover-open') !== undefined
  )
}

function pill(): void {
  const place = find('#live-pill')
  if (!place || fresh === 0) return
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'pill on'
  button.dataset.loadNew = ''
  button.textContent = `${fresh.toLocaleString('en-US')} new, load`
  place.replaceChildren(button)
}

function load(): void {
  const count = fresh
  fresh = 0
  find('#live-pill')?.replaceChildren()
  // The queue and the facets beside it.
  if (find('#queue')) document.body.dispatchEvent(new CustomEvent('queue-changed'))
  else void go(location.pathname + location.search, 'none')
  const header = find('#header-facts')
  if (header) header.dispatchEvent(new CustomEvent('poll'))
  announce(`${count} new`)
}

export function startLive(): void {
  on('visibilitychange', syncLive)
  on('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-load-new]')) load()
  })
}
