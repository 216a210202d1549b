// What every match of a pattern must hold, as folded text: prefilters and index plans read it.

import { foldCode } from '../text/fold.ts'
import { FOLD_ORBITS } from '../text/orbits.ts'
import type { Node } from './ast.ts'
import type { CharSet } from './charset.ts'

/** One of these texts is in every match. */
export type AnyOf = readonly string[]

const ALTERNATIVES_MAX = 64
const LITERAL_UNITS_MAX = 256
const ORBIT_SIZE_MAX = Math.max(...FOLD_ORBITS.map((orbit) => orbit.length))
/** Characters of a class that are written out, once folded. */
const WRITTEN_OUT_MAX = 16

/**
 * Texts that every match holds, folded: of each group at least one. Sound, not complete: fewer and
 * shorter texts than possible where the pattern is not a plain literal.
 *
 * @example requiredTexts(parse('(?:cmd|pwsh)\\.exe')) // [['cmd.exe', 'pwsh.exe']]
 */
export function requiredTexts(node: Node): AnyOf[] {
  return required(node, (set) => foldsOf(set, 1))
}

/**
 * The same with small classes of characters written out: more and longer texts, for an index.
 *
 * @example writtenTexts(parse('ws-[12]\\d* on')) // [['ws-1', 'ws-2'], [' on']]
 */
export function writtenTexts(node: Node): AnyOf[] {
  return required(node, (set) => foldsOf(set, WRITTEN_OUT_MAX))
}

function required(node: Node, codesOf: CodesOf): AnyOf[] {
  const { exact, groups } = analyse(node, codesOf)
  const found = exact === undefined ? groups : [...groups, exact]
  const usable = found.filter((group) => group.length > 0 && group.every((text) => text !== ''))
  const unique = new Map(usable.map((group) => [JSON.stringify(group), group]))
  return [...unique.values()]
}

/** Facts of a node: all texts it can match, when they are few; else what its matches must hold. */
interface Facts {
  readonly exact: AnyOf | undefined
  readonly groups: readonly AnyOf[]
}

const NOTHING: Facts = { exact: undefined, groups: [] }
const EMPTY_TEXT: Facts = { exact: [''], groups: [] }

/** The characters that a set stands for; undefined where they are not told. */
export type CodesOf = (set: CharSet) => readonly number[] | undefined

/** The facts of a node. */
export function analyse(node: Node, codesOf: CodesOf): Facts {
  switch (node.kind) {
    case 'set': {
      const codes = codesOf(node.set)
      if (codes === undefined) return NOTHING
      return { exact: codes.map((code) => String.fromCodePoint(code)), groups: [] }
    }
    case 'assert':
      return EMPTY_TEXT
    case 'cat':
      return concatenate(node.items.map((item) => analyse(item, codesOf)))
    case 'alt':
      return alternate(node.items.map((item) => analyse(item, codesOf)))
    case 'repeat':
      return repeat(analyse(node.item, codesOf), node.min, node.max)
  }
}

/** What the members fold to, if that is so few. */
function foldsOf(set: CharSet, most: number): readonly number[] | undefined {
  let size = 0
  for (let i = 0; i < set.length; i += 2) size += set[i + 1]! - set[i]! + 1
  if (size === 0 || size > ORBIT_SIZE_MAX * most) return undefined
  const folds = new Set<number>()
  for (let i = 0; i < set.length; i += 2)
    for (let code = set[i]!; code <= set[i + 1]!; code++) folds.add(foldCode(code))
  return folds.size > most ? undefined : [...folds]
}

function concatenate(parts: readonly Facts[]): Facts {
  const groups: AnyOf[] = []
  let run: AnyOf = ['']
  let whole = true
  for (const part of parts) {
    const joined = part.exact === undefined ? undefined : product(run, part.exact)
    if (joined !== undefined) {
      run = joined
      continue
    }
    whole = false
    groups.push(run, ...part.groups)
    run = part.exact ?? ['']
  }
  if (whole) return { exact: run, groups: parts.flatMap((part) => part.groups) }
  return { exact: undefined, groups: [...groups, run].filter(isUseful) }
}

function isUseful(group: AnyOf): boolean {
  return group.length > 0 && group.every((text) => text !== '')
}

function product(a: AnyOf, b: AnyOf): AnyOf | undefined {
  if (a.length * b.length > ALTERNATIVES_MAX) return undefined
  const out = new Set(a.flatMap((left) => b.map((right) => left + right)))
  return [...out].some((text) => text.length > LITERAL_UNITS_MAX) ? undefined : [...out]
}

function alternate(branches: readonly Facts[]): Facts {
  if (branches.every((branch) => branch.exact !== undefined)) {
    const all = [...new Set(branches.flatMap((branch) => branch.exact ?? []))]
    if (all.length <= ALTERNATIVES_MAX) return { exact: all, groups: [] }
  }
  const best = branches.map(bestGroup)
  if (best.some((group) => group === undefined)) return NOTHING
  const all = [...new Set(best.flatMap((group) => group ?? []))]
  return { exact: undefined, groups: all.length <= ALTERNATIVES_MAX ? [all] : [] }
}

/** The group whose shortest text is longest. */
function bestGroup(facts: Facts): AnyOf | undefined {
  const groups = facts.exact === undefined ? facts.groups : [...facts.groups, facts.exact]
  const shortest = (group: AnyOf) => Math.min(...group.map((text) => text.length))
  const useful = groups.filter(isUseful)
  return useful.sort((a, b) => shortest(b) - shortest(a))[0]
}

function repeat(item: Facts, min: number, max: number): Facts {
  if (min === 0) {
    const exact =
      max === 1 && item.exact !== undefined ? [...new Set(['', ...item.exact])] : undefined
    return exact === undefined ? NOTHING : { exact, groups: [] }
  }
  if (min === 1 && max === 1) return item
  let exact: AnyOf | undefined = item.exact
  for (let i = 1; i < min && exact !== undefined; i++) exact = product(exact, item.exact ?? [])
  if (exact !== undefined && max === min) return { exact, groups: item.groups }
  const group = exact ?? item.exact
  const own = group !== undefined && isUseful(group) ? [group] : []
  return { exact: undefined, groups: [...item.groups, ...own] }
}
