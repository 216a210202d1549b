// Numbers of JSON whose digits a double would change, put in quotes: so they are decoded as the text they were
// written as. A reviver would do the same, at several times the cost of decoding.

const QUOTE = 0x22
const BACKSLASH = 0x5c
const MINUS = 0x2d
/** A shorter number without an exponent is a double as it stands. */
const EXACT_UNITS_MAX = 15
const PLAIN_DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$/
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Digits and a point in a row of which a double may lose some; of fewer it keeps all, if the exponent is small. */
const LONG_RUN = EXACT_UNITS_MAX + 1
/** An exponent of three digits or more, where a value ends. */
const LARGE_EXPONENT = /\d[eE][+-]?\d{3,}\s*[,\]}]/
/** How one begins: of a fixed length, which is looked for several times as fast. */
const LARGE_EXPONENT_START = /\d[eE][-+\d]\d\d[\d\s,\]}]/
const NUMBER_ALONE = /^\s*[-\d]/

/** Whether JSON text may have a number that a double would change. */
export function mayLoseDigits(text: string): boolean {
  if (NUMBER_ALONE.test(text)) return true
  if (LARGE_EXPONENT_START.test(text) && LARGE_EXPONENT.test(text)) return true
  const { length } = text
  // A long run stands at one of these places, wherever it begins.
  for (let at = LONG_RUN - 1; at < length; at += LONG_RUN) {
    if (!isDigitOrPoint(text.charCodeAt(at))) continue
    let start = at
    while (isDigitOrPoint(text.charCodeAt(start - 1))) start--
    for (at++; at < length && isDigitOrPoint(text.charCodeAt(at)); ) at++
    if (at - start >= LONG_RUN && isChangedValue(text, start)) return true
  }
  return false
}

/** Whether digits belong to a value that a double would change. */
function isChangedValue(text: string, digits: number): boolean {
  const start = text.charCodeAt(digits - 1) === MINUS ? digits - 1 : digits
  if (!opensValue(text, start)) return false
  const end = numberEnd(text, start)
  return closesValue(text, end) && isChanged(text.slice(start, end))
}

function isDigitOrPoint(code: number): boolean {
  return code <= 0x39 && code >= 0x2e && code !== 0x2f
}

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
      if (isChanged(source) && opensValue(text, at) && closesValue(text, end)) {
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

/** Whether a value of a member, a list or the text itself may begin at `start`. */
function opensValue(text: string, start: number): boolean {
  let before = start - 1
  while (isSpace(text.charCodeAt(before))) before--
  return before < 0 || ':[,'.includes(text[before]!)
}

function closesValue(text: string, end: number): boolean {
  let after = end
  while (isSpace(text.charCodeAt(after))) after++
  return after >= text.length || ',]}'.includes(text[after]!)
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
