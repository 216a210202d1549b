// The rules that one log source lets in, laid out for matching. Made when such an event first comes.
import type { EventLogSource } from '../event.ts'
import type { LateTest } from './atoms.ts'
import type { CompiledRules } from './compiled.ts'
import {
  isLearnt,
  type Layout,
  type Learning,
  layOut,
  learntWitnesses,
  startLearning,
} from './layout.ts'
import { forgetMemos, type MemoPool } from './memo.ts'
import { createReaders, type Readers } from './readers.ts'
import { acceptedRules, knownLogSources, routingKey } from './routing.ts'
import type { Slots } from './slots.ts'
import { relevanceOf } from './uses.ts'
import type { Witness } from './witness.ts'

/** Views kept; above it all are dropped and made again as events need them. */
const VIEWS_MAX = 256

export interface View {
  layout: Layout
  readonly readers: Readers
  /** The rules that the log source lets in. */
  readonly rules: readonly number[]
  /** By rule of the view. */
  witnesses: readonly (Witness | undefined)[]
  /** Tests of its rules that compare two fields. */
  readonly references: readonly LateTest[]
  /** Undefined once there is nothing more to learn. */
  learning: Learning | undefined
}

/** What views are made from. */
export interface ViewSource {
  readonly compiled: CompiledRules
  readonly slots: Slots
  /** Undefined: nothing is memoised. */
  readonly pool: MemoPool | undefined
}

/** Chooses witnesses anew from what the view has learnt. */
export function relearn(view: View, learning: Learning, source: ViewSource): void {
  const { conditionOf, likelihoods } = source.compiled
  const { rules, witnesses, layout } = view
  const learnt = learntWitnesses(rules, witnesses, layout, conditionOf, likelihoods, learning)
  if (learnt !== witnesses) view.layout = layOut(rules, learnt, likelihoods.length)
  view.witnesses = learnt
  if (isLearnt(learning)) view.learning = undefined
}

/** A function that gives the view of a log source; without routing every view holds all rules. */
export function createViews(
  source: ViewSource,
  routing: boolean,
): (logsource: EventLogSource) => View {
  if (!routing) {
    const everything = buildView(source, [...source.compiled.witnesses.keys()])
    return () => everything
  }
  const { groups } = source.compiled
  const known = knownLogSources(groups.logsources)
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
        view = buildView(source, acceptedRules(groups, logsource))
        views.set(key, view)
      }
      byIdentity.set(logsource, view)
    }
    lastSource = logsource
    last = view
    return view
  }
}

const NO_TESTS: readonly LateTest[] = []

function buildView(source: ViewSource, rules: readonly number[]): View {
  const { likelihoods, uses } = source.compiled
  const atomCount = likelihoods.length
  const witnesses = rules.map((rule) => source.compiled.witnesses[rule])
  const references = new Set<LateTest>()
  for (const rule of rules) {
    for (const late of uses.references.get(rule) ?? NO_TESTS) references.add(late)
  }
  return {
    layout: layOut(rules, witnesses, atomCount),
    readers: createReaders(source.slots, relevanceOf(rules, uses, atomCount), source.pool),
    rules,
    witnesses,
    references: [...references],
    learning: startLearning(atomCount),
  }
}
