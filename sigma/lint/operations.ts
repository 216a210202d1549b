// What stands under `trapline:`: rollout, schedule, alert templates, exceptions.
import type { Check, DocumentSubject } from './check.ts'
import { itemUses, placeOf } from './check.ts'
import { isDay } from './dates.ts'

const EXCEPTION_DAYS_MAX = 366
const DAY_MS = 86_400_000
const PIVOTS =
  'host user src_ip src_port dst_ip dst_port process hash domain url action outcome severity source message'.split(
    ' ',
  )
/** Names a template may hold beside fields. */
const OWN_NAMES = ['title', 'rule', 'level', 'count', 'time', 'id']

function exceptions(subject: DocumentSubject) {
  return subject.value.trapline?.exceptions ?? []
}

/** Fields that the rule reads. */
function fieldsRead(subject: DocumentSubject): Set<string> {
  const { value } = subject
  if (value.kind === 'correlation') return new Set(value.groupBy)
  return new Set(
    [...value.detection.selections].flatMap(([name, node]) =>
      itemUses(name, node).flatMap(({ item }) => (item.field === undefined ? [] : [item.field])),
    ),
  )
}

const EXCEPTION = (expires: string) =>
  `trapline:\n    exceptions:\n        - id: backup\n          owner: blue-team\n          reason: nightly job\n          expires: ${expires}`

