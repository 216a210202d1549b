// Flat lines against the rules of a matcher: one by one, or as many in a row as the kernel can match alone.
import type { EventLogSource, SigmaEvent } from '../event.ts'
import type { KernelMemory } from '../kernel/memory.ts'
import type { Checks } from './checks.ts'
import type { FlatKind, FlatLine } from './flat.ts'
import { createFlatKernel, type FlatKernel } from './flat-kernel.ts'
import { type FlatPlan, planFlat, routePlan } from './flat-plan.ts'
import { findFlat, goOn, keepRules, knownRules, type Outcome, setFlat } from './flat-read.ts'
import { type LineTaker, runLines } from './flat-run.ts'
import type { Scan } from './scan.ts'
import type { View } from './views.ts'

export interface FlatMatching {
  /**
   * `match` for a line whose event was not made: `make` makes it where a test asks for more than the line's
   * values. Undefined where the line must be matched as an event.
   */
  matchFlat(line: FlatLine, kind: FlatKind, make: () => SigmaEvent): readonly number[] | undefined
  /** The memory of the kernel in which lines may be cut to be matched by `runFlat`; at times another one. */
  flatMemory(): KernelMemory
  /**
   * Matches the whole lines of `line.bytes` from `start` to `end`, cut from `root` on in `flatMemory`, as far as their
   * kinds are known; the start of the first line that `matchFlat` has to match.
   */
  runFlat(line: FlatLine, root: number, start: number, end: number, taker: LineTaker): number
  /** Forgets what is remembered of lines. */
  empty(): void
}

/** Matching of lines beside that of events; with `memo` values and lines are remembered. */
export function createFlatMatching(
  scan: Scan,
  { run, counts }: Checks,
  views: (logsource: EventLogSource) => View,
  memo: boolean,
): FlatMatching {
  let kernel: FlatKernel | undefined
  /** The kernel's plans by number. */
  let plans: FlatPlan[] = []
  const openKernel = (): FlatKernel => {
    if (kernel !== undefined && !kernel.isFull()) return kernel
    plans = []
    kernel = createFlatKernel(memo)
    return kernel
  }
  const planOf = (line: FlatLine, kind: FlatKind, view: View): FlatPlan => {
    const known = kind.plan as FlatPlan | undefined
    const isOurs = known?.view === view && known.kernel === kernel && known.fields.line === line
    if (isOurs) return known
    // A line in the kernel's own memory stays there.
    const isHome = kernel !== undefined && line.home === kernel.memory
    const own = isHome ? kernel! : openKernel()
    const plan = planFlat(line, kind, view, { kernel: own, number: plans.length, memo })
    plans.push(plan)
    kind.plan = plan
    return plan
  }
  /** The rules of a line that was searched. */
  const rulesOf = (plan: FlatPlan, outcome: Outcome, make: () => SigmaEvent) => {
    if (outcome === 'refused') return undefined
    if (outcome === 'known') {
      const known = knownRules(plan)
      counts.events++
      counts.matches += known.length
      return known
    }
    try {
      scan.state.make = make
      scan.state.flat = plan.fields
      plan.fields.isOpen = false
      setFlat(plan, scan.atoms)
      const rules = run(plan.view, scan.atoms.count)
      if (outcome === 'keyed') keepRules(plan, rules)
      return rules
    } finally {
      scan.reset()
    }
  }
  return {
    empty: () => kernel?.empty(),
    flatMemory: () => openKernel().memory,
    matchFlat(line, kind, make) {
      const plan = planOf(line, kind, views(kind.logsource))
      if (plan.readsAdded && kind.mayAdd(line)) return undefined
      const isLearnt = plan.view.learning === undefined
      if (isLearnt && !plan.isRouted) routePlan(plan, kind)
      return rulesOf(plan, findFlat(line, plan, memo && isLearnt), make)
    },
    runFlat(line, root, start, end, taker) {
      const finish = (number: number, first: number) => {
        const plan = plans[number]!
        return rulesOf(plan, goOn(line, plan, first), taker.make)
      }
      return runLines(kernel!.memory, line, { root, start, end, finish, counts }, taker)
    },
  }
}
