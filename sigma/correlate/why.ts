// Why a correlation held around an event, or why it did not: its window, its group, and what is missing. Events
// around the one that is asked for go through an engine of their own, in order of time.
import { compilePredicate } from '../eval/predicate.ts'
import { ruleAccepts } from '../eval/routing.ts'
import type { SigmaEvent } from '../event.ts'
import type { LoadedCorrelation, LoadedRule, LoadedRules } from '../rule.ts'
import { createCorrelator } from './engine.ts'
import { combinations } from './gather.ts'
import { askedText, missingOf, saidText, shortfallOf } from './missing.ts'
import { type GroupKey, mapKeyOf } from './store.ts'
import { correlationText } from './text.ts'
import type { FieldText, GroupView, Ref } from './types.ts'

/** An event, and what the caller calls it. */
export interface NamedEvent {
  readonly ref: Ref
  readonly event: SigmaEvent
}

/** A rule or correlation that a correlation reads. */
export interface InputWhy {
  readonly id: string
  /** As the correlation writes it. */
  readonly name: string
  readonly title: string
  readonly kind: 'rule' | 'correlation'
  /** Events of the same groups that it matched or held at, among those looked at. */
  readonly events: number
  /** Whether it matched, or held at, the event that is asked for. */
  readonly matched: boolean
}

/** One group of the event: the window that came nearest to the condition. */
export interface WindowWhy {
  readonly key: readonly { readonly name: string; readonly value: string | undefined }[]
  /** Whether the condition held for a window that holds the event's time. */
  readonly fires: boolean
  /** The window, milliseconds: it ends with the last event that counted. */
  readonly from: number
  readonly to: number
  readonly value: number
  /** `3 events, at least 5 asked`. */
  readonly said: string
  /** Sentences: what would have to be otherwise. */
  readonly missing: readonly string[]
  /** Inputs seen, by id, for temporal correlations. */
  readonly seen: readonly string[]
  readonly values: readonly (string | number)[]
  /** Events that count, oldest first. */
  readonly events: readonly { readonly ref: Ref; readonly rules: readonly string[] }[]
}

export interface CorrelationWhy {
  readonly id: string
  readonly title: string
  readonly type: LoadedCorrelation['type']
  /** The condition in words. */
  readonly asked: string
  readonly timespan_ms: number
  readonly fires: boolean
  readonly inputs: readonly InputWhy[]
  /** One for each group that the event belongs to. */
  readonly windows: readonly WindowWhy[]
  /** The correlations that it reads, likewise. */
  readonly below: readonly CorrelationWhy[]
}

/** The rules that a correlation reads, itself or through others, and the longest time a chain of them takes. */
export function readsOf(
  correlation: LoadedCorrelation,
  { rules, correlations }: Pick<LoadedRules, 'rules' | 'correlations'>,
): { readonly rules: readonly LoadedRule[]; readonly span_ms: number } {
  const ids = new Set<string>()
  const visit = (one: LoadedCorrelation): number => {
    const below = one.inputs.map(({ id, kind }) => {
      ids.add(id)
      const next = kind === 'correlation' && correlations.find((other) => other.id === id)
      return next ? visit(next) : 0
    })
    return one.timespan_ms + Math.max(0, ...below)
  }
  const span_ms = visit(correlation)
  return { rules: rules.filter(({ id }) => ids.has(id)), span_ms }
}

/** Where a correlation finds the fields of its groups in the events of one rule that it reads. */
export interface GroupPath {
  readonly ruleId: string
  /** In the order of group-by. */
  readonly fields: readonly string[]
}

/** A path for every rule that a correlation reads, itself or through others. */
export function groupPaths(
  correlation: LoadedCorrelation,
  correlations: readonly LoadedCorrelation[],
  names: readonly string[] = correlation.groupBy,
): readonly GroupPath[] {
  return correlation.inputs.flatMap(({ id, kind, aliases }) => {
    const fields = names.map((name) => (Object.hasOwn(aliases, name) ? aliases[name]! : name))
    if (kind === 'rule') return [{ ruleId: id, fields }]
    const next = correlations.find((other) => other.id === id)
    return next === undefined ? [] : groupPaths(next, correlations, fields)
  })
}

/** The groups an event belongs to by its own values; of the rules in `matched`, or else of all. */
export function groupsOf(
  correlation: LoadedCorrelation,
  correlations: readonly LoadedCorrelation[],
  event: SigmaEvent,
  matched: ReadonlySet<string>,
): readonly GroupKey[] {
  const all = groupPaths(correlation, correlations)
  const own = all.filter(({ ruleId }) => matched.has(ruleId))
  const found = new Map<string | undefined, GroupKey>()
  for (const { fields } of own.length > 0 ? own : all) {
    const texts: FieldText[] = fields.map((field) => correlationText(event, field))
    for (const key of combinations(texts, 0, texts.length).all) found.set(mapKeyOf(key), key)
  }
  return [...found.values()]
}

type Loaded = Pick<LoadedRules, 'rules' | 'correlations'>

