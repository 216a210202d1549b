// Reads the pieces of a query: words with escapes, quoted text, regular expressions, field names.
import type { Diagnostic } from '../sigma/diagnostic.ts'
import type { WildcardPart } from '../sigma/ir/expr.ts'

/** Position in a query and what went wrong so far. */
export interface Scanner {
  readonly text: string
  position: number
  readonly diagnostics: Diagnostic[]
}

/** Records a finding at an offset (columns count from 1). */
export function report(
  scanner: Scanner,
  code: string,
  offset: number,
  message: string,
  severity: Diagnostic['severity'] = 'error',
): void {
  scanner.diagnostics.push({ code, severity, message, line: 1, column: offset + 1 })
}

const SPACE = /\s/
/** Ends an unquoted word unless escaped. */
const WORD_END = new Set(['(', ')', '"'])
/** Characters that a backslash makes literal; before any other it is itself a character. */
const ESCAPABLE = new Set([...'\\*?"()[]{}:/<>=!+-&|~^ '])

export function skipSpace(scanner: Scanner): void {
  while (scanner.position < scanner.text.length && SPACE.test(peek(scanner))) scanner.position++
}

export const peek = (scanner: Scanner): string => scanner.text[scanner.position] ?? ''
export const atEnd = (scanner: Scanner): boolean => scanner.position >= scanner.text.length

/** Whether a value would end at this offset. */
export function isBoundary(text: string, offset: number): boolean {
  const next = text[offset]
  return next === undefined || SPACE.test(next) || next === ')'
}

/** The unquoted run at the position, without reading it. */
export function peekWord(scanner: Scanner): string {
  let end = scanner.position
  while (end < scanner.text.length) {
    const character = scanner.text[end]!
    if (SPACE.test(character) || WORD_END.has(character)) break
    end += character === '\\' ? 2 : 1
  }
  return scanner.text.slice(scanner.position, end)
}

/** Reads an unquoted word: literals and wildcards. Empty when there is none. */
export function readTerm(scanner: Scanner): readonly WildcardPart[] {
  const parts: WildcardPart[] = []
  let literal = ''
  const flush = () => {
    if (literal !== '') parts.push({ literal })
    literal = ''
  }
  while (!atEnd(scanner)) {
    const character = peek(scanner)
    if (SPACE.test(character) || WORD_END.has(character)) break
    const next = scanner.text[scanner.position + 1]
    if (character === '\\' && next !== undefined && ESCAPABLE.has(next)) {
      if (next === '*' || next === '?') warnEscapedWildcard(scanner, next)
      literal += next
      scanner.position += 2
    } else if (character === '*' || character === '?') {
      flush()
      parts.push(character)
      scanner.position++
    } else {
      literal += character
      scanner.position++
    }
  }
  flush()
  return parts
}

function warnEscapedWildcard(scanner: Scanner, wildcard: string): void {
  const message = `\\${wildcard} is a literal ${wildcard}: for a backslash and then a wildcard write \\\\${wildcard}`
  report(scanner, 'escaped-wildcard', scanner.position, message, 'info')
}

/** Reads quoted text; `\"` and `\\` are escapes, every other backslash is itself. */
export function readQuoted(scanner: Scanner): string {
  const start = scanner.position
  scanner.position++
  let text = ''
  while (!atEnd(scanner)) {
    const character = peek(scanner)
    const next = scanner.text[scanner.position + 1]
    if (character === '"') {
      scanner.position++
      return text
    }
    if (character === '\\' && (next === '"' || next === '\\')) {
      text += next
      scanner.position += 2
    } else {
      text += character
      scanner.position++
    }
  }
  report(scanner, 'unclosed-quote', start, 'this quote is never closed: add " at the end')
  return text
}

/** Reads `/pattern/flags` when there is one here: its closing slash must end the value, so that paths such
 * as `/etc/passwd` stay text. */
export function readRegex(scanner: Scanner): { pattern: string; flags: string } | undefined {
  const { text, position } = scanner
  let end = position + 1
  while (end < text.length && text[end] !== '/') end += text[end] === '\\' ? 2 : 1
  if (end >= text.length || end === position + 1) return undefined
  let after = end + 1
  while (/[ims]/.test(text[after] ?? '')) after++
  if (!isBoundary(text, after)) return undefined
  scanner.position = after
  const flags = text.slice(end + 1, after)
  return { pattern: text.slice(position + 1, end).replaceAll('\\/', '/'), flags }
}

const FIELD_NAME = /^@?[\p{L}_][\p{L}\p{N}_.@-]*/u
const BARE = [
  /^(?:https?|ftp|ldaps?|file|smb):\/\//i, // a URL
  /^[A-Za-z]:\\/, // a Windows path
  /^(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$/, // a MAC address
  /^[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\/\d+)?$/, // an IPv6 address
  /^(?:urn|sha\d+|md5):[0-9A-Fa-f:]{16,}$/i, // a digest with its name
]

/** Reads `name:` when the text here is a field name followed by a colon. */
export function readField(scanner: Scanner): string | undefined {
  const word = peekWord(scanner)
  if (peek(scanner) === '"') return readQuotedField(scanner)
  if (BARE.some((bare) => bare.test(word))) return undefined
  const escaped = readEscapedField(scanner, word)
  if (escaped !== undefined) return escaped
  const name = FIELD_NAME.exec(word)?.[0]
  if (name === undefined || word[name.length] !== ':') return undefined
  scanner.position += name.length + 1
  return name
}

/** A field name with escaped characters in it: `Event\ ID:5`. */
function readEscapedField(scanner: Scanner, word: string): string | undefined {
  const escaped = /^((?:[\p{L}\p{N}_.@-]|\\[ ()[\]{}/-])+):/u.exec(word)?.[1]
  if (escaped === undefined || !escaped.includes('\\')) return undefined
  scanner.position += escaped.length + 1
  return escaped.replaceAll('\\', '')
}

function readQuotedField(scanner: Scanner): string | undefined {
  const close = /^"((?:[^"\\]|\\.)*)":/.exec(scanner.text.slice(scanner.position))
  if (close === null) return undefined
  scanner.position += close[0].length
  return close[1]!.replaceAll('\\"', '"')
}
