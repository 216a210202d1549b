// Thompson construction: a pattern as a flat program of instructions.
import type { Assertion, Node } from './ast.ts'
import type { CharSet } from './charset.ts'

export type Instruction =
  | { readonly op: 'set'; readonly set: number; next: number }
  | { readonly op: 'split'; next: number; other: number }
  | { readonly op: 'assert'; readonly what: Assertion; next: number }
  | { readonly op: 'match' }

export interface Program {
  readonly code: readonly Instruction[]
  readonly start: number
  readonly sets: readonly CharSet[]
}

export const PROGRAM_INSTRUCTIONS_MAX = 20_000

interface Builder {
  readonly code: Instruction[]
  readonly sets: CharSet[]
  readonly setIds: Map<string, number>
  overflow: boolean
}

/** The program of a pattern, or undefined when it would grow past the limit. */
export function buildProgram(node: Node): Program | undefined {
  const builder: Builder = { code: [], sets: [], setIds: new Map(), overflow: false }
  const match = emit(builder, { op: 'match' })
  const start = compile(builder, node, match)
  if (builder.overflow) return undefined
  return { code: builder.code, start, sets: builder.sets }
}

function emit(builder: Builder, instruction: Instruction): number {
  if (builder.code.length >= PROGRAM_INSTRUCTIONS_MAX) builder.overflow = true
  else builder.code.push(instruction)
  return builder.code.length - 1
}

function setId(builder: Builder, set: CharSet): number {
  const key = set.join()
  const known = builder.setIds.get(key)
  if (known !== undefined) return known
  builder.sets.push(set)
  builder.setIds.set(key, builder.sets.length - 1)
  return builder.sets.length - 1
}

/** Emits `node` so that it goes on at `next`; returns where it begins. Built back to front. */
function compile(builder: Builder, node: Node, next: number): number {
  if (builder.overflow) return next
  switch (node.kind) {
    case 'set':
      return emit(builder, { op: 'set', set: setId(builder, node.set), next })
    case 'assert':
      return emit(builder, { op: 'assert', what: node.what, next })
    case 'cat':
      return node.items.reduceRight((after, item) => compile(builder, item, after), next)
    case 'alt': {
      const starts = node.items.map((item) => compile(builder, item, next))
      return starts.reduceRight((other, start) =>
        emit(builder, { op: 'split', next: start, other }),
      )
    }
    case 'repeat':
      return compileRepeat(builder, node.item, node.min, node.max, next)
  }
}

function compileRepeat(
  builder: Builder,
  item: Node,
  min: number,
  max: number,
  next: number,
): number {
  let at = next
  if (max === Infinity) {
    const loop: Instruction = { op: 'split', next: 0, other: next }
    at = emit(builder, loop)
    loop.next = compile(builder, item, at)
  } else {
    for (let i = min; i < max && !builder.overflow; i++) {
      at = emit(builder, { op: 'split', next: compile(builder, item, at), other: next })
    }
  }
  for (let i = 0; i < min && !builder.overflow; i++) at = compile(builder, item, at)
  return at
}
