// The rules that one log source lets in, laid out for matching. Made when such an event first comes.
import type { EventLogSource } from '../event.ts'
import { forgetMemos, type MemoPool } from './memo.ts'
import { createReaders, GUARD, READ, type Readers } from './readers.ts'
import { type KnownLogSources, type RuleLogSource, routingKey, ruleAccepts } from './routing.ts'
import type { Slots } from './slots.ts'
import type { Witness } from './witness.ts'

/** Views kept; above it all are dropped and made again as events need them. */
const VIEWS_MAX = 256

export interface View {
  /** By atom: where its rules begin in `rules`; one more entry for the end. */
  readonly first: Int32Array
  readonly rules: Int32Array
  /** Rules without a witness: checked for every event. */
  readonly always: Int32Array
  readonly readers: Readers
}

/** What views are made from. */
export interface ViewSource {
  readonly logsources: readonly RuleLogSource[]
  readonly witnesses: readonly (Witness | undefined)[]
  /** By rule: the atoms that its condition reads. */
  readonly atomsOfRule: readonly (readonly number[])[]
  /** By checked atom: the literals that lead to it. */
  readonly guardsOf: ReadonlyMap<number, readonly number[]>
  readonly atomCount: number
  readonly slots: Slots
  /** Undefined: nothing is memoised. */
  readonly pool: MemoPool | undefined
}

/** A function that gives the view of a log source; without routing every view holds all rules. */
export function createViews(
  source: ViewSource,
  known: KnownLogSources,
  routing: boolean,
): (logsource: EventLogSource) => View {
  if (!routing) {
    const everything = buildView(source, () => true)
    return () => everything
  }
  const views = new Map<string, View>()
  let lastSource: EventLogSource | undefined
  let last: View | undefined
  let byIdentity = new WeakMap<EventLogSource, View>()
  return (logsource) => {
    if (last !== undefined && lastSource === logsource) return last
    let view = byIdentity.get(logsource)
    if (view === undefined) {
      const key = routingKey(logsource, known)
      view = views.get(key)
      if (view === undefined) {
        if (views.size >= VIEWS_MAX) {
          views.clear()
          byIdentity = new WeakMap()
          forgetMemos(source.pool)
        }
        view = buildView(source, (rule) => ruleAccepts(source.logsources[rule]!, logsource))
        views.set(key, view)
      }
      byIdentity.set(logsource, view)
    }
    lastSource = logsource
    last = view
    return view
  }
}

function buildView(source: ViewSource, letsIn: (rule: number) => boolean): View {
  const always: number[] = []
  const first = new Int32Array(source.atomCount + 1)
  const relevant = new Uint8Array(source.atomCount)
  const chosen: number[] = []
  for (let rule = 0; rule < source.logsources.length; rule++) {
    if (!letsIn(rule)) continue
    for (const atom of source.atomsOfRule[rule]!) {
      relevant[atom] = relevant[atom]! | READ
      for (const guard of source.guardsOf.get(atom) ?? []) {
        relevant[guard] = relevant[guard]! | GUARD
      }
    }
    const witness = source.witnesses[rule]
    if (witness === undefined) always.push(rule)
    else {
      chosen.push(rule)
      for (const atom of witness.atoms) first[atom + 1]!++
    }
  }
  for (let atom = 0; atom < source.atomCount; atom++) first[atom + 1]! += first[atom]!
  const next = first.slice()
  const rules = new Int32Array(first[source.atomCount]!)
  for (const rule of chosen) {
    for (const atom of source.witnesses[rule]!.atoms) rules[next[atom]!++] = rule
  }
  const readers = createReaders(source.slots, relevant, source.pool)
  return { first, rules, always: Int32Array.from(always), readers }
}
