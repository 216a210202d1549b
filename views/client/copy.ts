import { announce, find, near, on } from './dom.ts'

/** Puts text on the clipboard; over plain HTTP, where browsers refuse that, through a selection. */
export function copy(text: string): void {
  const done = () => announce('Copied')
  if (navigator.clipboard !== undefined) {
    navigator.clipboard.writeText(text).then(done, () => bySelection(text, done))
  } else bySelection(text, done)
}

function bySelection(text: string, done: () => void): void {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'hidden'
  document.body.append(area)
  area.select()
  const worked = document.execCommand('copy')
  area.remove()
  if (worked) done()
  else announce('Not copied')
}

/** Addresses longer than this are kept by the server, and a short one is copied. */
const LINK_MAX_chars = 1500

async function copyLink(path: string): Promise<void> {
  let short = path
  if (path.length > LINK_MAX_chars) {
    const headers = JSON.parse(find('#page')?.getAttribute('hx-headers:inherited') ?? '{}')
    const answer = await fetch('/api/v1/links', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ target: path }),
    })
    if (answer.ok) short = (await answer.json()).path
  }
  copy(location.origin + short)
}

export function startCopy(): void {
  on('click', (event) => {
    const source = near(event, '[data-copy], [data-copy-from]')
    if (!source) return
    const from = source.dataset.copyFrom
    const text =
      from === undefined
        ? (source.dataset.copy ?? '')
        : (document.getElementById(from)?.textContent ?? '')
    if (source.hasAttribute('data-copy-link')) void copyLink(text)
    else copy(text)
    source.closest<HTMLElement>('[popover]')?.hidePopover()
  })
}
