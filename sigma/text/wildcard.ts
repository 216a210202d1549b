// Wildcard patterns of Sigma values: `*` any run, `?` exactly one code point, backslash escapes.
import type { WildcardPart } from '../ir/expr.ts'
import { fold } from './fold.ts'

/**
 * A Sigma value cut into literals and wildcards. `\*`, `\?` and `\\` stand for the second character; a
 * backslash before anything else, or at the end, is itself. Runs of `*` are one.
 *
 * @example parseWildcards('\\\\*\\cmd?') // [{ literal: '\\' }, '*', { literal: '\\cmd' }, '?']
 */
export function parseWildcards(value: string): WildcardPart[] {
  const parts: WildcardPart[] = []
  let literal = ''
  const flush = () => {
    if (literal !== '') parts.push({ literal })
    literal = ''
  }
  for (let i = 0; i < value.length; i++) {
    const char = value.charAt(i)
    const next = value.charAt(i + 1)
    if (char === '\\' && (next === '\\' || next === '*' || next === '?')) {
      literal += next
      i++
    } else if (char === '*' || char === '?') {
      flush()
      if (char === '?' || parts.at(-1) !== '*') parts.push(char)
    } else literal += char
  }
  flush()
  return parts
}

/** The literal text when the parts hold no wildcard, else undefined. */
export function literalOf(parts: readonly WildcardPart[]): string | undefined {
  if (parts.length === 0) return ''
  const [only] = parts
  return parts.length === 1 && typeof only === 'object' ? only.literal : undefined
}

/** The literal pieces of a pattern, in order: every text that matches holds them one after another. */
export function literalPieces(parts: readonly WildcardPart[]): string[] {
  return parts.flatMap((part) => (typeof part === 'object' ? [part.literal] : []))
}

/** The same pattern with its literals folded, for texts that are folded as well. */
export function foldParts(parts: readonly WildcardPart[]): WildcardPart[] {
  return parts.map((part) => (typeof part === 'object' ? { literal: fold(part.literal) } : part))
}

/** The pattern as a Sigma value again: `parseWildcards` of it gives equal parts. */
export function formatWildcards(parts: readonly WildcardPart[]): string {
  return parts
    .map((part) => (typeof part === 'object' ? part.literal.replace(/[\\*?]/g, '\\$&') : part))
    .join('')
}

type Piece = Exclude<WildcardPart, '*'>
/** What stands between two `*`. */
type Segment = readonly Piece[]

/** True when the whole of `text` matches; both sides are compared as they are (fold them before). */
export function wildcardMatches(parts: readonly WildcardPart[], text: string): boolean {
  return compileWildcards(parts)(text)
}

/**
 * A matcher for one pattern. No backtracking over `*`: each piece between two of them is taken at its
 * first place, so the time is bounded by text length times pattern length.
 */
export function compileWildcards(parts: readonly WildcardPart[]): (text: string) => boolean {
  const segments = segmentsOf(parts)
  const first = segments[0] ?? []
  if (segments.length === 1) return (text) => matchAt(first, text, 0) === text.length
  const last = segments[segments.length - 1] ?? []
  const middle = segments.slice(1, -1).filter((segment) => segment.length > 0)
  return (text) => {
    let position = matchAt(first, text, 0)
    if (position < 0) return false
    for (const segment of middle) {
      position = matchFrom(segment, text, position)
      if (position < 0) return false
    }
    return matchBack(last, text) >= position
  }
}

function segmentsOf(parts: readonly WildcardPart[]): Segment[] {
  const segments: Piece[][] = [[]]
  for (const part of parts) {
    if (part === '*') segments.push([])
    else segments[segments.length - 1]?.push(part)
  }
  return segments
}

function codePointLength(text: string, at: number): number {
  const code = text.codePointAt(at)
  return code !== undefined && code > 0xffff ? 2 : 1
}

/** Where the segment ends when it starts at `start`, or -1. */
function matchAt(segment: Segment, text: string, start: number): number {
  let position = start
  for (const piece of segment) {
    if (piece === '?') {
      if (position >= text.length) return -1
      position += codePointLength(text, position)
    } else {
      if (!text.startsWith(piece.literal, position)) return -1
      position += piece.literal.length
    }
  }
  return position
}

/** Where the first occurrence of the segment at or after `start` ends, or -1. */
function matchFrom(segment: Segment, text: string, start: number): number {
  const head = segment[0]
  if (head === undefined) return start
  let at = start
  while (at <= text.length) {
    if (head !== '?') {
      at = text.indexOf(head.literal, at)
      if (at < 0) return -1
    }
    const end = matchAt(segment, text, at)
    if (end >= 0) return end
    at += codePointLength(text, at)
  }
  return -1
}

/** Where the segment begins when it ends with the text, or -1. */
function matchBack(segment: Segment, text: string): number {
  let position = text.length
  for (let i = segment.length - 1; i >= 0; i--) {
    const piece = segment[i]
    if (piece === undefined) continue
    if (piece === '?') {
      if (position <= 0) return -1
      const low = text.charCodeAt(position - 1)
      const pair = low >= 0xdc00 && low <= 0xdfff && position > 1
      position -= pair && codePointLength(text, position - 2) === 2 ? 2 : 1
    } else {
      position -= piece.literal.length
      if (position < 0 || !text.startsWith(piece.literal, position)) return -1
    }
  }
  return position
}
