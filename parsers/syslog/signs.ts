// What a message may say, told by one pass over its characters: dearer patterns are asked only where a sign that each
// of their texts has is there.

/** Three `=` behind a unit of a name, one at least for each of three pairs. */
export const PAIRS = 1
/** `->`. */
export const ARROW = 2
/** Three points behind digits, with one to three characters between them. */
export const IPV4 = 4
/** `tcp`, `udp` or `icmp` in any case. */
export const PROTOCOL = 8
/** `log` or `auth` in any case, `passw`, `connect` or `user`, perhaps with a capital: near the start. */
export const TELLING = 16
/** `log`, `auth` or `passw` in any case, near the start. */
export const LOGIN = 32
/** `connect` in any case, near the start. */
export const CONNECT = 64
/** `block`, `ban` or `attack` in any case, near the start. */
export const BLOCK = 128
/** `from` and a blank. */
export const FROM = 256
/** `ource`, as in `source`. */
export const SOURCE = 512

/** Longest beginning of a message that is looked at for what it says of a login, UTF-16 units. */
export const LOGIN_UNITS_MAX = 512

const PAIRS_MIN = 3
const POINTS_MIN = 3
const OCTET_DIGITS_MAX = 3

const ASCII = 0x80
const SMALL = 0x20

interface Word {
  /** In small letters. */
  readonly word: string
  /** Where its rarest two letters stand. */
  readonly rare: number
  /** Whether it counts near the start only. */
  readonly isNear: boolean
  /** Its signs, in any case. */
  readonly signs: number
  /** Its end, and its signs where that is written like this. */
  readonly end: string
  readonly written: number
}

function word(text: string, rare: number, signs: number): Word {
  return { word: text, rare, isNear: signs !== PROTOCOL, signs, end: text, written: 0 }
}

const WORDS: readonly Word[] = [
  word('log', 1, TELLING | LOGIN),
  word('auth', 0, TELLING | LOGIN),
  { ...word('passw', 3, LOGIN), end: 'assw', written: TELLING },
  { ...word('connect', 2, CONNECT), end: 'onnect', written: TELLING },
  { ...word('user', 0, 0), end: 'ser', written: TELLING },
  word('block', 0, BLOCK),
  word('attack', 4, BLOCK),
  word('ban', 0, BLOCK),
  word('tcp', 1, PROTOCOL),
  word('udp', 1, PROTOCOL),
  word('icmp', 2, PROTOCOL),
  { ...word('from ', 0, 0), isNear: false, written: FROM },
  { ...word('ource', 2, 0), isNear: false, written: SOURCE },
]

const POINT = 1
const EQUALS = 2
const ARROW_END = 3
const FIRST_WORD = 4

/** What two characters tell, by the first one's code times 128 and the second's: 0 for nearly all. */
const MARKS = marks()

function marks(): Uint8Array {
  const found = new Uint8Array(ASCII * ASCII)
  const mark = (first: string, second: string, value: number) => {
    found[first.charCodeAt(0) * ASCII + second.charCodeAt(0)] = value
  }
  for (let code = 0; code < ASCII; code++) {
    const first = String.fromCharCode(code)
    if (/[\w.@/-]/.test(first)) mark(first, '=', EQUALS)
    if (/\d/.test(first)) mark(first, '.', POINT)
  }
  mark('-', '>', ARROW_END)
  for (const [index, { word: text, rare }] of WORDS.entries()) {
    for (const first of [text[rare]!, text[rare]!.toUpperCase()]) {
      for (const second of [text[rare + 1]!, text[rare + 1]!.toUpperCase()]) {
        mark(first, second, FIRST_WORD + index)
      }
    }
  }
  return found
}

/** The signs that a message has, each a bit. */
export function signsOf(message: string): number {
  const { length } = message
  let signs = 0
  let equals = 0
  let points = 0
  let point = 0
  let before = 0
  for (let at = 0; at < length; at++) {
    const code = message.charCodeAt(at)
    if (code >= ASCII) {
      before = 0
      continue
    }
    const mark = MARKS[before * ASCII + code]!
    before = code
    if (mark === 0) continue
    if (mark === POINT) {
      points = at - point - 1 <= OCTET_DIGITS_MAX ? points + 1 : 1
      if (points >= POINTS_MIN) signs |= IPV4
      point = at
    } else if (mark === EQUALS) {
      if (++equals === PAIRS_MIN) signs |= PAIRS
    } else if (mark === ARROW_END) signs |= ARROW
    else signs |= wordSigns(message, at - 1, WORDS[mark - FIRST_WORD]!)
  }
  return signs
}

/** The signs of a word whose rarest letters stand at `at`, where it stands there. */
function wordSigns(message: string, at: number, known: Word): number {
  const { word: text, signs, end } = known
  const start = at - known.rare
  const behind = start + text.length
  const limit = known.isNear ? Math.min(message.length, LOGIN_UNITS_MAX) : message.length
  if (start < 0 || behind > limit) return 0
  for (let index = 0; index < text.length; index++) {
    if ((message.charCodeAt(start + index) | SMALL) !== text.charCodeAt(index)) return 0
  }
  return known.written !== 0 && message.startsWith(end, behind - end.length)
    ? signs | known.written
    : signs
}
