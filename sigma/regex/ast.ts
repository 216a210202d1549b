// A regular expression as far as a yes-or-no answer needs it: no captures, no greed.
import type { CharSet } from './charset.ts'

export type Assertion = 'textBegin' | 'textEnd' | 'lineBegin' | 'lineEnd' | 'word' | 'notWord'

export type Node =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'cat'; readonly items: readonly Node[] }
  | { readonly kind: 'alt'; readonly items: readonly Node[] }
  /** `max` is Infinity where there is none. */
  | { readonly kind: 'repeat'; readonly item: Node; readonly min: number; readonly max: number }
  | { readonly kind: 'assert'; readonly what: Assertion }

export const EMPTY: Node = { kind: 'cat', items: [] }
