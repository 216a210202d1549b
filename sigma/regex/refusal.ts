// Why a pattern was refused, by name: what people bring from PCRE and what to write instead.

interface Refusal {
  readonly code: string
  readonly message: string
}

const CONSTRUCTS: readonly (readonly [RegExp, string, string])[] = [
  [
    /^\(\?<?[=!]/,
    'regex-lookaround-unsupported',
    'lookahead and lookbehind are not supported; use a second selection in the condition',
  ],
  [
    /^(?:\\[1-9]|\\k[<{']|\\g|\(\?P[=>])/,
    'regex-backreference-unsupported',
    'back-references are not supported',
  ],
  [/^\(\?>/, 'regex-unsupported', 'atomic groups are not supported; use (?:...)'],
  [/^\(\?\(/, 'regex-unsupported', 'conditional groups are not supported'],
  [/^\(\?(?:R|\d|&)/, 'regex-unsupported', 'recursion is not supported'],
  [/^\(\?#/, 'regex-unsupported', 'comments are not supported'],
  [/^[*+?}]\+/, 'regex-unsupported', 'possessive quantifiers are not supported; drop the second +'],
]

/** The refusal of a pattern that RE2JS threw on; where two things are wrong, the first in the text. */
export function describeRefusal(pattern: string, error: unknown): Refusal {
  let inClass = false
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at, at + 4)
    for (const [construct, code, message] of inClass ? [] : CONSTRUCTS) {
      if (construct.test(rest)) return { code, message: `${message} (at character ${at + 1})` }
    }
    if (rest[0] === '\\') at++
    else if (rest[0] === '[') inClass = true
    else if (rest[0] === ']') inClass = false
  }
  const reason = error instanceof Error ? error.message : String(error)
  return { code: 'regex-syntax', message: reason }
}
