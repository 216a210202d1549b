// Where in a rule a position lies: read from lines, for a document that is being typed is seldom valid.

/** What stands around a position. */
export interface Context {
  /** Keys from the top down to the line, the line's own key last where it has one. */
  readonly path: readonly string[]
  /** Text of the line before the position. */
  readonly before: string
  /** The line's own key, with modifiers, where there is a colon before the position. */
  readonly key: string | undefined
}

interface Line {
  readonly indent: number
  readonly key: string | undefined
}

const KEY = /^\s*(?:- +)*(?:'([^']+)'|"([^"]+)"|([^\s'"#:][^:#]*?))\s*:(?:\s|$)/

function readLine(text: string): Line {
  const dash = /^\s*(?:- +)*/.exec(text)?.[0].length ?? 0
  const match = KEY.exec(text)
  return { indent: dash, key: match?.[1] ?? match?.[2] ?? match?.[3] }
}

/** The context of a position (both from 0) in a text. */
export function contextAt(text: string, line: number, character: number): Context {
  const lines = text.split('\n')
  const current = lines[line] ?? ''
  const before = current.slice(0, character)
  const own = readLine(before)
  const path: string[] = own.key === undefined ? [] : [own.key]
  let indent = own.indent
  // An item of a list may stand at the indent of the key above it.
  let isItem = /^\s*-/.test(current)
  for (let n = line - 1; n >= 0 && (indent > 0 || isItem); n--) {
    const text = lines[n]!
    if (/^---/.test(text)) break
    if (/^\s*(#|$)/.test(text)) continue
    const { indent: above, key } = readLine(text)
    const start = /^\s*/.exec(text)![0].length
    const isAbove =
      start < indent || (isItem && start <= /^\s*/.exec(current)![0].length && !/^\s*-/.test(text))
    if (!isAbove || key === undefined) continue
    if (above < indent || isItem) {
      path.unshift(key)
      indent = start
      isItem = /^\s*-/.test(text)
    }
  }
  return { path, before, key: own.key }
}
