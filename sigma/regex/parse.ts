// Reads RE2 syntax that RE2JS has accepted into an AST. What it does not know for certain it gives up on
// (undefined), and RE2JS matches in its place: never a guess.
import { EMPTY, type Node } from './ast.ts'
import {
  ANY,
  type CharSet,
  DIGITS,
  foldClosure,
  NOT_NEWLINE,
  negate,
  normalise,
  POSIX,
  SPACES,
  WORDS,
} from './charset.ts'

const DEPTH_MAX = 200

/** Thrown inside this file only. */
class GiveUp extends Error {}

interface Flags {
  readonly i: boolean
  readonly m: boolean
  readonly s: boolean
}

interface Reader {
  readonly text: string
  at: number
  flags: Flags
  depth: number
}

/** The AST of a valid RE2 pattern, or undefined when it holds something this reader does not know. */
export function parseRegex(pattern: string, flags: string): Node | undefined {
  const has = (flag: string) => flags.includes(flag)
  const reader: Reader = {
    text: pattern,
    at: 0,
    flags: { i: has('i'), m: has('m'), s: has('s') },
    depth: 0,
  }
  try {
    const node = alternation(reader)
    return reader.at === pattern.length ? node : undefined
  } catch (error) {
    if (error instanceof GiveUp) return undefined
    throw error
  }
}

function alternation(reader: Reader): Node {
  if (++reader.depth > DEPTH_MAX) throw new GiveUp()
  const items = [sequence(reader)]
  while (reader.text[reader.at] === '|') {
    reader.at++
    items.push(sequence(reader))
  }
  reader.depth--
  return items.length === 1 ? items[0]! : { kind: 'alt', items }
}

function sequence(reader: Reader): Node {
  const items: Node[] = []
  while (reader.at < reader.text.length) {
    const char = reader.text[reader.at]!
    if (char === '|' || char === ')') break
    if (reader.text.startsWith('\\Q', reader.at)) {
      items.push(...quoted(reader))
      continue
    }
    const item = atom(reader)
    if (item !== undefined) items.push(repeated(reader, item))
  }
  return items.length === 1 ? items[0]! : { kind: 'cat', items }
}

