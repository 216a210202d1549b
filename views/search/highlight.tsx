/** @jsxImportSource hono/jsx */
import { visible } from '../shared/format.ts'

/** A literal to mark: in one field's values, or anywhere. */
export interface Mark {
  readonly field: string | undefined
  readonly text: string
}

const MARKS_MAX = 200
const SHORT_chars = 3

/** The stretches of `text`, those that a mark covers flagged. Case does not matter; longest first. */
export function stretches(
  text: string,
  marks: readonly string[],
): readonly { readonly text: string; readonly marked: boolean }[] {
  const wanted = marks.filter((mark) => mark.trim() !== '').map((mark) => mark.toLowerCase())
  const folded = text.toLowerCase()
  // Folding may change lengths (İ): positions would not fit then, so nothing is marked.
  if (wanted.length === 0 || folded.length !== text.length) return [{ text, marked: false }]
  const found: { text: string; marked: boolean }[] = []
  let at = 0
  for (let n = 0; n < MARKS_MAX; n++) {
    const next = nearest(folded, wanted, at)
    if (next === undefined) break
    if (next.start > at) found.push({ text: text.slice(at, next.start), marked: false })
    found.push({ text: text.slice(next.start, next.end), marked: true })
    at = next.end
  }
  if (at < text.length) found.push({ text: text.slice(at), marked: false })
  return found
}

function nearest(text: string, wanted: readonly string[], at: number) {
  let best: { start: number; end: number } | undefined
  for (const word of wanted) {
    const start = text.indexOf(word, at)
    if (start === -1) continue
    const end = start + word.length
    if (best === undefined || start < best.start || (start === best.start && end > best.end))
      best = { start, end }
  }
  return best
}

/** Log text with what the search looked for marked. */
export function Marked(props: {
  readonly text: string
  readonly marks: readonly Mark[]
  /** The field the text is of; undefined for message and raw, where every mark counts. */
  readonly field?: string
  readonly lines?: 'keep-lines'
}) {
  const { field } = props
  const wanted = props.marks
    .filter((m) => m.field === undefined || applies(m.field, m.text, field))
    .map((m) => m.text)
  return (
    <>
      {stretches(props.text, wanted).map((part) =>
        part.marked ? (
          <mark>{visible(part.text, props.lines)}</mark>
        ) : (
          visible(part.text, props.lines)
        ),
      )}
    </>
  )
}

/** In the message a field's literal counts too, unless it is so short that it would stand anywhere. */
function applies(name: string, text: string, field: string | undefined): boolean {
  return field === undefined ? text.length >= SHORT_chars : sameField(name, field)
}

function sameField(a: string, b: string): boolean {
  return a.replace(/^@/, '').toLowerCase() === b.toLowerCase()
}
