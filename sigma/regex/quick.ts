// Cheap facts that a text must satisfy before the automaton reads it: its length, and a literal as written.
import type { Node } from './ast.ts'
import type { CharSet } from './charset.ts'
import { analyse } from './literals.ts'

export interface QuickChecks {
  /** Fewest and most UTF-16 units of a text that matches. */
  readonly units_min: number
  readonly units_max: number
  /** Text of every match, case as written; empty when there is none. */
  readonly literal: string
}

/** Checks of a pattern, all of them necessary for a match. */
export function quickChecks(node: Node): QuickChecks {
  const [units_min, longest] = lengthOf(node)
  const isWhole = isAnchored(node, 'first') && isAnchored(node, 'last')
  const { exact, groups } = analyse(node, onlyMember)
  const literals = [...groups, exact ?? []].flatMap((group) => (group.length === 1 ? group : []))
  const literal = literals.reduce((best, text) => (text.length > best.length ? text : best), '')
  return { units_min, units_max: isWhole ? longest : Infinity, literal }
}

/** The code point of a set of one. */
function onlyMember(set: CharSet): readonly number[] | undefined {
  return set.length === 2 && set[0] === set[1] ? [set[0]!] : undefined
}

/** Fewest and most UTF-16 units that a node takes up. */
function lengthOf(node: Node): [min: number, max: number] {
  switch (node.kind) {
    case 'set':
      return node.set.length === 0
        ? [0, 0]
        : [node.set[0]! > 0xffff ? 2 : 1, node.set.at(-1)! > 0xffff ? 2 : 1]
    case 'assert':
      return [0, 0]
    case 'cat': {
      const lengths = node.items.map(lengthOf)
      return [sum(lengths.map(([min]) => min)), sum(lengths.map(([, max]) => max))]
    }
    case 'alt': {
      const lengths = node.items.map(lengthOf)
      return [Math.min(...lengths.map(([min]) => min)), Math.max(...lengths.map(([, max]) => max))]
    }
    case 'repeat': {
      const [min, max] = lengthOf(node.item)
      return [min * node.min, max === 0 ? 0 : max * node.max]
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Whether every match begins (ends) where the text does. */
function isAnchored(node: Node, edge: 'first' | 'last'): boolean {
  if (node.kind === 'assert') return node.what === (edge === 'first' ? 'textBegin' : 'textEnd')
  if (node.kind === 'alt') return node.items.every((item) => isAnchored(item, edge))
  if (node.kind !== 'cat') return false
  const item = edge === 'first' ? node.items[0] : node.items.at(-1)
  return item !== undefined && isAnchored(item, edge)
}