function quoted(reader: Reader): Node[] {
  const end = reader.text.indexOf('\\E', reader.at + 2)
  const text = reader.text.slice(reader.at + 2, end < 0 ? undefined : end)
  reader.at = end < 0 ? reader.text.length : end + 2
  // A quantifier after \E would belong to the last character only.
  if (/[*+?{]/.test(reader.text[reader.at] ?? '')) throw new GiveUp()
  return [...text].map((char) => literal(reader, char.codePointAt(0)!))
}

function literal(reader: Reader, code: number): Node {
  return charSet(reader, [code, code])
}

function charSet(reader: Reader, set: CharSet): Node {
  return { kind: 'set', set: reader.flags.i ? foldClosure(set) : set }
}

/** One atom; undefined for a group that only sets flags. */
function atom(reader: Reader): Node | undefined {
  const char = reader.text[reader.at]!
  switch (char) {
    case '(':
      return group(reader)
    case '[':
      return { kind: 'set', set: bracket(reader) }
    case '\\':
      return escaped(reader)
    case '.':
      reader.at++
      return { kind: 'set', set: reader.flags.s ? ANY : NOT_NEWLINE }
    case '^':
      reader.at++
      return { kind: 'assert', what: reader.flags.m ? 'lineBegin' : 'textBegin' }
    case '$':
      reader.at++
      return { kind: 'assert', what: reader.flags.m ? 'lineEnd' : 'textEnd' }
    case '*':
    case '+':
    case '?':
      throw new GiveUp()
    default: {
      const code = reader.text.codePointAt(reader.at)!
      reader.at += code > 0xffff ? 2 : 1
      return literal(reader, code)
    }
  }
}

function group(reader: Reader): Node | undefined {
  const rest = reader.text.slice(reader.at)
  const outer = reader.flags
  const plain = /^\((?:\?:|\?P?<[A-Za-z_]\w*>|(?!\?))/.exec(rest)
  if (plain === null) {
    const flagged = /^\(\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest)
    if (flagged === null) throw new GiveUp()
    reader.at += flagged[0].length
    reader.flags = withFlags(withFlags(outer, flagged[1] ?? '', true), flagged[2] ?? '', false)
    if (flagged[3] === ')') return undefined
  } else reader.at += plain[0].length
  const node = alternation(reader)
  if (reader.text[reader.at] !== ')') throw new GiveUp()
  reader.at++
  reader.flags = outer
  return node
}

function withFlags(flags: Flags, names: string, value: boolean): Flags {
  const pick = (name: 'i' | 'm' | 's') => (names.includes(name) ? value : flags[name])
  return { i: pick('i'), m: pick('m'), s: pick('s') }
}

function repeated(reader: Reader, item: Node): Node {
  const match = /^(?:([*+?])|\{(\d{1,4})(?:(,)(\d{0,4}))?\})\??/.exec(
    reader.text.slice(reader.at, reader.at + 16),
  )
  if (match === null) return item
  reader.at += match[0].length
  if (/^(?:[*+?]|\{\d)/.test(reader.text.slice(reader.at, reader.at + 2))) throw new GiveUp()
  const [, sign, low, comma, high] = match
  if (sign === '?') return { kind: 'repeat', item, min: 0, max: 1 }
  if (sign !== undefined) return { kind: 'repeat', item, min: sign === '*' ? 0 : 1, max: Infinity }
  const min = Number(low)
  const max = comma === undefined ? min : high === '' ? Infinity : Number(high)
  if (max === 0) return EMPTY
  return { kind: 'repeat', item, min, max }
}

const PERL: Readonly<Record<string, CharSet>> = { d: DIGITS, s: SPACES, w: WORDS }
const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 }

function escaped(reader: Reader): Node {
  const next = reader.text[reader.at + 1]
  const assertion = { A: 'textBegin', z: 'textEnd', b: 'word', B: 'notWord' } as const
  if (next !== undefined && Object.hasOwn(assertion, next)) {
    reader.at += 2
    return { kind: 'assert', what: assertion[next as keyof typeof assertion] }
  }
  const set = perlSet(reader)
  if (set !== undefined) return { kind: 'set', set }
  return literal(reader, escapedCode(reader))
}

/** `\d \S ...` at the reader, or undefined. */
function perlSet(reader: Reader): CharSet | undefined {
  const next = reader.text[reader.at + 1] ?? ''
  const base = reader.text[reader.at] === '\\' ? PERL[next.toLowerCase()] : undefined
  if (base === undefined) return undefined
  reader.at += 2
  const set = reader.flags.i ? foldClosure(base) : base
  return next >= 'a' ? set : negate(set)
}

/** The code point of an escape that stands for one character. */
function escapedCode(reader: Reader): number {
  const rest = reader.text.slice(reader.at, reader.at + 12)
  const hex = /^\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(rest)
  if (hex !== null) {
    reader.at += hex[0].length
    return parseInt(hex[1] ?? hex[2] ?? '', 16)
  }
  const next = rest[1] ?? ''
  const control = Object.hasOwn(CONTROL, next) ? CONTROL[next] : undefined
  if (control === undefined && !/[!-/:-@[-`{-~]/.test(next)) throw new GiveUp()
  reader.at += 2
  return control ?? next.charCodeAt(0)
}

function bracket(reader: Reader): CharSet {
  reader.at++
  const negated = reader.text[reader.at] === '^'
  if (negated) reader.at++
  const ranges: number[] = []
  for (let first = true; first || reader.text[reader.at] !== ']'; first = false) {
    if (reader.at >= reader.text.length) throw new GiveUp()
    const named = posixSet(reader) ?? perlSet(reader)
    if (named !== undefined) ranges.push(...named)
    else ranges.push(...range(reader))
  }
  reader.at++
  const plain = normalise(ranges)
  const set = reader.flags.i ? foldClosure(plain) : plain
  return negated ? negate(set) : set
}

function posixSet(reader: Reader): CharSet | undefined {
  if (!reader.text.startsWith('[:', reader.at)) return undefined
  const match = /^\[:(\^?)([a-z]+):\]/.exec(reader.text.slice(reader.at, reader.at + 14))
  const name = match?.[2] ?? ''
  const base = Object.hasOwn(POSIX, name) ? POSIX[name] : undefined
  if (match === null || base === undefined) throw new GiveUp()
  reader.at += match[0].length
  const set = reader.flags.i ? foldClosure(base) : base
  return match[1] === '^' ? negate(set) : set
}

function range(reader: Reader): [number, number] {
  const lo = classCode(reader)
  if (reader.text[reader.at] !== '-') return [lo, lo]
  const after = reader.text[reader.at + 1]
  if (after === undefined || after === ']') return [lo, lo]
  reader.at++
  if (perlSet(reader) !== undefined) throw new GiveUp()
  const hi = classCode(reader)
  if (hi < lo) throw new GiveUp()
  return [lo, hi]
}

function classCode(reader: Reader): number {
  if (reader.text[reader.at] === '\\') return escapedCode(reader)
  const code = reader.text.codePointAt(reader.at)
  if (code === undefined) throw new GiveUp()
  reader.at += code > 0xffff ? 2 : 1
  return code
}
