// A comment within GitHub's limit: what matters least is left out first, and named.
import { plain } from './markup.ts'

/** One folded part. */
export interface Section {
  readonly title: string
  readonly body: string
  /** 1 is left out last. */
  readonly rank: number
}

export interface Parts {
  /** Never left out; cut where even it is too long. */
  readonly head: string
  readonly sections: readonly Section[]
  readonly foot: string
  /** Where the whole reports are. */
  readonly details: string | undefined
}

/** Titles that the note names. */
const NAMED_MAX = 10

/** The parts as one text of at most `limit` characters. */
export function fit(parts: Parts, limit: number): string {
  const order = [...parts.sections].sort((a, b) => b.rank - a.rank || b.body.length - a.body.length)
  const out = new Set<Section>()
  for (;;) {
    const text = joined(parts, out)
    if (text.length <= limit) return text
    const next = order.find((section) => !out.has(section))
    if (next === undefined) return cut(parts, limit)
    out.add(next)
  }
}

function joined({ head, sections, foot, details }: Parts, out: ReadonlySet<Section>): string {
  const folds = sections
    .filter((section) => !out.has(section))
    .map(({ title, body }) => `<details><summary>${title}</summary>\n\n${body}\n\n</details>`)
  return [head, ...folds, ...note([...out], details), foot, ''].join('\n\n')
}

function note(out: readonly Section[], details: string | undefined): string[] {
  if (out.length === 0) return []
  const titles = out.slice(0, NAMED_MAX).map(({ title }) => title)
  const more = out.length > NAMED_MAX ? ` and ${out.length - NAMED_MAX} more` : ''
  const where = details === undefined ? 'the reports of this run' : plain(details)
  return [`Too long for one comment, see ${where}: ${titles.join('; ')}${more}.`]
}

const CUT = '\n\nThe rest is too long for one comment: see the reports of this run.\n'

/** Even without folds it is too long: whole lines from the start, so that no markup stays open. */
function cut({ head }: Parts, limit: number): string {
  const room = head.slice(0, limit - CUT.length)
  return `${room.slice(0, room.lastIndexOf('\n'))}${CUT}`
}
