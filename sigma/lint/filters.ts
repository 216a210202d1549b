// Sigma filters: what they leave out of which rules.
import type { Check, FilterSubject } from './check.ts'
import { placeBelow, placeOf } from './check.ts'

const RULE = 'id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f\n---\n'

/** A filter over the rule of the example. */
function example(body: string, logsource = ''): string {
  return `${RULE}title: Backup Job\nid: 0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111\nstatus:!\nlevel:!\ndetection:!\n${logsource}filter:\n${body
    .trim()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}`
}

const GOOD = example(
  'rules:\n    - 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f\nselection:\n    User: backup\ncondition: not selection',
)

function place(subject: FilterSubject, key: string) {
  const own = subject.entries.get('filter')?.value
  const entry = own?.kind === 'map' ? own.entries.get(key) : undefined
  return entry?.value ?? placeOf(subject, 'filter')
}

export const FILTER_CHECKS = {
  'filter-rule-unknown': {
    on: 'filter',
    severity: 'error',
    summary: 'a filter names a rule that is not there',
    why: 'It then silences nothing, and whoever wrote it believes that it does.',
    bad: example(
      'rules:\n    - 00000000-0000-4000-8000-000000000000\nselection:\n    User: backup\ncondition: not selection',
    ),
    good: GOOD,
    run(subject, add) {
      const { rules } = subject.value
      if (!subject.facts.complete || rules === 'any') return
      for (const name of rules) {
        if (!subject.set.byReference.has(name) && !subject.facts.elsewhere?.has(name))
          add(
            placeBelow(subject, 'filter', 'rules', name),
            `there is no rule with the id or name "${name}"`,
          )
      }
    },
  },
  'filter-rules-missing': {
    on: 'filter',
    severity: 'warning',
    summary: 'a filter that names no rules',
    why: 'It applies to nothing. `rules: any` means every rule of its log source.',
    bad: example('selection:\n    User: backup\ncondition: not selection'),
    good: GOOD,
    run(subject, add) {
      if (subject.value.rules.length === 0)
        add(placeOf(subject, 'filter'), 'name the rules, or say rules: any')
    },
  },
  'filter-applies-to-any': {
    on: 'filter',
    severity: 'info',
    summary: 'a filter for every rule',
    why: 'It hides events from rules that are still to be written. Make sure that its condition is narrow.',
    bad: example('rules: any\nselection:\n    User: backup\ncondition: not selection'),
    good: GOOD,
    run(subject, add) {
      if (subject.value.rules === 'any')
        add(
          place(subject, 'rules'),
          'applies to every rule of its log source, those to come included',
        )
    },
  },
  'filter-condition-positive': {
    on: 'filter',
    severity: 'warning',
    summary: 'the condition of a filter without `not`',
    why: "The condition is joined to the rule's with and: `selection` alone keeps only what it matches. Exclusions say `not selection`.",
    bad: example(
      'rules:\n    - 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f\nselection:\n    User: backup\ncondition: selection',
    ),
    good: GOOD,
    run(subject, add) {
      if (!/(^|[\s(])not\s/i.test(subject.value.detection.conditionText)) {
        add(
          place(subject, 'condition'),
          'keeps only what it matches; an exclusion is written with not',
        )
      }
    },
  },
  'filter-log-source-differs': {
    on: 'filter',
    severity: 'warning',
    summary: 'a filter whose log source is not that of its rule',
    why: 'A filter applies where the log sources fit; this one would not touch the rule that it names.',
    bad: example(
      'rules:\n    - 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f\nselection:\n    User: backup\ncondition: not selection',
      'logsource:\n    product: aws\n    service: cloudtrail\n',
    ),
    good: GOOD,
    run(subject, add) {
      const { rules, logsource } = subject.value
      if (rules === 'any') return
      for (const name of rules) {
        const rule = subject.set.byReference.get(name)?.[0]?.value
        if (rule?.kind !== 'rule') continue
        for (const part of ['product', 'category', 'service'] as const) {
          const [own, theirs] = [logsource[part], rule.logsource[part]]
          if (own !== undefined && own !== theirs) {
            add(
              placeOf(subject, 'logsource'),
              `${part} ${own} is not that of "${rule.title}" (${theirs ?? 'none'})`,
            )
          }
        }
      }
    },
  },
  'filter-has-level': {
    on: 'filter',
    severity: 'info',
    summary: 'a filter with a level or status',
    why: 'Filters raise nothing: neither has an effect, and the specification gives filters neither.',
    bad: `${GOOD.replace('level:!', 'level: high')}`,
    good: GOOD,
    run(subject, add) {
      for (const key of ['level', 'status'] as const) {
        if (subject.value[key] !== undefined)
          add(placeOf(subject, key), `a filter raises no alert: leave the ${key} out`)
      }
    },
  },
  'filter-contract-missing': {
    on: 'filter',
    severity: 'warning',
    summary: 'a filter that nobody owns, or without why and until when',
    why: 'A filter hides alerts. `trapline: {owner, exceptions: [{id, owner, reason, expires}]}` says who answers for it, why, and when somebody looks at it again.',
    bad: GOOD,
    good: `${GOOD}\ntrapline:\n    owner: blue-team\n    exceptions:\n        - id: backup\n          owner: blue-team\n          reason: nightly job\n          expires: 2027-01-31`,
    run(subject, add) {
      const { owner, exceptions = [] } = subject.value.trapline ?? {}
      if (exceptions.length > 0) return
      const what = owner === undefined ? 'whose it is, why, and until when' : 'why, and until when'
      add(placeOf(subject, 'filter'), `say ${what}: trapline: {exceptions: [...]}`)
    },
  },
} as const satisfies Record<string, Check>
