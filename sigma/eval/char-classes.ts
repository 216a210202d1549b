// Characters of a pattern set as small numbers, so that automata are dense tables.

/** Class 0 is every character that no pattern holds. */
export interface CharClasses {
  /** Number of classes, 0 included. */
  readonly count: number
  /** Classes of the ASCII characters; capitals have the class of their small letter. */
  readonly ascii: Uint8Array
  /** Classes of other UTF-16 units. */
  readonly other: ReadonlyMap<number, number>
}

const ASCII_END = 128

/** Classes of the characters in `patterns`, which are folded. */
export function charClasses(patterns: Iterable<string>): CharClasses {
  const ascii = new Uint8Array(ASCII_END)
  const seen = new Set<number>()
  for (const pattern of patterns) {
    for (let i = 0; i < pattern.length; i++) {
      const code = pattern.charCodeAt(i)
      if (code < ASCII_END && ascii[code] === 1) continue
      if (code < ASCII_END) ascii[code] = 1
      seen.add(code)
    }
  }
  const other = new Map<number, number>()
  let count = 1
  for (const code of [...seen].sort((a, b) => a - b)) {
    if (code >= ASCII_END) other.set(code, count)
    else {
      ascii[code] = count
      if (code >= 0x61 && code <= 0x7a) ascii[code - 0x20] = count
    }
    count++
  }
  return { count, ascii, other }
}

/** The class of one UTF-16 unit. */
export function classOf(classes: CharClasses, code: number): number {
  return code < ASCII_END ? classes.ascii[code]! : (classes.other.get(code) ?? 0)
}
