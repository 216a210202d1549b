// A rule's condition as closures over the atoms that an event has set.
import type { SigmaEvent } from '../event.ts'
import type { Condition, LateTest } from './atoms.ts'
import { compileFlatTest, type FlatFields } from './flat-test.ts'
import { compileMatch } from './predicate.ts'

/** States of an atom while an event is matched. */
export const UNSET = 0
export const SET = 1
/** Its literals were seen; whether it holds is found out when a condition asks. */
export const PENDING = 2

/** What conditions read while one event is matched. */
export interface MatchState {
  /** The event; undefined where it was not needed yet. */
  event: SigmaEvent | undefined
  /** Makes the event where there is none. */
  make: () => SigmaEvent
  /** The line that is matched in place of an event. */
  flat: FlatFields | undefined
  /** By atom: its state. */
  readonly set: Uint8Array
  /** By late test: unknown (0), false (1), true (2). */
  readonly lateState: Uint8Array
  /** Late tests that are known. */
  readonly lateTouched: number[]
}

/** A test as a function of the state: the line answers where it can, else the event does. */
function compileOn({ target, test }: LateTest, state: MatchState): Check {
  const ofEvent = compileMatch(target, test)
  const ofLine = compileFlatTest(target, test)
  return () => {
    const { flat } = state
    if (state.event === undefined) {
      const answer = flat === undefined ? undefined : ofLine?.(flat)
      if (answer !== undefined) return answer
      state.event = state.make()
    }
    if (flat !== undefined) flat.isOpen = true
    return ofEvent(state.event)
  }
}

export type Check = () => boolean

/** The condition as a function that reads `state`. */
export type ConditionCompiler = (condition: Condition) => Check

/** Makes the compiler of conditions over one state; `late` are its late tests. */
export function conditionCompiler(state: MatchState, late: readonly LateTest[]): ConditionCompiler {
  const pending = new Map<number, Check>()

  const compileAtom = (atom: number, check: LateTest | undefined): Check => {
    const { set } = state
    if (check === undefined) return () => set[atom] === SET
    const known = pending.get(atom)
    if (known !== undefined) return known
    const test = compileOn(check, state)
    const made = () => {
      if (set[atom] !== PENDING) return set[atom] === SET
      set[atom] = test() ? SET : UNSET
      return set[atom] === SET
    }
    pending.set(atom, made)
    return made
  }

  const compile: ConditionCompiler = (condition) => {
    switch (condition.kind) {
      case 'const':
        return () => condition.value
      case 'not': {
        const arg = compile(condition.arg)
        return () => !arg()
      }
      case 'atom':
        return compileAtom(condition.atom, condition.check)
      case 'late':
        return compileLate(condition.late, condition.guards, state, late[condition.late]!)
      case 'and':
        return compileAll(condition.args, state.set, compile)
      case 'or':
        return compileAny(condition.args, state.set, compile)
    }
  }
  return compile
}

function compileLate(
  id: number,
  guards: readonly number[] | undefined,
  state: MatchState,
  late: LateTest,
): Check {
  const { lateState, set } = state
  const test = compileOn(late, state)
  const run = () => {
    const known = lateState[id]!
    if (known !== 0) return known === 2
    const result = test()
    lateState[id] = result ? 2 : 1
    state.lateTouched.push(id)
    return result
  }
  if (guards === undefined) return run
  const ids = Int32Array.from(guards)
  return () => {
    for (let i = 0; i < ids.length; i++) if (set[ids[i]!] !== UNSET) return run()
    return false
  }
}

/** Plain atoms come first, in one loop: they cost next to nothing. */
function split(args: readonly Condition[]): {
  readonly atoms: Int32Array
  readonly others: readonly Condition[]
} {
  const atoms: number[] = []
  const others: Condition[] = []
  for (const arg of args) {
    if (arg.kind === 'atom' && arg.check === undefined) atoms.push(arg.atom)
    else others.push(arg)
  }
  return { atoms: Int32Array.from(atoms), others }
}

function compileAll(
  args: readonly Condition[],
  set: Uint8Array,
  compile: ConditionCompiler,
): Check {
  const { atoms, others } = split(args)
  const checks = others.map(compile)
  return () => {
    for (let i = 0; i < atoms.length; i++) if (set[atoms[i]!] === UNSET) return false
    for (let i = 0; i < checks.length; i++) if (!checks[i]!()) return false
    return true
  }
}

function compileAny(
  args: readonly Condition[],
  set: Uint8Array,
  compile: ConditionCompiler,
): Check {
  const { atoms, others } = split(args)
  const checks = others.map(compile)
  return () => {
    for (let i = 0; i < atoms.length; i++) if (set[atoms[i]!] === SET) return true
    for (let i = 0; i < checks.length; i++) if (checks[i]!()) return true
    return false
  }
}
