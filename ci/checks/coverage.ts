// Which techniques of ATT&CK rules cover. Pure: rules in, numbers out.
import { type AttackFacts, retiredTechnique, techniqueOf } from '../../sigma/lint/facts.ts'
import type { LoadedCorrelation, LoadedRule } from '../../sigma/rule.ts'

/** What covers a technique. */
export interface TechniqueCoverage {
  readonly id: string
  readonly name: string
  readonly tactics: readonly string[]
  /** Ids of the rules that name it, or a part of it. */
  readonly rules: readonly string[]
  /** Of these, the ones that run and alert: no shadow, nothing deprecated. */
  readonly live: readonly string[]
}

export interface Coverage {
  readonly version: string
  /** Techniques with at least one rule, by id. */
  readonly techniques: readonly TechniqueCoverage[]
  /** Tags that name no technique of this version, nor one that another took the place of. */
  readonly unknown: readonly string[]
  /** Rules without a technique. */
  readonly untagged: readonly string[]
}

type Rule = Pick<LoadedRule | LoadedCorrelation, 'id' | 'tags' | 'status' | 'trapline'>

/** The technique a tag names today: retired ones by what took their place; undefined for other tags. */
export function techniqueOfTag(
  attack: AttackFacts,
  tag: string,
): { readonly id: string; readonly isKnown: boolean } | undefined {
  const match = /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)
  if (match === null) return undefined
  const id = match[1]!.toUpperCase()
  if (techniqueOf(attack, id) !== undefined) return { id, isKnown: true }
  const next = retiredTechnique(attack, id)?.successor
  return next === undefined ? { id, isKnown: false } : { id: next, isKnown: true }
}

function isLive({ status, trapline }: Rule): boolean {
  return (
    status !== 'deprecated' &&
    status !== 'unsupported' &&
    (trapline?.rollout?.stage ?? 'live') !== 'shadow'
  )
}

/** What the rules cover. A part (`T1059.001`) counts for its technique as well. */
export function coverageOf(rules: readonly Rule[], attack: AttackFacts): Coverage {
  const found = new Map<string, Set<Rule>>()
  const unknown = new Set<string>()
  const untagged: string[] = []
  for (const rule of rules) {
    const named = rule.tags
      .map((tag) => techniqueOfTag(attack, tag))
      .filter((one) => one !== undefined)
    if (named.length === 0) untagged.push(rule.id)
    for (const { id, isKnown } of named) {
      if (!isKnown) unknown.add(id)
      else
        for (const each of id.includes('.') ? [id, id.split('.')[0]!] : [id]) {
          found.set(each, (found.get(each) ?? new Set()).add(rule))
        }
    }
  }
  const techniques = [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, own]): TechniqueCoverage[] => {
      const technique = techniqueOf(attack, id)
      if (technique === undefined) return []
      const list = [...own]
      return [
        {
          ...technique,
          rules: list.map((rule) => rule.id),
          live: list.filter(isLive).map((rule) => rule.id),
        },
      ]
    })
  return { version: attack.version, techniques, unknown: [...unknown].sort(), untagged }
}

/** Enterprise techniques (not their parts), by tactic, in the order of the matrix. */
export function matrixOf(attack: AttackFacts): ReadonlyMap<string, readonly string[]> {
  const tactics = new Map<string, string[]>(Object.keys(attack.tactics).map((name) => [name, []]))
  for (const id of Object.keys(attack.techniques)) {
    if (id.includes('.')) continue
    for (const tactic of techniqueOf(attack, id)!.tactics) tactics.get(tactic)?.push(id)
  }
  return tactics
}

/** A target that a target list names, and whether a live rule covers it. */
export interface Target {
  readonly id: string
  readonly name: string
  readonly isCovered: boolean
  /** Given as a number that another took the place of. */
  readonly writtenAs?: string
}

/** Techniques of a target list: one id a line or in a Navigator layer's `techniques`; `#` begins a comment. */
export function readTargets(text: string): readonly string[] {
  const trimmed = text.trimStart()
  if (trimmed.startsWith('{')) {
    const layer = JSON.parse(trimmed) as {
      techniques?: { techniqueID?: unknown; enabled?: unknown; score?: unknown }[]
    }
    return (layer.techniques ?? []).flatMap(({ techniqueID, enabled }) =>
      typeof techniqueID === 'string' && enabled !== false ? [techniqueID] : [],
    )
  }
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().replace(/^-\s*/, ''))
    .filter((line) => line !== '')
}

/** The targets with whether they are covered; ids that ATT&CK does not have come back as `unknown`. */
export function targetsOf(
  ids: readonly string[],
  coverage: Coverage,
  attack: AttackFacts,
): { readonly targets: readonly Target[]; readonly unknown: readonly string[] } {
  const covered = new Map(coverage.techniques.map((one) => [one.id, one]))
  const unknown: string[] = []
  const targets = ids.flatMap((written): Target[] => {
    const named = techniqueOfTag(attack, `attack.${written}`)
    const technique = named?.isKnown ? techniqueOf(attack, named.id) : undefined
    if (technique === undefined) {
      unknown.push(written)
      return []
    }
    const isCovered = (covered.get(technique.id)?.live.length ?? 0) > 0
    const other = technique.id === written.toUpperCase() ? {} : { writtenAs: written }
    return [{ id: technique.id, name: technique.name, isCovered, ...other }]
  })
  return { targets, unknown }
}
