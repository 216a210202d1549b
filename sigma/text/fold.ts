// Case folding, the same for the matcher, the tokenizer and the planner: Unicode simple folding (C+S) by
// code point. It never changes the number of code points nor of UTF-16 units, so offsets stay valid.
import { eachFoldPair } from './fold-runs.ts'
import { FOLD_RUNS } from './fold-table.ts'

const BMP_END = 0x10000
const NON_ASCII = /[^\0-\x7f]/

const bmp = new Uint16Array(BMP_END)
const astral = new Map<number, number>()

for (let code = 0; code < BMP_END; code++) bmp[code] = code
eachFoldPair(FOLD_RUNS, (code, target) => {
  if (code < BMP_END) bmp[code] = target
  else astral.set(code, target)
})

/** The code point that `code` folds to; itself where it has no folding. */
export function foldCode(code: number): number {
  return code < BMP_END ? (bmp[code] ?? code) : (astral.get(code) ?? code)
}

/** The last long text is remembered: many tests fold the same one in turn. */
const REMEMBERED_UNITS_MIN = 8_192
let lastText = ''
let lastFolded = ''

/** True when the text holds ASCII only (NUL included). */
export function isAscii(text: string): boolean {
  return !NON_ASCII.test(text)
}

/**
 * The text in simple case folding, of the same length; the same string when nothing changes.
 *
 * @example fold('ΟΔΟΣ.EXE') // 'οδοσ.exe'
 */
export function fold(text: string): string {
  if (!NON_ASCII.test(text)) return text.toLowerCase()
  if (text.length < REMEMBERED_UNITS_MIN) return foldUnicode(text)
  if (text !== lastText) {
    lastFolded = foldUnicode(text)
    lastText = text
  }
  return lastFolded
}

function foldUnicode(text: string): string {
  let out = ''
  let kept = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit <= 0xdbff) {
      const code = text.codePointAt(i) ?? unit
      if (code < BMP_END) continue
      const folded = astral.get(code)
      if (folded !== undefined) {
        out += text.slice(kept, i) + String.fromCodePoint(folded)
        kept = i + 2
      }
      i++
      continue
    }
    const folded = bmp[unit] ?? unit
    if (folded === unit) continue
    out += text.slice(kept, i) + String.fromCharCode(folded)
    kept = i + 1
  }
  return kept === 0 ? text : out + text.slice(kept)
}
