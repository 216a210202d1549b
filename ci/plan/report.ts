// A plan as a report: every change a note at its document, what cannot run an error.
import { cell } from '../report/markdown.ts'
import type { Report } from '../report/report.ts'
import { PLAN_KINDS, type Plan, type PlanChange } from './plan.ts'

/** Changes that a table shows. */
const ROWS_MAX = 200

export interface PlanSubject {
  readonly plan: Plan
  /** What it is compared with: `main`, `the live release 0123abcd`. */
  readonly against: string
  /** What stands in the way of a deploy, or was not compared. */
  readonly warnings: readonly string[]
}

export function planReport({ plan, against, warnings }: PlanSubject): Report {
  const { changes, refused } = plan
  return {
    command: 'plan',
    findings: [
      ...refused.map((one) => ({ ...one, severity: 'error' as const, column: 1 })),
      ...warnings.map((message) => ({
        code: 'plan-not-descendant',
        severity: 'warning' as const,
        message,
        path: 'detections',
        line: 1,
        column: 1,
      })),
      ...changes.map((change) => ({
        code: `plan-${change.change}`,
        severity: 'info' as const,
        message: sentence(change),
        path: change.path,
        line: change.line,
        column: 1,
      })),
    ],
    tests: [],
    summary: `${countChanges(changes)} against ${against}`,
    data: { against, changes, refused, test_cases: plan.tests },
    markdown: changes.length === 0 ? '' : changeTable(changes),
  }
}

function sentence({ kind, change, title, what }: PlanChange): string {
  const more = what.length === 0 ? '' : `: ${what.join('; ')}`
  return `${kind} "${title}" ${change}${more}`
}

/** `1 rule changed, 1 filter added`, in the order of `PLAN_KINDS`; tests only where nothing else changes. */
export function countChanges(changes: readonly Pick<PlanChange, 'kind' | 'change'>[]): string {
  const kinds = PLAN_KINDS.flatMap((kind) =>
    (['added', 'changed', 'removed'] as const).flatMap((change) => {
      const count = changes.filter((one) => one.kind === kind && one.change === change).length
      if (count === 0) return []
      const plural =
        kind === 'tests' ? (count === 1 ? 'test file' : 'test files') : plurals(kind, count)
      return [{ kind, text: `${count} ${plural} ${change}` }]
    }),
  )
  const shown = kinds.filter(({ kind }) => kind !== 'tests')
  const list = shown.length > 0 ? shown : kinds
  return list.length === 0 ? 'no changes' : list.map(({ text }) => text).join(', ')
}

function plurals(word: string, count: number): string {
  return count === 1 ? word : `${word}s`
}

/** A table of changes. */
export function changeTable(changes: readonly PlanChange[]): string {
  const rows = changes
    .slice(0, ROWS_MAX)
    .map(
      ({ kind, change, title, path, what }) =>
        `| ${kind} | ${change} | ${cell(title)} | ${cell(path)} | ${cell(what.join('; '))} |`,
    )
  const more = changes.length - rows.length
  return [
    '| what | change | title | file | how |',
    '|---|---|---|---|---|',
    ...rows,
    ...(more > 0 ? ['', `${more} more are not shown.`] : []),
  ].join('\n')
}
