// Searches that see only what was committed after an intake sequence: what came in since the last one.
import { clearBit } from '../bits.ts'
import type { Run } from './run.ts'
import type { Unit } from './unit.ts'

/** Units with rows that were committed after `sequence`. */
export function unitsAfter(units: readonly Unit[], sequence: number | undefined): readonly Unit[] {
  if (sequence === undefined) return units
  return units.filter((unit) => unit.committedBy(sequence) < unit.visible)
}

/** The run, with rows committed up to `sequence` left out of what it proposes. */
export function runAfter(run: Run, sequence: number | undefined): Run {
  if (sequence === undefined) return run
  return {
    ...run,
    propose: (unit) => {
      const proposed = run.propose(unit)
      const known = unit.committedBy(sequence)
      for (let row = 0; row < known; row++) clearBit(proposed.bits, row)
      return proposed
    },
  }
}
