// Colours in the query box: a painted copy lies under the box, whose own text is transparent.
import { paintQuery } from '../search/paint.ts'
import { find, on } from './dom.ts'

function paint(box: HTMLInputElement): void {
  const layer = find('#q-paint')
  if (layer && layer.textContent !== box.value) layer.replaceChildren(...pieces(box.value))
  follow(box)
}

function pieces(q: string): readonly (Text | HTMLSpanElement)[] {
  return paintQuery(q).map(({ kind, text }) => {
    if (kind === 'plain') return document.createTextNode(text)
    const piece = document.createElement('span')
    piece.className = `q-${kind}`
    piece.textContent = text
    return piece
  })
}

/** The copy scrolls with the box. */
function follow(box: HTMLInputElement): void {
  const layer = find('#q-paint')
  if (layer && layer.scrollLeft !== box.scrollLeft) layer.scrollLeft = box.scrollLeft
}

export function syncPaint(): void {
  const box = find<HTMLInputElement>('#q')
  if (box) paint(box)
}

export function startPaint(): void {
  const ours = (event: Event) => {
    if (event.target instanceof HTMLInputElement && event.target.id === 'q') paint(event.target)
  }
  for (const type of ['input', 'keyup', 'select', 'focusout', 'focusin']) on(type, ours)
  on('scroll', ours, true)
}
