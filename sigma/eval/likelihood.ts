// How likely an atom is to be set: guesses from the shape of what it asks for.
import type { LiteralKind } from './text-index.ts'

export const PRESENCE_LIKELIHOOD = 0.9
const LIKELIHOOD_MIN = 0.001
/** Chance of a literal of one character, and the factor for every further one. */
const SHAPES: { readonly [kind in LiteralKind]: readonly [first: number, factor: number] } = {
  equals: [0.1, 0.8],
  startswith: [0.5, 0.9],
  endswith: [0.3, 0.85],
  contains: [0.8, 0.65],
}

/** A guess from the literal's shape: only speed depends on it. */
export function likelihoodOf(kind: LiteralKind, text: string): number {
  const [first, factor] = SHAPES[kind]
  return Math.max(LIKELIHOOD_MIN, first * factor ** (text.length - 1))
}
