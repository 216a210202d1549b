// Patterns that ask for nothing but a run of characters, `.{1000,}`: an automaton would have a state for every count.
import type { Node } from './ast.ts'
import { contains } from './charset.ts'

const ASCII = 128

/** The test of such a pattern: whether a text has a run of at least so many characters of the set; undefined for others. */
export function runTest(node: Node): ((text: string) => boolean) | undefined {
  if (node.kind !== 'repeat' || node.item.kind !== 'set' || node.min === 0) return undefined
  const { min } = node
  const { set } = node.item
  const ascii = Uint8Array.from({ length: ASCII }, (_, code) => Number(contains(set, code)))
  return (text) => {
    let run = 0
    for (let i = 0; i < text.length && run < min; i++) {
      const code = text.codePointAt(i)!
      if (code > 0xffff) i++
      const isMember = code < ASCII ? ascii[code] === 1 : contains(set, code)
      run = isMember ? run + 1 : 0
    }
    return run >= min
  }
}
