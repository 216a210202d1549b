// Words of a line, some of them in quotes or brackets.

/** The first `max` words of a line, without the quotes and brackets around them. A quote that is never closed
 * holds the rest. */
export function cellsOf(text: string, max: number): readonly string[] {
  const cells: string[] = []
  let at = 0
  while (at < text.length && cells.length < max) {
    const code = text.charCodeAt(at)
    if (code === 0x20) {
      at++
      continue
    }
    const close =
      code === 0x22 ? closingQuote(text, at + 1) : code === 0x5b ? text.indexOf(']', at) : at
    if (close === at) {
      const end = text.indexOf(' ', at)
      cells.push(text.slice(at, end < 0 ? undefined : end))
      at = end < 0 ? text.length : end
    } else {
      cells.push(text.slice(at + 1, close < 0 ? undefined : close))
      at = close < 0 ? text.length : close + 1
    }
  }
  return cells
}

/** The quote that ends a value: S3 doubles none, so the next one that a blank or the end follows. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    const next = text.charCodeAt(at + 1)
    if (at + 1 >= text.length || next === 0x20) return at
  }
  return -1
}
