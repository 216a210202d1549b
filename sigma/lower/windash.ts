// `windash`: a dash or slash that begins a flag stands for any of the five that Windows programs take.
import type { WildcardPart } from '../ir/expr.ts'

export const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'] as const
/** Flags of one value that are written out; with more it becomes a regular expression. */
export const WINDASH_FLAGS_MAX = 3

const WORD = /[\p{L}\p{N}_]/u

/** Offsets of the flag dashes of a literal: no word character before, one after. */
export function dashOffsets(literal: string): number[] {
  const offsets: number[] = []
  for (let i = 0; i < literal.length; i++) {
    if (!(DASHES as readonly string[]).includes(literal.charAt(i))) continue
    const before = i > 0 && WORD.test(literal.charAt(i - 1))
    const next = literal.codePointAt(i + 1)
    if (!before && next !== undefined && WORD.test(String.fromCodePoint(next))) offsets.push(i)
  }
  return offsets
}

/** Number of flag dashes in a pattern. */
export function countDashes(parts: readonly WildcardPart[]): number {
  return parts.reduce(
    (sum, part) => sum + (typeof part === 'object' ? dashOffsets(part.literal).length : 0),
    0,
  )
}

/** The pattern with every choice of dashes: 5 to the power of `countDashes`. */
export function dashVariants(parts: readonly WildcardPart[]): WildcardPart[][] {
  let variants: WildcardPart[][] = [[]]
  for (const part of parts) {
    const choices: WildcardPart[] =
      typeof part === 'object'
        ? literalVariants(part.literal).map((literal) => ({ literal }))
        : [part]
    variants = variants.flatMap((variant) => choices.map((choice) => [...variant, choice]))
  }
  return variants
}

function literalVariants(literal: string): string[] {
  let variants = ['']
  let from = 0
  for (const offset of dashOffsets(literal)) {
    const kept = literal.slice(from, offset)
    variants = variants.flatMap((variant) => DASHES.map((dash) => variant + kept + dash))
    from = offset + 1
  }
  return variants.map((variant) => variant + literal.slice(from))
}

/** The pattern as a regular expression for the whole text, flags `s`. */
export function dashRegex(parts: readonly WildcardPart[]): string {
  const pattern = parts.map((part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    let out = ''
    let from = 0
    for (const offset of dashOffsets(part.literal)) {
      out += `${escapeRegex(part.literal.slice(from, offset))}[${DASHES.join('').replace('-', '\\-')}]`
      from = offset + 1
    }
    return out + escapeRegex(part.literal.slice(from))
  })
  return `^${pattern.join('')}$`.replace(/^\^\.\*/, '').replace(/\.\*\$$/, '')
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
