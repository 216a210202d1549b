// Texts that a regular expression matches, to show one and to try it. Assertions inside the pattern are not
// solved: whoever needs a text that surely matches tries it.
import type { Node } from './ast.ts'
import { type CharSet, contains } from './charset.ts'

/** A text, and whether the pattern ties its ends to those of the value. */
export interface PatternExample {
  readonly text: string
  readonly isBegin: boolean
  readonly isEnd: boolean
}

const EXAMPLES_MAX = 12
const EXAMPLE_UNITS_MAX = 20_000
/** Characters that read well, in the order they are taken. */
const PLAIN = 'a1x0 /-_.\\:A'

interface Draft extends PatternExample {
  readonly text: string
}

const NOTHING: Draft = { text: '', isBegin: false, isEnd: false }

/** A few texts for a pattern's tree; none where it matches nothing, or only what is very long. */
export function patternExamples(node: Node): readonly PatternExample[] {
  return drafts(node)
}

function drafts(node: Node): readonly Draft[] {
  switch (node.kind) {
    case 'set': {
      const char = plainOf(node.set)
      return char === undefined ? [] : [{ ...NOTHING, text: char }]
    }
    case 'assert':
      return [
        {
          text: '',
          isBegin: node.what === 'textBegin' || node.what === 'lineBegin',
          isEnd: node.what === 'textEnd' || node.what === 'lineEnd',
        },
      ]
    case 'alt':
      return node.items.flatMap((item) => drafts(item)).slice(0, EXAMPLES_MAX)
    case 'cat':
      return node.items.reduce<readonly Draft[]>(
        (before, item) => join(before, drafts(item)),
        [NOTHING],
      )
    case 'repeat':
      return repeated(node)
  }
}

function repeated({ item, min, max }: Extract<Node, { readonly kind: 'repeat' }>) {
  const own = drafts(item)
  const counts = min > 0 || max === 0 ? [min] : [0, 1]
  return counts.flatMap((count) => {
    if (count === 0) return [NOTHING]
    return own
      .filter(({ text }) => text.length * count <= EXAMPLE_UNITS_MAX)
      .map((draft) => ({ ...draft, text: draft.text.repeat(count) }))
  })
}

function join(before: readonly Draft[], after: readonly Draft[]): readonly Draft[] {
  const out: Draft[] = []
  for (const a of before) {
    for (const b of after) {
      if (out.length === EXAMPLES_MAX) return out
      const text = a.text + b.text
      if (text.length > EXAMPLE_UNITS_MAX) continue
      const isBegin = a.isBegin || (a.text === '' && b.isBegin)
      const isEnd = b.isEnd || (b.text === '' && a.isEnd)
      out.push({ text, isBegin, isEnd })
    }
  }
  return out
}

function plainOf(set: CharSet): string | undefined {
  for (const char of PLAIN) if (contains(set, char.codePointAt(0)!)) return char
  const [first] = set
  return first === undefined ? undefined : String.fromCodePoint(first)
}
