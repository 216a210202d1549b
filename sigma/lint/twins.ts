// Rules that say what another rule says.
import { groupBy } from '../collections.ts'
import type { Expr } from '../ir/expr.ts'
import type { LogSource } from '../rule.ts'
import type { Check, DetectionSubject, SetDocument } from './check.ts'
import { feedsOnly } from './check.ts'
import { exprKey, impliesAfterALook } from './implication.ts'

/** Rules of one log source among which each is compared with each. */
const COMPARED_MAX = 4_000

function logSourceKey({ product, category, service }: LogSource): string {
  return JSON.stringify([product, category, service])
}

/** Running rules of the set by log source. */
function groups(subject: DetectionSubject): ReadonlyMap<string, readonly SetDocument[]> {
  return subject.set.memo('rules by log source', () =>
    groupBy(
      subject.set.documents.filter(
        ({ value, expr }) =>
          value.kind === 'rule' && expr !== undefined && value.status !== 'deprecated',
      ),
      ({ value }) => (value.kind === 'rule' ? logSourceKey(value.logsource) : ''),
    ),
  )
}

function peers(subject: DetectionSubject): readonly SetDocument[] {
  return groups(subject).get(logSourceKey(subject.value.logsource)) ?? []
}

function isSelf(subject: DetectionSubject, other: SetDocument): boolean {
  return other.file === subject.file && other.value.line === subject.value.line
}

function nameOf({ value, file }: SetDocument): string {
  return `"${value.title}" (${file.path}:${value.line})`
}

/** A few literal texts that every match needs, to leave most comparisons out. */
function size(expr: Expr): number {
  if (expr.kind === 'and' || expr.kind === 'or')
    return expr.args.reduce((sum, arg) => sum + size(arg), 0)
  return expr.kind === 'not' ? size(expr.arg) : 1
}

export const TWIN_CHECKS = {
  'rule-duplicate': {
    on: 'rule',
    severity: 'warning',
    summary: 'another rule has the same log source and logic',
    why: 'Both fire on the same events: two alerts for one thing, and tuning one of them changes nothing.',
    bad: 'title: One\n---\ntitle: Two',
    good: 'title: One\n---\ntitle: Two\ndetection:\n    selection:\n        User: toor\n    condition: selection',
    run(subject, add) {
      if (subject.expr === undefined) return
      const same = subject.set.memo('rules by logic', () => {
        const all = [...groups(subject).values()].flat()
        return groupBy(all, ({ value, expr }) =>
          value.kind === 'rule' ? logSourceKey(value.logsource) + exprKey(expr!) : '',
        )
      })
      const [first] = same.get(logSourceKey(subject.value.logsource) + exprKey(subject.expr)) ?? []
      if (first !== undefined && !isSelf(subject, first))
        add(subject.value, `does what ${nameOf(first)} does`)
    },
  },
  'rule-subsumed': {
    on: 'rule',
    severity: 'info',
    summary: 'another rule fires on everything that this one does',
    why: 'The wider rule already alerts. Keep this one if its level or title says more; then filter it out of the other.',
    bad: 'title: Narrow\ndetection:\n    selection:\n        CommandLine|contains: whoami /priv\n    condition: selection\n---\ntitle: Wide\ndetection:\n    selection:\n        CommandLine|contains: whoami\n    condition: selection',
    good: 'title: One\ndetection:\n    selection:\n        CommandLine|contains: whoami /priv\n    condition: selection\n---\ntitle: Other\ndetection:\n    selection:\n        CommandLine|contains: quser\n    condition: selection',
    run(subject, add) {
      const { expr } = subject
      const others = peers(subject)
      if (expr === undefined || others.length > COMPARED_MAX || size(expr) > 200) return
      const wider = others.find(
        (other) =>
          !isSelf(subject, other) &&
          other.expr !== undefined &&
          exprKey(other.expr) !== exprKey(expr) &&
          impliesAfterALook(expr, other.expr) &&
          !feedsOnly({ ...subject, value: other.value }),
      )
      if (wider !== undefined) add(subject.value, `${nameOf(wider)} fires on all of this`)
    },
  },
} as const satisfies Record<string, Check>
