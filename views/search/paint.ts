// A query's text told apart by colour: only colours, every character stays. Used by the server for the
// page and by the client while someone types; `query/` decides what a query means.

export type PaintKind = 'field' | 'word' | 'text' | 'plain'

export interface Paint {
  readonly kind: PaintKind
  readonly text: string
}

const TOKEN =
  /(?<text>"(?:[^"\\]|\\.)*"?|(?<=:)\/(?:[^/\\]|\\.)*\/?[ims]*)|(?<![^\s(])(?<word>(?:and|or|not)(?=[\s(]|$)|[-!](?=\S))|(?<![^\s(!-])(?<field>@?[^\s:"()[\]{}/]+(?=:))|\b(?<to>to)(?=\s+[^\s\]}]+[\]}])/giu

/** The pieces of a query in order; joined they are the query. */
export function paintQuery(q: string): readonly Paint[] {
  const found: Paint[] = []
  let end = 0
  for (const match of q.matchAll(TOKEN)) {
    if (match.index > end) found.push({ kind: 'plain', text: q.slice(end, match.index) })
    const { text, field } = match.groups ?? {}
    const kind = text !== undefined ? 'text' : field !== undefined ? 'field' : 'word'
    found.push({ kind, text: match[0] })
    end = match.index + match[0].length
  }
  if (end < q.length) found.push({ kind: 'plain', text: q.slice(end) })
  return found
}
