// Writes sigma/text/fold-table.ts: simple case folding (C+S), derived from this runtime's Unicode data.
// `/iu` compares by simple folding, so it says which code points fold together; the one they fold to
// is the lower case of the class, except for Cherokee, which folds to its upper case.
const path = new URL('../sigma/text/fold-table.ts', import.meta.url).pathname

const isSurrogate = (code: number) => code >= 0xd800 && code <= 0xdfff
const isCherokee = (code: number) => code >= 0x13a0 && code <= 0x13f5

/** Code points that some case mapping ties together, as candidates for one folding class. */
function candidateGroups(): number[][] {
  const groups = new Map<string, Set<number>>()
  const add = (key: string, code: number) => {
    groups.set(key, (groups.get(key) ?? new Set()).add(code))
  }
  for (let code = 0; code <= 0x10ffff; code++) {
    if (isSurrogate(code)) continue
    const text = String.fromCodePoint(code)
    const upper = text.toUpperCase()
    const lower = text.toLowerCase()
    if (upper === text && lower === text) continue
    add(upper, code)
    add(lower.toUpperCase(), code)
    add(upper.toLowerCase().toUpperCase(), code)
  }
  return [...groups.values()].filter((g) => g.size > 1).map((g) => [...g].sort((a, b) => a - b))
}

function foldsAlike(a: number, b: number): boolean {
  const escaped = (code: number) => `\\u{${code.toString(16)}}`
  return new RegExp(`^${escaped(a)}$`, 'iu').test(String.fromCodePoint(b))
}

/** Union of the candidates that `/iu` really treats alike. */
function classes(): number[][] {
  const root = new Map<number, number>()
  const find = (code: number): number => {
    const up = root.get(code)
    return up === undefined || up === code ? code : find(up)
  }
  for (const group of candidateGroups())
    for (const a of group)
      for (const b of group)
        if (a < b && find(a) !== find(b) && foldsAlike(a, b)) {
          root.set(find(b), find(a))
        }
  const members = new Map<number, Set<number>>()
  for (const code of [...root.keys(), ...root.values()]) {
    const top = find(code)
    members.set(top, (members.get(top) ?? new Set([top])).add(code))
  }
  return [...members.values()].map((m) => [...m].sort((a, b) => a - b))
}

function target(members: readonly number[]): number {
  const cherokee = members.find(isCherokee)
  if (cherokee !== undefined) return cherokee
  for (const code of members) {
    const lower = [...String.fromCodePoint(code).toUpperCase().toLowerCase()]
    const first = lower[0]?.codePointAt(0)
    if (lower.length === 1 && first !== undefined && members.includes(first)) return first
  }
  // Classes whose upper case is several letters: the older code point (ΐ and its later twin).
  const lowers = members.filter(
    (c) => String.fromCodePoint(c).toLowerCase() === String.fromCodePoint(c),
  )
  return lowers[0] === 0xfb05 ? 0xfb06 : (lowers[0] ?? members[0]!)
}

interface Run {
  start: number
  count: number
  step: number
  delta: number
}

/** Runs of evenly spaced code points with one distance to their target. */
function runs(pairs: readonly (readonly [number, number])[]): Run[] {
  const out: Run[] = []
  for (const [code, to] of pairs) {
    const last = out.at(-1)
    const delta = to - code
    const step = last === undefined ? 0 : code - (last.start + (last.count - 1) * last.step)
    const fits = last !== undefined && last.delta === delta && (step === 1 || step === 2)
    if (fits && (last.count === 1 || last.step === step)) {
      last.step = step
      last.count++
    } else out.push({ start: code, count: 1, step: 1, delta })
  }
  return out
}

const pairs: [number, number][] = []
for (const members of classes()) {
  const to = target(members)
  for (const code of members) if (code !== to) pairs.push([code, to])
}
pairs.sort((a, b) => a[0] - b[0])
const fields = runs(pairs).map((r) =>
  [r.start, r.count, r.step, r.delta].map((n) => n.toString(36)),
)
const lines: string[] = ['']
for (const field of fields) {
  const item = field.join(',')
  if (lines.at(-1)!.length + item.length > 90) lines.push('')
  lines[lines.length - 1] += `${item} `
}
const body = lines.map((line) => `  '${line}'`).join(' +\n')
await Bun.write(
  path,
  `// Made by scripts/fold-table.ts from Unicode ${process.versions.unicode}; do not edit.\n
/** Runs \`start,count,step,delta\` in base 36 of code points that fold to \`code + delta\`. */
export const FOLD_RUNS =\n${body}\n`,
)
console.log(`${pairs.length} code points in ${fields.length} runs`)
