// The literals of a field in the memory of a kernel, which builds their automata itself
// (`sigma/kernel/assembly/build.ts`).
import type { KernelMemory } from '../kernel/memory.ts'
import { isAscii } from '../text/fold.ts'
import { buildSingles, type Singles } from './singles.ts'
import { isSingle, type Literal, type LiteralKind, type TextIndex } from './text-index.ts'

/** No address. */
export const NOWHERE = 0

/** The kernel's numbers of the kinds. */
const KINDS: { readonly [kind in LiteralKind]: number } = {
  equals: 1,
  startswith: 2,
  endswith: 4,
  contains: 8,
}
/** Words of a literal: where its text is, its length, kind and atom. */
const LITERAL_WORDS = 4

/** Adds the index of a field; its address. */
export function addIndex(memory: KernelMemory, index: TextIndex): number {
  const single: Literal[] = []
  const texts: string[] = []
  const words: number[] = []
  let length = 0
  for (const literal of index.literals) {
    const { text, kind, atom } = literal
    if (!isAscii(text)) continue
    if (isSingle(literal)) {
      single.push(literal)
      continue
    }
    texts.push(text)
    words.push(length, text.length, KINDS[kind], atom)
    length += text.length
  }
  const textsAt = memory.addText(texts)
  for (let at = 0; at < words.length; at += LITERAL_WORDS) words[at]! += textsAt
  const first = memory.addWords(words)
  const singles = single.length === 0 ? NOWHERE : addSingles(memory, buildSingles(single))
  return memory.build((free) => memory.exports.buildIndex(first, texts.length, singles, free))
}

function addSingles(memory: KernelMemory, groups: Singles): number {
  let next = NOWHERE
  for (const { maskAt, atoms } of groups) {
    next = memory.addWords([memory.addWords(maskAt), memory.addWords(atoms), next])
  }
  return next
}
