// Live data. One stream per visible tab; what is new loads at once while nothing is open, and waits in a
// pill while a row is open or ticked: new data never moves what someone reads.
import { announce, find, go, on } from './dom.ts'
import { anyTicked, drawerOpen } from './rows.ts'

const PACE_MS = 2500

let stream: EventSource | undefined
let fresh = 0
let timer: ReturnType<typeof setTimeout> | undefined

/** The stream that the page wants, and the messages that count. */
function wanted(): { readonly url: string; readonly event: string } | undefined {
  if (document.hidden) return undefined
  if (find('#search-grid[data-live]')) {
    const q = new URL(location.href).searchParams.get('q') ?? ''
    return { url: `/api/v1/logs/stream?${new URLSearchParams({ q })}`, event: 'log' }
  }
  if (find('[data-alert-stream]')) return { url: '/api/v1/alerts/stream', event: 'alert' }
  return undefined
}

/** Opens, keeps or closes the stream as the page wants. */
export function syncLive(): void {
  const want = wanted()
  const url = want && new URL(want.url, location.origin).href
  if (stream?.url === url) return
  stream?.close()
  stream = undefined
  fresh = 0
  if (!want) return
  stream = new EventSource(want.url)
  stream.addEventListener(want.event, () => arrived(1))
  stream.addEventListener('reset', () => arrived(1))
  stream.addEventListener('gap', () => arrived(1))
  stream.addEventListener('error', () => state('live: reconnecting'))
  stream.addEventListener('open', () => state('live'))
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
