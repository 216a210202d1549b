// A rule's condition as closures over the atoms that an event has set.
import type { SigmaEvent } from '../event.ts'
import type { Condition } from './atoms.ts'
import type { EventPredicate } from './predicate.ts'

/** What conditions read while one event is matched. */
export interface MatchState {
  event: SigmaEvent
  /** By atom: 1 while set. */
  readonly set: Uint8Array
  /** By late test: unknown (0), false (1), true (2). */
  readonly lateState: Uint8Array
  /** Late tests that are known. */
  readonly lateTouched: number[]
}

export type Check = () => boolean

/** The condition as a function that reads `state`. */
export function compileCondition(
  condition: Condition,
  state: MatchState,
  late: readonly EventPredicate[],
): Check {
  const { set } = state
  switch (condition.kind) {
    case 'const':
      return () => condition.value
    case 'not': {
      const arg = compileCondition(condition.arg, state, late)
      return () => !arg()
    }
    case 'atom': {
      const { atom } = condition
      return () => set[atom] === 1
    }
    case 'late':
      return compileLate(condition.late, condition.guards, state, late[condition.late]!)
    case 'and':
      return compileAll(condition.args, state, late)
    case 'or':
      return compileAny(condition.args, state, late)
  }
}

function compileLate(
  id: number,
  guards: readonly number[] | undefined,
  state: MatchState,
  test: EventPredicate,
): Check {
  const { lateState, set } = state
  const run = () => {
    const known = lateState[id]!
    if (known !== 0) return known === 2
    const result = test(state.event)
    lateState[id] = result ? 2 : 1
    state.lateTouched.push(id)
    return result
  }
  if (guards === undefined) return run
  const ids = Int32Array.from(guards)
  return () => {
    for (let i = 0; i < ids.length; i++) if (set[ids[i]!] === 1) return run()
    return false
  }
}

/** Atoms come first, in one loop: they cost next to nothing. */
function split(args: readonly Condition[]): {
  readonly atoms: Int32Array
  readonly others: readonly Condition[]
} {
  const atoms = args.flatMap((arg) => (arg.kind === 'atom' ? [arg.atom] : []))
  return { atoms: Int32Array.from(atoms), others: args.filter((arg) => arg.kind !== 'atom') }
}

function compileAll(
  args: readonly Condition[],
  state: MatchState,
  late: readonly EventPredicate[],
): Check {
  const { set } = state
  const { atoms, others } = split(args)
  const checks = others.map((arg) => compileCondition(arg, state, late))
  return () => {
    for (let i = 0; i < atoms.length; i++) if (set[atoms[i]!] === 0) return false
    for (let i = 0; i < checks.length; i++) if (!checks[i]!()) return false
    return true
  }
}

function compileAny(
  args: readonly Condition[],
  state: MatchState,
  late: readonly EventPredicate[],
): Check {
  const { set } = state
  const { atoms, others } = split(args)
  const checks = others.map((arg) => compileCondition(arg, state, late))
  return () => {
    for (let i = 0; i < atoms.length; i++) if (set[atoms[i]!] === 1) return true
    for (let i = 0; i < checks.length; i++) if (checks[i]!()) return true
    return false
  }
}
