/** @jsxImportSource hono/jsx */
import { visible } from '../shared/format.ts'

/** A literal to mark: in one field's values, or anywhere. */
export interface Mark {
  readonly field: string | undefined
  readonly text: string
  /** Whole words that stand one after the other, in place of the text as it is. */
  readonly words?: readonly string[]
}

/** A literal, or whole words that stand one after the other. */
type Wanted = string | readonly string[]

const MARKS_MAX = 200
const SHORT_chars = 3
const IN_WORD = /[\p{L}\p{N}_]/u

/** The stretches of `text`, those that a mark covers flagged. Case does not matter; longest first. */
export function stretches(
  text: string,
  marks: readonly Wanted[],
): readonly { readonly text: string; readonly marked: boolean }[] {
  const wanted = marks.flatMap((mark): readonly Wanted[] => {
    if (typeof mark !== 'string') return [mark.map((word) => word.toLowerCase())]
    return mark.trim() === '' ? [] : [mark.toLowerCase()]
  })
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

function nearest(text: string, wanted: readonly Wanted[], at: number) {
  let best: Stretch | undefined
  for (const mark of wanted) {
    const next = typeof mark === 'string' ? literalAt(text, mark, at) : wordsAt(text, mark, at)
    if (next === undefined) continue
    const { start, end } = next
    if (best === undefined || start < best.start || (start === best.start && end > best.end))
      best = next
  }
  return best
}

interface Stretch {
  readonly start: number
  readonly end: number
}

function literalAt(text: string, literal: string, at: number): Stretch | undefined {
  const start = text.indexOf(literal, at)
  return start === -1 ? undefined : { start, end: start + literal.length }
}

/** Where the words stand as whole words with nothing but other characters between them. */
function wordsAt(text: string, words: readonly string[], at: number): Stretch | undefined {
  const first = words[0] ?? ''
  if (first === '') return undefined
  for (let start = text.indexOf(first, at); start !== -1; start = text.indexOf(first, start + 1)) {
    const end = isInWord(text, start - 1) ? undefined : wordsEnd(text, words, start)
    if (end !== undefined) return { start, end }
  }
  return undefined
}

function wordsEnd(text: string, words: readonly string[], start: number): number | undefined {
  let at = start
  for (const [n, word] of words.entries()) {
    if (n > 0) while (at < text.length && !isInWord(text, at)) at++
    if (!text.startsWith(word, at)) return undefined
    at += word.length
    if (isInWord(text, at)) return undefined
  }
  return at
}

function isInWord(text: string, at: number): boolean {
  return IN_WORD.test(text[at] ?? '')
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
    .map((m) => m.words ?? m.text)
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
