// The literals of a field in the memory of a kernel, which builds their automata itself
// (`sigma/kernel/assembly/build.ts`).
import type { KernelMemory } from '../kernel/memory.ts'
import { buildSingles, type Singles } from './singles.ts'
import { asciiLiterals, isSingle, type LiteralKind, type TextIndex } from './text-index.ts'

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
  const ascii = asciiLiterals(index)
  const literals = ascii.filter((literal) => !isSingle(literal))
  const single = ascii.filter(isSingle)
  const singles = single.length === 0 ? NOWHERE : addSingles(memory, buildSingles(single))
  const words = new Int32Array(literals.length * LITERAL_WORDS)
  let text = memory.addText(literals.map((literal) => literal.text))
  let at = 0
  for (const literal of literals) {
    words[at++] = text
    words[at++] = literal.text.length
    words[at++] = KINDS[literal.kind]
    words[at++] = literal.atom
    text += literal.text.length
  }
  const first = memory.addWords(words)
  return memory.build((free) => memory.exports.buildIndex(first, literals.length, singles, free))
}

function addSingles(memory: KernelMemory, groups: Singles): number {
  let next = NOWHERE
  for (const { maskAt, atoms } of groups) {
    next = memory.addWords([memory.addWords(maskAt), memory.addWords(atoms), next])
  }
  return next
}
