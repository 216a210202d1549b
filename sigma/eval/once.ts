// What a test comes to on an event, found once: explanations ask for it at every level of a rule.
import type { SigmaEvent } from '../event.ts'
import type { Expr } from '../ir/expr.ts'
import { evaluate } from './evaluate.ts'

const known = new WeakMap<SigmaEvent, Map<Expr, boolean>>()

/** The same answer as `evaluate`; answers live as long as the event does. */
export function evaluateOnce(expr: Expr, event: SigmaEvent): boolean {
  let own = known.get(event)
  if (own === undefined) {
    own = new Map()
    known.set(event, own)
  }
  return holds(expr, event, own)
}

function holds(expr: Expr, event: SigmaEvent, own: Map<Expr, boolean>): boolean {
  switch (expr.kind) {
    case 'and':
      return expr.args.every((arg) => holds(arg, event, own))
    case 'or':
      return expr.args.some((arg) => holds(arg, event, own))
    case 'not':
      return !holds(expr.arg, event, own)
    case 'const':
      return expr.value
    case 'match': {
      const found = own.get(expr) ?? evaluate(expr, event)
      own.set(expr, found)
      return found
    }
  }
}
