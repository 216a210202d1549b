// Correlations: what they refer to, and conditions that say nothing.
import type { CorrelationCondition, SigmaCorrelation } from '../rule.ts'
import type { Check, SetDocument } from './check.ts'
import { placeBelow, placeOf } from './check.ts'
import { type CorrelationSubject, example, GOOD, place } from './correlation-subject.ts'

function ruleNamed(subject: CorrelationSubject, name: string): SetDocument | undefined {
  return subject.set.byReference.get(name)?.[0]
}

function bounds(condition: SigmaCorrelation['condition']): CorrelationCondition | undefined {
  return typeof condition === 'object' ? condition : undefined
}

function cycleFrom(subject: CorrelationSubject): readonly string[] | undefined {
  const walk = (
    value: SigmaCorrelation,
    path: readonly string[],
  ): readonly string[] | undefined => {
    for (const name of value.rules) {
      const next = ruleNamed(subject, name)?.value
      if (next?.kind !== 'correlation') continue
      if (next.id === subject.value.id && next.line === subject.value.line)
        return [...path, next.title]
      if (path.length > 20 || path.includes(next.title)) continue
      const found = walk(next, [...path, next.title])
      if (found !== undefined) return found
    }
    return undefined
  }
  return walk(subject.value, [])
}

export const CORRELATION_CHECKS = {
  'correlation-rule-unknown': {
    on: 'correlation',
    severity: 'error',
    summary: 'a correlation reads a rule that is not there',
    why: 'It goes by id or `name`. With a rule missing it can never be satisfied.',
    bad: example(
      'type: event_count\nrules:\n    - failed_login\ngroup-by:\n    - User\ntimespan: 5m\ncondition:\n    gte: 10',
    ),
    good: GOOD,
    run(subject, add) {
      if (!subject.facts.complete) return
      for (const name of subject.value.rules) {
        if (ruleNamed(subject, name) === undefined)
          add(
            placeBelow(subject, 'correlation', 'rules', name),
            `there is no rule with the id or name "${name}"`,
          )
      }
    },
  },
  'correlation-rule-repeated': {
    on: 'correlation',
    severity: 'error',
    summary: 'a rule stands in the list twice',
    why: 'Once is enough; in a temporal correlation the second was mostly meant to be another rule.',
    bad: example(
      'type: temporal\nrules:\n    - failed_logon\n    - failed_logon\ngroup-by:\n    - User\ntimespan: 5m',
    ),
    good: GOOD,
    run(subject, add) {
      const twice = subject.value.rules.find((name, n) => subject.value.rules.indexOf(name) < n)
      if (twice !== undefined) add(place(subject, 'rules'), `${twice} stands there already`)
    },
  },
  'correlation-cycle': {
    on: 'correlation',
    severity: 'error',
    summary: 'correlations that read each other',
    why: 'Each waits for the other: none ever fires.',
    bad: 'title: One\nname: one\nlogsource:!\ndetection:!\ncorrelation:\n    type: event_count\n    rules:\n        - two\n    timespan: 5m\n    condition:\n        gte: 2\n---\ntitle: Two\nname: two\nlogsource:!\ndetection:!\ncorrelation:\n    type: event_count\n    rules:\n        - one\n    timespan: 5m\n    condition:\n        gte: 2',
    good: GOOD,
    run(subject, add) {
      const cycle = cycleFrom(subject)
      if (cycle !== undefined)
        add(place(subject, 'rules'), `reads itself by way of ${cycle.join(', ')}`)
    },
  },
  'correlation-group-by-missing': {
    on: 'correlation',
    severity: 'info',
    summary: 'a correlation without group-by',
    why: 'Events of all hosts and users are counted together: ten users with one wrong password each look like one with ten.',
    bad: example(
      'type: event_count\nrules:\n    - failed_logon\ntimespan: 5m\ncondition:\n    gte: 10',
    ),
    good: GOOD,
    run(subject, add) {
      if (subject.value.groupBy.length === 0)
        add(
          placeOf(subject, 'correlation'),
          'group by what the events have in common: host, user, source address',
        )
    },
  },
  'correlation-group-by-duplicate': {
    on: 'correlation',
    severity: 'warning',
    summary: 'a field stands in group-by twice',
    why: 'Once is enough.',
    bad: example(
      'type: event_count\nrules:\n    - failed_logon\ngroup-by:\n    - User\n    - User\ntimespan: 5m\ncondition:\n    gte: 10',
    ),
    good: GOOD,
    run(subject, add) {
      const { groupBy } = subject.value
      const twice = groupBy.find((name, n) => groupBy.indexOf(name) < n)
      if (twice !== undefined) add(place(subject, 'group-by'), `${twice} stands there already`)
    },
  },
  'correlation-alias-unused': {
    on: 'correlation',
    severity: 'info',
    summary: 'an alias that neither group-by nor the condition uses',
    why: 'It does nothing. Is its name missing in group-by?',
    bad: example(
      'type: event_count\nrules:\n    - failed_logon\ngroup-by:\n    - User\ntimespan: 5m\naliases:\n    account:\n        failed_logon: TargetUserName\ncondition:\n    gte: 10',
    ),
    good: example(
      'type: event_count\nrules:\n    - failed_logon\ngroup-by:\n    - account\ntimespan: 5m\naliases:\n    account:\n        failed_logon: TargetUserName\ncondition:\n    gte: 10',
    ),
    run(subject, add) {
      const { aliases, groupBy, condition } = subject.value
      const field = bounds(condition)?.field
      const used = [...groupBy, ...(field === undefined ? [] : [field].flat())]
      for (const alias of aliases.keys()) {
        if (!used.includes(alias)) add(place(subject, 'aliases'), `nothing uses the alias ${alias}`)
      }
    },
  },
  'correlation-alias-unknown-rule': {
    on: 'correlation',
    severity: 'error',
    summary: 'an alias for a rule that the correlation does not read',
    why: 'The alias gives each rule its field; one for another rule is a misspelling.',
    bad: example(
      'type: event_count\nrules:\n    - failed_logon\ngroup-by:\n    - account\ntimespan: 5m\naliases:\n    account:\n        failed_login: TargetUserName\ncondition:\n    gte: 10',
    ),
    good: GOOD,
    run(subject, add) {
      for (const [alias, fields] of subject.value.aliases) {
        for (const rule of fields.keys()) {
          if (!subject.value.rules.includes(rule) && subject.value.rules.length > 0) {
            add(place(subject, 'aliases'), `${alias}: the correlation does not read ${rule}`)
          }
        }
      }
    },
  },
  'correlation-alias-incomplete': {
    on: 'correlation',
    severity: 'warning',
    summary: 'an alias that leaves out a rule',
    why: "Events of that rule are looked up under the alias's own name, which they hardly have, and never join a group.",
    bad: `title: Success\nname: success\n---\n${example('type: temporal\nrules:\n    - failed_logon\n    - success\ngroup-by:\n    - account\ntimespan: 5m\naliases:\n    account:\n        failed_logon: TargetUserName')}`,
    good: GOOD,
    run(subject, add) {
      for (const [alias, fields] of subject.value.aliases) {
        const missing = subject.value.rules.find((rule) => !fields.has(rule))
        if (missing !== undefined && fields.size > 0)
          add(place(subject, 'aliases'), `${alias}: says nothing for ${missing}`)
      }
    },
  },
} as const satisfies Record<string, Check>
