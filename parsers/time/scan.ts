// Digits and names of months where they stand in a text.

/** Months by their three letters' codes. */
const MONTHS: ReadonlyMap<number, number> = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map(
    (name, index) => [letters(name, 0), index + 1],
  ),
)

/** Three ASCII characters as one number; 0 where there are fewer or others. */
function letters(text: string, start: number): number {
  const a = text.charCodeAt(start)
  const b = text.charCodeAt(start + 1)
  const c = text.charCodeAt(start + 2)
  return a < 0x80 && b < 0x80 && c < 0x80 ? (a << 14) | (b << 7) | c : 0
}

/** 1 to 12 for an English month abbreviation, else 0. */
export function monthAt(text: string, start: number): number {
  const first = text.charCodeAt(start)
  if (!(first >= 0x41 && first <= 0x53)) return 0
  return MONTHS.get(letters(text, start)) ?? 0
}

/** The number of exactly `count` digits at `start`, or -1. */
export function digits(text: string, start: number, count: number): number {
  if (start + count > text.length) return -1
  let value = 0
  for (let index = start; index < start + count; index++) {
    const code = text.charCodeAt(index)
    if (!isDigit(code)) return -1
    value = value * 10 + code - 0x30
  }
  return value
}

/** Whether a UTF-16 unit is an ASCII digit. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
