// Tests of rules: that there are some, and that they can say anything.
import type { Scalar, Yaml } from '../rule.ts'
import type { Check, DocumentSubject, FilterSubject, YamlSubject } from './check.ts'
import { feedsOnly, itemUses, placeOf } from './check.ts'

type Case = Extract<Yaml, { readonly kind: 'map' }>

function cases(subject: YamlSubject): Case[] {
  const value = subject.entries.get('tests')?.value
  return value?.kind === 'list' ? value.items.filter((item) => item.kind === 'map') : []
}

function scalar(one: Case, key: string): Scalar | undefined {
  const value = one.entries.get(key)?.value
  return value !== undefined && 'text' in value && value.kind !== 'null' ? value : undefined
}

/** Path of the rule file that a test file stands beside. */
export function ruledPaths(path: string): readonly string[] {
  const stem = path.replace(/\.test\.ya?ml$/, '')
  return [`${stem}.yml`, `${stem}.yaml`]
}

function documentsOf(subject: YamlSubject) {
  return ruledPaths(subject.file.path).flatMap((path) => subject.set.byPath.get(path) ?? [])
}

function casesOf(subject: DocumentSubject) {
  const path = subject.file.path.replace(/\.ya?ml$/, '.test.yml')
  const found = subject.set.tests.get(path)?.cases ?? []
  const { id, title, name } = subject.value
  return found.filter(
    ({ rule }) => rule === undefined || rule === id || rule === title || rule === name,
  )
}

/** Whether a rule has tests: beside it, or as other tools keep them. */
export function hasTests(subject: DocumentSubject): boolean {
  return casesOf(subject).length > 0 || hasOther(subject)
}

const CASE =
  'tests:\n    - name: root\n      match: true\n      events:\n          - fields:\n                User: root\n'

