// Code points that no set of a program tells apart share one class: the alphabet of its automaton.
import type { Assertion } from './ast.ts'
import { CODE_POINT_MAX, contains, WORDS } from './charset.ts'
import type { Program } from './nfa.ts'

export const CLASSES_MAX = 256

/** What an assertion asks about the character before or after a place. */
export const KIND = { edge: 0, newline: 1, word: 2, other: 3 } as const
export type Kind = (typeof KIND)[keyof typeof KIND]

export interface Classes {
  readonly count: number
  /** Class of every ASCII code. */
  readonly ascii: Uint8Array
  /** First code points of the intervals, ascending, and the class of each. */
  readonly starts: Int32Array
  readonly ids: Uint8Array
  readonly kinds: readonly Kind[]
  /** `members[set * count + class]` is 1 when the set holds the class. */
  readonly members: Uint8Array
}

/** The classes of a program, or undefined when they are more than the limit. */
export function buildClasses(program: Program): Classes | undefined {
  const asserted = new Set(program.code.flatMap((i) => (i.op === 'assert' ? [i.what] : [])))
  const starts = intervalStarts(program, asserted)
  const ids = new Uint8Array(starts.length)
  const bySignature = new Map<string, number>()
  const kinds: Kind[] = []
  const rows: boolean[][] = []
  for (const [index, code] of starts.entries()) {
    const row = program.sets.map((set) => contains(set, code))
    const kind = kindOf(code, asserted)
    const signature = `${kind}${row.map(Number).join('')}`
    let id = bySignature.get(signature)
    if (id === undefined) {
      id = kinds.length
      if (id >= CLASSES_MAX) return undefined
      bySignature.set(signature, id)
      kinds.push(kind)
      rows.push(row)
    }
    ids[index] = id
  }
  const count = kinds.length
  const members = new Uint8Array(program.sets.length * count)
  for (const [id, row] of rows.entries())
    for (const [set, inside] of row.entries()) members[set * count + id] = inside ? 1 : 0
  const classes = { count, ascii: new Uint8Array(128), starts, ids, kinds, members }
  for (let code = 0; code < 128; code++) classes.ascii[code] = classOf(classes, code)
  return classes
}

const asksWord = (asserted: ReadonlySet<Assertion>) =>
  asserted.has('word') || asserted.has('notWord')
const asksLine = (asserted: ReadonlySet<Assertion>) =>
  asserted.has('lineBegin') || asserted.has('lineEnd')

function intervalStarts(program: Program, asserted: ReadonlySet<Assertion>): Int32Array {
  const cuts = new Set([0])
  const sets = [...program.sets]
  if (asksWord(asserted)) sets.push(WORDS)
  if (asksLine(asserted)) sets.push([0x0a, 0x0a])
  for (const set of sets)
    for (let i = 0; i < set.length; i += 2) {
      cuts.add(set[i]!)
      if (set[i + 1]! < CODE_POINT_MAX) cuts.add(set[i + 1]! + 1)
    }
  return Int32Array.from([...cuts].sort((a, b) => a - b))
}

function kindOf(code: number, asserted: ReadonlySet<Assertion>): Kind {
  if (asksLine(asserted) && code === 0x0a) return KIND.newline
  return asksWord(asserted) && contains(WORDS, code) ? KIND.word : KIND.other
}

/** The class of a code point, by bisection. */
export function classOf(classes: Classes, code: number): number {
  let low = 0
  let high = classes.starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (classes.starts[middle]! <= code) low = middle
    else high = middle - 1
  }
  return classes.ids[low]!
}
