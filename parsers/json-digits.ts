// Numbers of JSON whose digits a double would change, put in quotes: so they are decoded as the text they were
// written as. A reviver would do the same, at several times the cost of decoding.

const QUOTE = 0x22
const BACKSLASH = 0x5c
const MINUS = 0x2d
/** A shorter number without an exponent is a double as it stands. */
const EXACT_UNITS_MAX = 15
const PLAIN_DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** JSON text with the long numbers in quotes that a double would change. Text that is no JSON stays none. */
export function withQuotedDigits(text: string): string {
  let out = ''
  let copied = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = stringEnd(text, at) + 1
    else if (code === MINUS || isDigit(code)) {
      const end = numberEnd(text, at)
      const source = text.slice(at, end)
      if (isChanged(source) && isValue(text, at, end)) {
        out += `${text.slice(copied, at)}"${source}"`
        copied = end
      }
      at = end
    } else at++
  }
  return out + text.slice(copied)
}

/** Where the string that opens at `start` closes; the text's end where it does not. */
function stringEnd(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return at
  }
  return text.length
}

function numberEnd(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && isOfNumber(text.charCodeAt(at))) at++
  return at
}

function isOfNumber(code: number): boolean {
  return (
    isDigit(code) ||
    code === 0x2e ||
    code === 0x65 ||
    code === 0x45 ||
    code === 0x2b ||
    code === MINUS
  )
}

function isChanged(source: string): boolean {
  if (source.length <= EXACT_UNITS_MAX && !/[eE]/.test(source)) return false
  return JSON_NUMBER.test(source) && !sameNumber(source, Number(source))
}

/** Whether a value of a member, a list or the text itself stands between `start` and `end`. */
function isValue(text: string, start: number, end: number): boolean {
  let before = start - 1
  while (isSpace(text.charCodeAt(before))) before--
  let after = end
  while (isSpace(text.charCodeAt(after))) after++
  return (
    (before < 0 || ':[,'.includes(text[before]!)) &&
    (after >= text.length || ',]}'.includes(text[after]!))
  )
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

/** Whether the double `value` is exactly what the decimal text `source` says. */
export function sameNumber(source: string, value: number): boolean {
  if (!Number.isFinite(value)) return false
  const text = String(value)
  if (text === source) return true
  // A decimal is written in one way only where it has no exponent and no zeros to spare.
  if (PLAIN_DECIMAL.test(source) && !text.includes('e')) return false
  const [digits, scale] = decimal(source)
  const [exactDigits, exactScale] = decimal(text)
  return digits === exactDigits && (digits === '' || scale === exactScale)
}

/** Significant digits without zeros at either end, and the power of ten of the last one. */
function decimal(text: string): [digits: string, scale: number] {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e', 2)
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.', 2)
  const all = trimZeros(whole + fraction)
  const power = Number(exponent)
  return [all.digits, power - fraction.length + all.dropped]
}

function trimZeros(digits: string): { digits: string; dropped: number } {
  let start = 0
  let end = digits.length
  while (start < end && digits[start] === '0') start++
  while (end > start && digits[end - 1] === '0') end--
  return { digits: digits.slice(start, end), dropped: digits.length - end }
}
