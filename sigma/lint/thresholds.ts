// Windows and conditions of correlations that say nothing, or never hold.
import type { CorrelationCondition, SigmaCorrelation } from '../rule.ts'
import type { Check } from './check.ts'
import { example, GOOD, place } from './correlation-subject.ts'

const DAY_MS = 86_400_000
const TIMESPAN_DAYS_MAX = 30

function bounds(condition: SigmaCorrelation['condition']): CorrelationCondition | undefined {
  return typeof condition === 'object' ? condition : undefined
}

/** Whether some whole number satisfies all comparisons. */
function isSatisfiable({ ops }: CorrelationCondition): boolean {
  let low = Number.NEGATIVE_INFINITY
  let high = Number.POSITIVE_INFINITY
  for (const { op, value } of ops) {
    if (op === 'gt') low = Math.max(low, value + Number.EPSILON)
    if (op === 'gte' || op === 'eq') low = Math.max(low, value)
    if (op === 'lt') high = Math.min(high, value - Number.EPSILON)
    if (op === 'lte' || op === 'eq') high = Math.min(high, value)
  }
  return low <= high
}

export const THRESHOLD_CHECKS = {
  'correlation-timespan-long': {
    on: 'correlation',
    severity: 'info',
    summary: `a window of more than ${TIMESPAN_DAYS_MAX} days`,
    why: 'Everything inside the window is held. What takes months is a scheduled search over stored events.',
    bad: example(
      'type: event_count\nrules:\n    - failed_logon\ngroup-by:\n    - User\ntimespan: 90d\ncondition:\n    gte: 10',
    ),
    good: GOOD,
    run(subject, add) {
      if (subject.value.timespan_ms > TIMESPAN_DAYS_MAX * DAY_MS) {
        add(
          place(subject, 'timespan'),
          `${Math.round(subject.value.timespan_ms / DAY_MS)} days is a long window to keep in memory`,
        )
      }
    },
  },
  'correlation-threshold-trivial': {
    on: 'correlation',
    severity: 'warning',
    summary: 'a threshold that the first event reaches',
    why: '`gte: 1` fires on every event: that is the rule itself.',
    bad: example(
      'type: event_count\nrules:\n    - failed_logon\ngroup-by:\n    - User\ntimespan: 5m\ncondition:\n    gte: 1',
    ),
    good: GOOD,
    run(subject, add) {
      const { type, condition } = subject.value
      if (type !== 'event_count' && type !== 'value_count') return
      const own = bounds(condition)
      const first = own?.ops.every(({ op, value }) =>
        op === 'gte' ? value <= 1 : op === 'gt' ? value < 1 : false,
      )
      if (own !== undefined && own.ops.length > 0 && first === true)
        add(place(subject, 'condition'), 'the first event satisfies this')
    },
  },
  'correlation-condition-impossible': {
    on: 'correlation',
    severity: 'error',
    summary: 'bounds that no number satisfies',
    why: 'More than ten and fewer than five: this never fires.',
    bad: example(
      'type: event_count\nrules:\n    - failed_logon\ngroup-by:\n    - User\ntimespan: 5m\ncondition:\n    gt: 10\n    lt: 5',
    ),
    good: GOOD,
    run(subject, add) {
      const own = bounds(subject.value.condition)
      if (own !== undefined && !isSatisfiable(own))
        add(place(subject, 'condition'), 'no number satisfies all of these')
    },
  },
  'correlation-field-missing': {
    on: 'correlation',
    severity: 'error',
    summary: 'a correlation of values names no field',
    why: '`value_count` and the others count or sum the values of one field: `condition: {field: ..., gte: ...}`.',
    bad: example(
      'type: value_count\nrules:\n    - failed_logon\ngroup-by:\n    - User\ntimespan: 5m\ncondition:\n    gte: 10',
    ),
    good: example(
      'type: value_count\nrules:\n    - failed_logon\ngroup-by:\n    - IpAddress\ntimespan: 5m\ncondition:\n    field: User\n    gte: 10',
    ),
    run(subject, add) {
      const { type, condition } = subject.value
      if (type.startsWith('value_') && bounds(condition)?.field === undefined) {
        add(place(subject, 'condition'), `${type} needs the field whose values it looks at`)
      }
    },
  },
  'correlation-field-needless': {
    on: 'correlation',
    severity: 'warning',
    summary: 'an event count names a field',
    why: '`event_count` counts events and reads no field. Is `value_count` meant, which counts different values?',
    bad: example(
      'type: event_count\nrules:\n    - failed_logon\ngroup-by:\n    - User\ntimespan: 5m\ncondition:\n    field: IpAddress\n    gte: 10',
    ),
    good: GOOD,
    run(subject, add) {
      const { type, condition } = subject.value
      if (type === 'event_count' && bounds(condition)?.field !== undefined) {
        add(place(subject, 'condition'), 'event_count reads no field; is value_count meant?')
      }
    },
  },
  'correlation-field-in-group-by': {
    on: 'correlation',
    severity: 'error',
    summary: 'the counted field is among the groups',
    why: 'Inside one group the field has one value only, so the count is always 1.',
    bad: example(
      'type: value_count\nrules:\n    - failed_logon\ngroup-by:\n    - User\ntimespan: 5m\ncondition:\n    field: User\n    gte: 10',
    ),
    good: GOOD,
    run(subject, add) {
      const field = bounds(subject.value.condition)?.field
      const fields = field === undefined ? [] : [field].flat()
      if (
        subject.value.type === 'value_count' &&
        fields.length === 1 &&
        subject.value.groupBy.includes(fields[0]!)
      ) {
        add(
          place(subject, 'condition'),
          `each group has one ${fields[0]} only: the count is always 1`,
        )
      }
    },
  },
  'correlation-temporal-single': {
    on: 'correlation',
    severity: 'warning',
    summary: 'a temporal correlation of one rule',
    why: 'It asks that several rules fire together; with one it fires whenever that one does.',
    bad: example('type: temporal\nrules:\n    - failed_logon\ngroup-by:\n    - User\ntimespan: 5m'),
    good: GOOD,
    run(subject, add) {
      const { type, rules, condition } = subject.value
      if (type.startsWith('temporal') && rules.length === 1 && typeof condition !== 'string') {
        add(place(subject, 'rules'), `one rule makes no ${type}; is event_count meant?`)
      }
    },
  },
  'correlation-percentile-range': {
    on: 'correlation',
    severity: 'error',
    summary: 'a percentile outside of 0 to 100, or none',
    why: '`value_percentile` needs `percentile:` between 0 and 100.',
    bad: example(
      'type: value_percentile\nrules:\n    - failed_logon\ngroup-by:\n    - User\ntimespan: 5m\ncondition:\n    field: Size\n    percentile: 950\n    gte: 10',
    ),
    good: GOOD,
    run(subject, add) {
      if (subject.value.type !== 'value_percentile') return
      const own = bounds(subject.value.condition)?.percentile
      if (own !== undefined && (own < 0 || own > 100))
        add(place(subject, 'condition'), `there is no percentile ${own}`)
    },
  },
} as const satisfies Record<string, Check>