export const OPERATION_CHECKS = {
  'exception-expired': {
    on: 'document',
    severity: 'warning',
    summary: 'an exception that has run out',
    why: 'Nobody wanted it for longer, and it still acts: a filter hides what it hides until it is gone. Remove it, or look at it again and give it a new date.',
    bad: EXCEPTION('2020-01-31'),
    good: EXCEPTION('2027-01-31'),
    run(subject, add) {
      for (const { id, expires } of exceptions(subject)) {
        if (isDay(expires) && expires < subject.facts.today)
          add(placeOf(subject, 'trapline'), `${id} ran out on ${expires}`)
      }
    },
  },
  'exception-date-invalid': {
    on: 'document',
    severity: 'error',
    summary: 'an exception whose end is no date',
    why: 'Exceptions end on a day, `YYYY-MM-DD`, so that none is for ever.',
    bad: EXCEPTION('never'),
    good: EXCEPTION('2027-01-31'),
    run(subject, add) {
      for (const { id, expires } of exceptions(subject)) {
        if (!isDay(expires))
          add(placeOf(subject, 'trapline'), `${id}: "${expires}" is no day like 2027-01-31`)
      }
    },
  },
  'exception-too-long': {
    on: 'document',
    severity: 'info',
    summary: 'an exception for more than a year',
    why: 'Nobody will remember why. Look at it once a year.',
    bad: EXCEPTION('2099-01-31'),
    good: EXCEPTION('2027-01-31'),
    run(subject, add) {
      for (const { id, expires } of exceptions(subject)) {
        const days = (Date.parse(expires) - Date.parse(subject.facts.today)) / DAY_MS
        if (days > EXCEPTION_DAYS_MAX)
          add(placeOf(subject, 'trapline'), `${id} lasts until ${expires}`)
      }
    },
  },
  'exception-duplicate': {
    on: 'document',
    severity: 'warning',
    summary: 'two exceptions of one id',
    why: 'Logs and pages name exceptions by id.',
    bad: `${EXCEPTION('2027-01-31')}\n        - id: backup\n          owner: a\n          reason: b\n          expires: 2027-01-31`,
    good: EXCEPTION('2027-01-31'),
    run(subject, add) {
      const ids = exceptions(subject).map(({ id }) => id)
      const twice = ids.find((id, n) => ids.indexOf(id) < n)
      if (twice !== undefined) add(placeOf(subject, 'trapline'), `the id ${twice} is taken`)
    },
  },
  'rollout-live-experimental': {
    on: 'document',
    severity: 'info',
    summary: 'an experimental rule goes live at once',
    why: 'Begin in `shadow`: the rule runs on everything and pages nobody, and its numbers decide.',
    bad: 'status: experimental\ntrapline:\n    rollout:\n        stage: live',
    good: 'status: experimental\ntrapline:\n    rollout:\n        stage: shadow\n        min_days: 7',
    run(subject, add) {
      if (
        subject.value.status === 'experimental' &&
        subject.value.trapline?.rollout?.stage === 'live'
      ) {
        add(placeOf(subject, 'trapline'), 'nobody has tried this rule: begin with stage: shadow')
      }
    },
  },
  'rollout-without-criteria': {
    on: 'document',
    severity: 'info',
    summary: 'a shadow or canary stage without criteria',
    why: 'What has to be seen before the next stage (`min_days`, `max_alerts_per_day`, `min_precision`)? Without it the rule stays where it is.',
    bad: 'trapline:\n    rollout:\n        stage: shadow',
    good: 'trapline:\n    rollout:\n        stage: shadow\n        min_days: 7',
    run(subject, add) {
      const rollout = subject.value.trapline?.rollout
      if (rollout === undefined || rollout.stage === 'live') return
      if (
        rollout.min_days === undefined &&
        rollout.max_alerts_per_day === undefined &&
        rollout.min_precision === undefined
      ) {
        add(
          placeOf(subject, 'trapline'),
          `say what ends ${rollout.stage}: min_days, max_alerts_per_day or min_precision`,
        )
      }
    },
  },
  'rollout-canary-share': {
    on: 'document',
    severity: 'warning',
    summary: 'a canary of no hosts or of all',
    why: 'A share of 0 runs nowhere, one of 1 is live. The share says on what part of the hosts it runs.',
    bad: 'trapline:\n    rollout:\n        stage: canary\n        share: 0\n        min_days: 7',
    good: 'trapline:\n    rollout:\n        stage: canary\n        share: 0.1\n        min_days: 7',
    run(subject, add) {
      const rollout = subject.value.trapline?.rollout
      if (
        rollout?.stage === 'canary' &&
        (rollout.share === undefined || rollout.share === 0 || rollout.share === 1)
      ) {
        add(placeOf(subject, 'trapline'), 'give a share above 0 and below 1')
      }
    },
  },
  'dedup-field-unread': {
    on: 'document',
    severity: 'info',
    summary: 'alerts are grouped by a field that the rule does not read',
    why: 'Where the field is absent it counts as empty, and alerts of different things become one.',
    bad: 'trapline:\n    dedup:\n        - Usr',
    good: 'trapline:\n    dedup:\n        - host\n        - user',
    run(subject, add) {
      const read = fieldsRead(subject)
      for (const name of subject.value.trapline?.dedup ?? []) {
        if (!PIVOTS.includes(name) && !read.has(name))
          add(placeOf(subject, 'trapline'), `dedup: the rule does not read ${name}`)
      }
    },
  },
  'template-field-unknown': {
    on: 'document',
    severity: 'info',
    summary: 'an alert template with a field that the rule does not read',
    why: 'It will mostly be empty. Names are pivots (`{host}`, `{user}`) and fields of the rule.',
    bad: "trapline:\n    title: 'Shell on {hots}'",
    good: "trapline:\n    title: 'Shell on {host}'",
    run(subject, add) {
      const settings = subject.value.trapline
      const read = fieldsRead(subject)
      for (const text of [settings?.title, settings?.description]) {
        for (const [, name = ''] of text?.matchAll(/\{([\w.]+)\}/g) ?? []) {
          if (!PIVOTS.includes(name) && !OWN_NAMES.includes(name) && !read.has(name)) {
            add(placeOf(subject, 'trapline'), `{${name}} is no pivot and no field of the rule`)
          }
        }
      }
    },
  },
} as const satisfies Record<string, Check>
