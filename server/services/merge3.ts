// Two texts that began from one, made one again, line by line. Where both changed the same lines both stay,
// marked, for somebody to choose.
import { diffLines, linesOf } from './line-diff.ts'

/** Lines around what conflicts: before mine, between, after the newer ones. */
export const CONFLICT_MARKS = ['<<<<<<< your draft', '=======', '>>>>>>> newer version'] as const

export interface Merged {
  readonly text: string
  /** Places where both changed the same lines. */
  readonly conflicts: number
}

/** Lines [start, end) of the base became others. */
interface Change {
  readonly start: number
  readonly end: number
  readonly lines: readonly string[]
}

/** Changes that touch each other count as one place. */
export function merge3(base: string, mine: string, newer: string): Merged {
  const lines = linesOf(base)
  const [ours, theirs] = [changesOf(base, mine), changesOf(base, newer)]
  const out: string[] = []
  let [at, conflicts] = [0, 0]
  for (const place of placesOf(ours, theirs)) {
    out.push(...lines.slice(at, place.start))
    const [a, b] = [place.ours, place.theirs].map((changes) => sideOf(lines, place, changes))
    const isConflict = place.ours.length > 0 && place.theirs.length > 0 && !isSame(a!, b!)
    if (isConflict) conflicts++
    out.push(...(isConflict ? marked(a!, b!) : place.ours.length > 0 ? a! : b!))
    at = place.end
  }
  out.push(...lines.slice(at))
  return { text: out.map((line) => `${line}\n`).join(''), conflicts }
}

/** Numbers, from 1, of the lines where conflicts begin. */
export function conflictLines(text: string): readonly number[] {
  return text.split('\n').flatMap((line, at) => (line === CONFLICT_MARKS[0] ? [at + 1] : []))
}

function changesOf(base: string, after: string): readonly Change[] {
  const changes: { start: number; end: number; lines: string[] }[] = []
  let at = 0
  let open: (typeof changes)[number] | undefined
  for (const { kind, text } of diffLines(base, after)) {
    if (kind === 'same') {
      open = undefined
      at++
      continue
    }
    if (open === undefined) {
      open = { start: at, end: at, lines: [] }
      changes.push(open)
    }
    if (kind === 'added') open.lines.push(text)
    else open.end = ++at
  }
  return changes
}

interface Place {
  readonly start: number
  readonly end: number
  readonly ours: readonly Change[]
  readonly theirs: readonly Change[]
}

function placesOf(ours: readonly Change[], theirs: readonly Change[]): readonly Place[] {
  const all = [
    ...ours.map((change) => ({ change, isOurs: true })),
    ...theirs.map((change) => ({ change, isOurs: false })),
  ].sort((a, b) => a.change.start - b.change.start)
  const places: { start: number; end: number; ours: Change[]; theirs: Change[] }[] = []
  for (const { change, isOurs } of all) {
    const { start, end } = change
    let place = places.at(-1)
    if (place === undefined || start > place.end) {
      place = { start, end, ours: [], theirs: [] }
      places.push(place)
    }
    place.end = Math.max(place.end, end)
    place[isOurs ? 'ours' : 'theirs'].push(change)
  }
  return places
}

/** A place as one side has it. */
function sideOf(
  base: readonly string[],
  { start, end }: Place,
  changes: readonly Change[],
): readonly string[] {
  const out: string[] = []
  let at = start
  for (const change of changes) {
    out.push(...base.slice(at, change.start), ...change.lines)
    at = change.end
  }
  return [...out, ...base.slice(at, end)]
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at])
}

/** Both, with what they begin and end with alike outside the marks. */
function marked(a: readonly string[], b: readonly string[]): readonly string[] {
  const least = Math.min(a.length, b.length)
  let start = 0
  while (start < least && a[start] === b[start]) start++
  let end = 0
  while (end < least - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const [before, between, after] = CONFLICT_MARKS
  return [
    ...[...a.slice(0, start), before, ...a.slice(start, a.length - end)],
    ...[between, ...b.slice(start, b.length - end), after],
    ...a.slice(a.length - end),
  ]
}
