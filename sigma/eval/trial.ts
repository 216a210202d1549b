// Whether remembering pays: what hardly ever finds anything again rests for a while.

/** How a memo has paid so far. */
export interface Trial {
  lookups: number
  hits: number
  /** Look-ups to let pass before the next trial. */
  rest: number
}

export interface TrialTerms {
  /** After so many look-ups a memo must have paid, */
  readonly lookups: number
  /** this share of them, */
  readonly hitShareMin: number
  /** or rests for so many. */
  readonly rest: number
}

export function createTrial(): Trial {
  return { lookups: 0, hits: 0, rest: 0 }
}

/** Whether the next look-up is to be let pass; it counts. */
export function letsPass(trial: Trial): boolean {
  if (trial.rest === 0) return false
  trial.rest--
  return true
}

/** Counts a look-up; true when the memo rests from now on. */
export function countTrial(trial: Trial, isHit: boolean, terms: TrialTerms): boolean {
  trial.lookups++
  if (isHit) {
    trial.hits++
    return false
  }
  if (trial.lookups < terms.lookups) return false
  const rests = trial.hits < trial.lookups * terms.hitShareMin
  if (rests) trial.rest = terms.rest
  trial.lookups = 0
  trial.hits = 0
  return rests
}
