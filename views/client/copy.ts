import { announce, near } from './dom.ts'

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
  else announce('The browser did not allow copying')
}

export function startCopy(): void {
  document.addEventListener('click', (event) => {
    const source = near(event, '[data-copy], [data-copy-from]')
    if (!source) return
    const from = source.dataset.copyFrom
    const text =
      from === undefined
        ? (source.dataset.copy ?? '')
        : (document.getElementById(from)?.textContent ?? '')
    copy(source.hasAttribute('data-copy-link') ? location.origin + text : text)
    source.closest<HTMLElement>('[popover]')?.hidePopover()
  })
}
