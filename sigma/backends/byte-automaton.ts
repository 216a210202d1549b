// A regular expression as an automaton over UTF-8 bytes: states, and edges that take a byte or ask something of the
// position. Edges that take nothing and ask nothing are put together beforehand.
import type { Assertion, Node } from '../regex/ast.ts'
import { ANY, type CharSet } from '../regex/charset.ts'
import { type ByteRun, utf8Runs } from './utf8-ranges.ts'

export type Edge = { readonly from: number; readonly to: number } & (
  | { readonly kind: 'byte'; readonly lo: number; readonly hi: number }
  | { readonly kind: 'assert'; readonly what: Assertion }
)

/** It starts in state 0 and has found a match in any of `accepting`. */
export interface ByteAutomaton {
  readonly edges: readonly Edge[]
  readonly accepting: readonly number[]
}

interface Builder {
  states: number
  readonly edges: Edge[]
  /** By state: those reached without taking or asking anything. */
  readonly free: number[][]
  readonly edges_max: number
}

class TooLarge extends Error {}

/** The automaton that finds a match anywhere in a text; undefined when it would have more than `edges_max` edges. */
export function byteAutomaton(node: Node, edges_max: number): ByteAutomaton | undefined {
  const builder: Builder = { states: 0, edges: [], free: [], edges_max }
  try {
    const start = newState(builder)
    const first = newState(builder)
    const end = newState(builder)
    // A match may begin after any character, never inside one.
    addSet(builder, ANY, start, start)
    builder.free[start]!.push(first)
    add(builder, node, first, end)
    return joined(builder, start, end)
  } catch (error) {
    if (error instanceof TooLarge) return undefined
    throw error
  }
}

function newState(builder: Builder): number {
  if (builder.states > builder.edges_max) throw new TooLarge()
  builder.free.push([])
  return builder.states++
}

function addEdge(builder: Builder, edge: Edge): void {
  if (builder.edges.length >= builder.edges_max) throw new TooLarge()
  builder.edges.push(edge)
}

function add(builder: Builder, node: Node, from: number, to: number): void {
  switch (node.kind) {
    case 'set':
      addSet(builder, node.set, from, to)
      break
    case 'assert':
      addEdge(builder, { kind: 'assert', what: node.what, from, to })
      break
    case 'alt':
      for (const item of node.items) add(builder, item, from, to)
      break
    case 'cat':
      builder.free[chain(builder, node.items, from)]!.push(to)
      break
    case 'repeat':
      addRepeat(builder, node, from, to)
  }
}

/** The items one after another; the state where they end. */
function chain(builder: Builder, items: readonly Node[], from: number): number {
  let at = from
  for (const item of items) {
    const next = newState(builder)
    add(builder, item, at, next)
    at = next
  }
  return at
}

function addRepeat(
  builder: Builder,
  { item, min, max }: Extract<Node, { readonly kind: 'repeat' }>,
  from: number,
  to: number,
): void {
  let at = from
  for (let n = 0; n < min; n++) at = chain(builder, [item], at)
  if (max === Number.POSITIVE_INFINITY) {
    const loop = newState(builder)
    builder.free[at]!.push(loop)
    add(builder, item, loop, loop)
    builder.free[loop]!.push(to)
    return
  }
  builder.free[at]!.push(to)
  for (let n = min; n < max; n++) {
    at = chain(builder, [item], at)
    builder.free[at]!.push(to)
  }
}

/** Every character beyond ASCII, by the lengths of their forms: valid text has no others. */
const BEYOND_ASCII: readonly ByteRun[] = [
  [
    [0xc2, 0xdf],
    [0x80, 0xbf],
  ],
  [
    [0xe0, 0xef],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
  [
    [0xf0, 0xf4],
    [0x80, 0xbf],
    [0x80, 0xbf],
    [0x80, 0xbf],
  ],
]

function addSet(builder: Builder, set: CharSet, from: number, to: number): void {
  for (let n = 0; n < set.length; n += 2) {
    const [lo, hi] = [set[n]!, set[n + 1]!]
    const runs =
      hi === ANY[1] && lo <= 0x80
        ? [...(lo < 0x80 ? utf8Runs(lo, 0x7f) : []), ...BEYOND_ASCII]
        : utf8Runs(lo, hi)
    for (const run of runs) addRun(builder, run, from, to)
  }
}

function addRun(builder: Builder, run: ByteRun, from: number, to: number): void {
  let at = from
  for (const [n, [lo, hi]] of run.entries()) {
    const next = n === run.length - 1 ? to : newState(builder)
    addEdge(builder, { kind: 'byte', lo, hi, from: at, to: next })
    at = next
  }
}

/** The automaton without free steps: every state has the edges of all that it reaches so. */
function joined({ states, edges, free, edges_max }: Builder, start: number, end: number) {
  const own = Array.from({ length: states }, (): Edge[] => [])
  for (const edge of edges) own[edge.from]!.push(edge)
  const out: Edge[] = []
  const accepting: number[] = []
  const known = new Set([start])
  for (const from of known) {
    const reached = new Set([from])
    for (const state of reached) for (const next of free[state]!) reached.add(next)
    if (reached.has(end)) accepting.push(from)
    for (const state of reached) {
      for (const edge of own[state]!) {
        if (out.length >= edges_max) throw new TooLarge()
        out.push({ ...edge, from })
        known.add(edge.to)
      }
    }
  }
  return { edges: out, accepting }
}
