// What checks of correlations share: the examples on their pages, and where a key stands.
import type { SigmaCorrelation } from '../rule.ts'
import { type DocumentSubject, placeOf } from './check.ts'

export type CorrelationSubject = DocumentSubject<SigmaCorrelation>

const RULES =
  'title: Failed Logon\nname: failed_logon\ndetection:\n    selection:\n        EventID: 4625\n    condition: selection\n---\n'

/** A correlation over `failed_logon`, for examples. */
export function example(body: string, extra = ''): string {
  return `${RULES}title: Many Failed Logons\nlogsource:!\ndetection:!\ncorrelation:\n${body
    .trim()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}${extra}`
}

/** A correlation without a fault. */
export const GOOD = example(
  'type: event_count\nrules:\n    - failed_logon\ngroup-by:\n    - TargetUserName\ntimespan: 5m\ncondition:\n    gte: 10',
)

/** Where a key of the correlation stands, or the correlation itself. */
export function place(subject: CorrelationSubject, key: string) {
  const own = subject.entries.get('correlation')?.value
  const entry = own?.kind === 'map' ? own.entries.get(key) : undefined
  return entry?.value ?? placeOf(subject, 'correlation')
}
