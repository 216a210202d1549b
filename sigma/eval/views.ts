// The rules that one log source lets in, laid out for matching. Made when such an event first comes.
import type { EventLogSource } from '../event.ts'
import { type KnownLogSources, type RuleLogSource, routingKey, ruleAccepts } from './routing.ts'
import type { Witness } from './witness.ts'

/** Views kept; above it all are dropped and made again as events need them. */
const VIEWS_MAX = 64

export interface View {
  /** By atom: where its rules begin in `rules`; one more entry for the end. */
  readonly first: Int32Array
  readonly rules: Int32Array
  /** Rules without a witness: checked for every event. */
  readonly always: Int32Array
  /** By slot: 1 when a rule of this view asks about it. */
  readonly activeSlots: Uint8Array
}

/** What views are made from. */
export interface ViewSource {
  readonly logsources: readonly RuleLogSource[]
  readonly witnesses: readonly (Witness | undefined)[]
  /** By rule: the slots that its condition asks about. */
  readonly slotsOfRule: readonly (readonly number[])[]
  readonly atomCount: number
  readonly slotCount: number
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
  return (logsource) => {
    if (last !== undefined && lastSource !== undefined && same(lastSource, logsource)) return last
    const key = routingKey(logsource, known)
    let view = views.get(key)
    if (view === undefined) {
      if (views.size >= VIEWS_MAX) views.clear()
      view = buildView(source, (rule) => ruleAccepts(source.logsources[rule]!, logsource))
      views.set(key, view)
    }
    lastSource = logsource
    last = view
    return view
  }
}

function same(a: EventLogSource, b: EventLogSource): boolean {
  if (a === b) return true
  return (
    a.closed === b.closed &&
    a.product === b.product &&
    sameList(a.category, b.category) &&
    sameList(a.service, b.service)
  )
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function buildView(source: ViewSource, letsIn: (rule: number) => boolean): View {
  const always: number[] = []
  const first = new Int32Array(source.atomCount + 1)
  const activeSlots = new Uint8Array(source.slotCount)
  const chosen: number[] = []
  for (let rule = 0; rule < source.logsources.length; rule++) {
    if (!letsIn(rule)) continue
    for (const slot of source.slotsOfRule[rule]!) activeSlots[slot] = 1
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
  return { first, rules, always: Int32Array.from(always), activeSlots }
}
