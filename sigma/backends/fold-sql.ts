// Case folding in SQL. Engines fold ASCII alike; of other letters only those matter that a literal holds, and the
// few (Kelvin sign, long s) that fold to ASCII.
import { fold } from '../text/fold.ts'
import { FOLD_ORBITS } from '../text/orbits.ts'

const ASCII_END = 0x80

let members: Map<number, readonly number[]> | undefined

function membersOf(): Map<number, readonly number[]> {
  members ??= new Map(FOLD_ORBITS.map(([target = 0, ...others]) => [target, others]))
  return members
}

/** Code points beyond ASCII upper case that must be replaced in a value before it is compared with a literal. */
export function foldReplacements(
  literal: string,
): readonly (readonly [from: string, to: string])[] {
  const out: [string, string][] = []
  for (const char of new Set(fold(literal))) {
    for (const code of membersOf().get(char.codePointAt(0)!) ?? []) {
      if (code >= ASCII_END) out.push([String.fromCodePoint(code), char])
    }
  }
  return out
}