export const TEST_CHECKS = {
  'test-missing': {
    on: 'document',
    severity: 'info',
    summary: 'a rule without tests',
    why: 'A file `<rule>.test.yml` beside it, with one event that must match and one near miss that must not, keeps the rule from breaking without notice.',
    run(subject, add) {
      if (
        subject.facts.complete &&
        !feedsOnly(subject) &&
        subject.value.kind !== 'filter' &&
        subject.value.status !== 'stable' &&
        casesOf(subject).length === 0 &&
        !hasOther(subject)
      ) {
        add(subject.value, 'has no tests beside it')
      }
    },
  },
  'filter-test-missing': {
    on: 'filter',
    severity: 'warning',
    summary: 'a filter without a test of what it silences and of what it must not',
    why: 'A filter that is too wide hides attacks and nobody notices. In `<filter>.test.yml` beside it, `match: false` is an event that it silences and `match: true` its nearest neighbour that must still be found.',
    run(subject, add) {
      if (!subject.facts.complete || hasOther(subject)) return
      const found = filterCases(subject)
      const missing = [false, true].filter((match) => !found.some((one) => one.match === match))
      const what = missing.map((match) =>
        match
          ? 'no test that it must still find (match: true)'
          : 'no test that it silences (match: false)',
      )
      if (what.length > 0) add(subject.value, `has ${what.join(' and ')}`)
    },
  },
  'test-of-stable-missing': {
    on: 'document',
    severity: 'warning',
    summary: 'a stable rule without a test that matches and one that does not',
    why: 'Stable means proven. One event that must match and one that must not are the proof.',
    run(subject, add) {
      if (!subject.facts.complete || subject.value.status !== 'stable') return
      const found = casesOf(subject)
      const missing = [true, false].filter((match) => !found.some((one) => one.match === match))
      // What those hold is read where tests run, and counted there.
      if (missing.length === 0 || hasOther(subject)) return
      const what = missing
        .map((match) => (match ? 'must match' : 'must not match'))
        .join(' and none that ')
      add(placeOf(subject, 'status'), `is stable, but has no test that ${what}`)
    },
  },
  'test-file-orphan': {
    on: 'tests',
    severity: 'warning',
    summary: 'a test file without its rule',
    why: 'The rule was renamed or removed; these tests run for nobody.',
    path: 'nobody_knows_this.test.yml',
    bad: CASE,
    run(subject, add) {
      if (subject.facts.complete && documentsOf(subject).length === 0) {
        add(subject.root, `there is no ${ruledPaths(subject.file.path)[0]} beside it`)
      }
    },
  },
  'test-name-duplicate': {
    on: 'tests',
    severity: 'warning',
    summary: 'two tests of one name',
    why: 'Reports go by name.',
    bad: CASE + CASE.replace('tests:\n', ''),
    run(subject, add) {
      const seen = new Set<string>()
      for (const one of cases(subject)) {
        const name = scalar(one, 'name')
        if (name !== undefined && seen.has(name.text)) add(name, `"${name.text}" is taken`)
        if (name !== undefined) seen.add(name.text)
      }
    },
  },
  'test-rule-unknown': {
    on: 'tests',
    severity: 'error',
    summary: 'a test for a rule that the file does not hold',
    why: 'It goes by id or title, and cannot run.',
    bad: `${CASE}      rule: Another Title`,
    good: CASE,
    run(subject, add) {
      const documents = documentsOf(subject)
      for (const one of cases(subject)) {
        const rule = scalar(one, 'rule')
        if (rule === undefined || documents.length === 0) continue
        const isThere = documents.some(
          ({ value }) =>
            [value.id, value.title, value.name].includes(rule.text) ||
            (value.kind === 'filter' && (value.rules === 'any' || value.rules.includes(rule.text))),
        )
        if (!isThere) add(rule, `${ruledPaths(subject.file.path)[0]} holds no rule "${rule.text}"`)
      }
    },
  },
  'test-positive-only': {
    on: 'tests',
    severity: 'info',
    summary: 'no test that must not match',
    why: 'A rule that matches everything passes these tests. Add the nearest harmless event.',
    bad: CASE,
    good: `${CASE}    - name: other\n      match: false\n      events:\n          - fields:\n                User: toor`,
    run(subject, add) {
      const found = cases(subject).map((one) => scalar(one, 'match')?.text)
      if (found.includes('true') && !found.includes('false'))
        add(subject.root, 'add an event that must not match')
    },
  },
  'test-negative-only': {
    on: 'tests',
    severity: 'warning',
    summary: 'no test that must match',
    why: 'A rule that never matches passes these tests.',
    bad: CASE.replace('match: true', 'match: false'),
    good: CASE,
    run(subject, add) {
      const found = cases(subject).map((one) => scalar(one, 'match')?.text)
      if (found.includes('false') && !found.includes('true'))
        add(subject.root, 'add an event that must match')
    },
  },
  'test-event-far-off': {
    on: 'tests',
    severity: 'info',
    summary: 'an event that must not match and has no field of the rule',
    why: 'It proves nothing: take the event that must match and change the one thing that makes it harmless.',
    bad: `${CASE}    - name: other\n      match: false\n      events:\n          - fields:\n                Unrelated: value`,
    good: `${CASE}    - name: other\n      match: false\n      events:\n          - fields:\n                User: toor`,
    run(subject, add) {
      const fields = new Set(
        documentsOf(subject).flatMap(({ value }) =>
          value.kind === 'rule'
            ? [...value.detection.selections].flatMap(([name, node]) =>
                itemUses(name, node).map(({ item }) => item.field),
              )
            : [undefined],
        ),
      )
      if (fields.size === 0 || fields.has(undefined)) return
      for (const one of cases(subject)) {
        const events = one.entries.get('events')?.value
        if (scalar(one, 'match')?.text !== 'false' || events?.kind !== 'list') continue
        for (const event of events.items) {
          const own = event.kind === 'map' ? event.entries.get('fields')?.value : undefined
          if (own?.kind !== 'map') continue
          const names = [...own.entries.keys()]
          if (
            !names.some((name) =>
              [...fields].some((field) => field === name || field?.startsWith(`${name}.`)),
            )
          ) {
            add(event, `has none of ${[...fields].slice(0, 5).join(', ')}`)
          }
        }
      }
    },
  },
} as const satisfies Record<string, Check>

/** Tests beside a filter: those of one file are of a rule that it silences, or of the filter itself. */
function filterCases(subject: FilterSubject) {
  const path = subject.file.path.replace(/\.ya?ml$/, '.test.yml')
  const { id, title, name, rules } = subject.value
  const isMeant = (rule: string) =>
    [id, title, name].includes(rule) || rules === 'any' || rules.includes(rule)
  return (subject.set.tests.get(path)?.cases ?? []).filter(
    ({ rule }) => rule === undefined || isMeant(rule),
  )
}

const OTHERS = ['regression_tests_path', 'exemplars', 'rsigma.exemplars', 'tests', 'Tests'] as const

/** Whether the rule names tests of another kind: SigmaHQ's, exemplars in the rule, Panther's. */
function hasOther(subject: DocumentSubject): boolean {
  return OTHERS.some((key) => subject.entries.has(key))
}