/** Explains a correlation on an event. `events` are those around it, itself among them, oldest first. */
export function whyCorrelation(
  correlation: LoadedCorrelation,
  loaded: Loaded,
  asked: NamedEvent,
  events: readonly NamedEvent[],
): CorrelationWhy {
  const rules = readsOf(correlation, loaded).rules.map((rule) => ({
    rule,
    predicate: compilePredicate(rule.expr),
  }))
  const matchedBy = ({ event }: NamedEvent) =>
    rules
      .filter(
        ({ rule, predicate }) => ruleAccepts(rule.logsource, event.logsource) && predicate(event),
      )
      .map(({ rule }) => rule.id)
  const own = new Set(matchedBy(asked))
  const watched = chainOf(correlation, loaded).map((one) => ({
    one,
    groups: groupsOf(one, loaded.correlations, asked.event, own).map((key) => ({
      key,
      best: undefined as Best | undefined,
    })),
  }))
  const engine = createCorrelator<SigmaEvent>(loaded.correlations, {
    read: correlationText,
    lateness_ms: Number.POSITIVE_INFINITY,
  })
  const seen = newSeen()
  const keysOf = (event: SigmaEvent, ids: ReadonlySet<string>) =>
    groupsOf(correlation, loaded.correlations, event, ids).map(mapKeyOf)
  const ownKeys = new Set(keysOf(asked.event, own))
  for (const { ref, event } of events) {
    const isAsked = ref === asked.ref
    const matched = matchedBy({ ref, event })
    if (matched.length === 0) continue
    const isOurs = keysOf(event, new Set(matched)).some((key) => ownKeys.has(key))
    const add = (id: string, at: Ref) => {
      if (isOurs) seen.add(id, at, isAsked)
    }
    const matches = matched.flatMap((id) => {
      add(id, ref)
      const input = engine.input(id)
      return input === undefined ? [] : [{ input, event }]
    })
    for (const firing of engine.pushEvent(matches, event.time, event.source, ref))
      add(firing.id, firing.ref)
    for (const { one, groups } of watched)
      for (const group of groups) {
        const view = engine.group(one.id, group.key)
        if (view !== undefined) group.best = better(one, asked.event.time, view, group.best)
      }
  }
  return whyOf(correlation, loaded, watched, seen)
}

function chainOf(top: LoadedCorrelation, { correlations }: Loaded): readonly LoadedCorrelation[] {
  const found = new Set([top])
  for (const one of found)
    for (const { id } of one.inputs) {
      const next = correlations.find((other) => other.id === id)
      if (next !== undefined) found.add(next)
    }
  return [...found]
}

interface Best {
  readonly view: GroupView
  readonly rank: readonly number[]
}

/** Of windows near the event: those that hold its time, then the nearest to the condition, then the latest. */
function better(
  one: LoadedCorrelation,
  time: number,
  view: GroupView,
  best: Best | undefined,
): Best | undefined {
  const { timespan_ms } = one
  if (view.last < time - timespan_ms || view.last > time + timespan_ms) return best
  const rank = [view.last >= time ? 0 : 1, shortfallOf(one, view), -view.last]
  if (best === undefined) return { view, rank }
  const n = rank.findIndex((part, at) => part !== best.rank[at])
  return n >= 0 && rank[n]! < best.rank[n]! ? { view, rank } : best
}

/** What matched or held at which event. */
function newSeen() {
  const byId = new Map<string, Set<Ref>>()
  const own = new Set<string>()
  return {
    own,
    add: (id: string, ref: Ref, isAsked: boolean) => {
      const refs = byId.get(id) ?? new Set()
      byId.set(id, refs.add(ref))
      if (isAsked) own.add(id)
    },
    count: (id: string) => byId.get(id)?.size ?? 0,
    of: (ref: Ref) => [...byId].filter(([, refs]) => refs.has(ref)).map(([id]) => id),
  }
}

type Watched = readonly {
  readonly one: LoadedCorrelation
  readonly groups: readonly { readonly key: GroupKey; readonly best: Best | undefined }[]
}[]

/** What an event lacks that is in no group. */
function ungroupedText(groupBy: readonly string[], key: GroupKey): readonly string[] | undefined {
  const absent = groupBy.filter((_, n) => key[n] === undefined)
  return absent.length === 0
    ? undefined
    : [`the event has no ${absent.join(' and no ')}, so it is in no group`]
}

function whyOf(
  correlation: LoadedCorrelation,
  loaded: Loaded,
  watched: Watched,
  seen: ReturnType<typeof newSeen>,
): CorrelationWhy {
  const { id, title, type, timespan_ms, inputs } = correlation
  const all = [...loaded.rules, ...loaded.correlations]
  const groups = watched.find(({ one }) => one === correlation)?.groups ?? []
  const ids = new Set(inputs.map((input) => input.id))
  const titleOf = (input: { readonly id: string; readonly name: string }) =>
    all.find((one) => one.id === input.id)?.title ?? input.name
  const windows = groups.map(({ key, best }) => {
    const view = best?.view
    const holdsTime = best?.rank[0] === 0
    const value = view?.value ?? 0
    return {
      key: correlation.groupBy.map((name, n) => ({ name, value: key[n] })),
      fires: holdsTime && view?.holds === true,
      from: view?.first ?? 0,
      to: view?.last ?? 0,
      value,
      said: saidText(correlation, value),
      missing: ungroupedText(correlation.groupBy, key) ?? missingOf(correlation, view, titleOf),
      seen: view?.seen ?? [],
      values: view?.values ?? [],
      events: (view?.events ?? []).map((ref) => ({
        ref,
        rules: seen.of(ref).filter((one) => ids.has(one)),
      })),
    }
  })
  const below = chainOf(correlation, loaded).filter((one) => one !== correlation && ids.has(one.id))
  return {
    ...{ id, title, type, timespan_ms, windows },
    asked: askedText(correlation),
    fires: windows.some((window) => window.fires),
    inputs: inputs.map((input) => ({
      ...{ id: input.id, name: input.name, kind: input.kind },
      title: titleOf(input),
      events: seen.count(input.id),
      matched: seen.own.has(input.id),
    })),
    below: below.map((one) => whyOf(one, loaded, watched, seen)),
  }
}
