// Hunts: saved searches with a hypothesis.
import type { Scalar } from '../rule.ts'
import type { Check, YamlSubject } from './check.ts'
import { placeOf } from './check.ts'

function text(subject: YamlSubject, key: string): string {
  const value = subject.entries.get(key)?.value
  return value !== undefined && 'text' in value && value.kind !== 'null' ? value.text.trim() : ''
}

/** A text of the filters map. */
function filter(subject: YamlSubject, key: string): Scalar | undefined {
  const filters = subject.entries.get('filters')?.value
  const value = filters?.kind === 'map' ? filters.entries.get(key)?.value : undefined
  return value?.kind === 'string' ? value : undefined
}

/** A time as the search bar takes it. */
const TIME =
  /^(?:now(?:-?\d{1,6}[smhdw])?|-?\d{1,6}[smhdw]|\d{9,10}(?:\.\d+)?|\d{12,14}|\d{4}-\d{2}-\d{2}.*)$/
const SPAN = /^\d{1,6}[smhdw]$/
/** A hunt runs at most once a minute. */
const SCHEDULE_MIN_S = 60

const GOOD =
  'title: Shells Of Web Servers\nid: 0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111\nhypothesis: Web shells start shells.\nquery: process=*/sh user=www-data\nowner: blue-team\nsharing: team'

export const HUNT_CHECKS = {
  'hunt-query-missing': {
    on: 'hunt',
    severity: 'error',
    summary: 'a hunt without a query',
    why: 'There is nothing to run.',
    bad: GOOD.replace(/query: .*/, 'query:'),
    good: GOOD,
    run(subject, add) {
      if (text(subject, 'query') === '') add(placeOf(subject, 'query'), 'say what to search for')
    },
  },
  'hunt-query-invalid': {
    on: 'hunt',
    severity: 'error',
    summary: 'a query that cannot be read',
    why: 'It is refused when it runs, so it is refused here.',
    run(subject, add) {
      const query = text(subject, 'query')
      const problem = query === '' ? undefined : subject.facts.queryProblem?.(query)
      if (problem !== undefined) add(placeOf(subject, 'query'), problem)
    },
  },
  'hunt-range-invalid': {
    on: 'hunt',
    severity: 'error',
    summary: 'a range that cannot be read',
    why: 'The hunt is refused when it runs, so it is refused here.',
    bad: `${GOOD}\nfilters:\n    range: yesterday`,
    good: `${GOOD}\nfilters:\n    range: now-7d..now-1d`,
    run(subject, add) {
      const range = filter(subject, 'range')
      if (range === undefined || SPAN.test(range.text)) return
      const ends = range.text.split('..')
      if (ends.length !== 2 || !ends.every((end) => TIME.test(end)))
        add(range, `"${range.text}": write 24h, 7d, or two times with .. between`)
    },
  },
  'hunt-schedule-too-often': {
    on: 'hunt',
    severity: 'warning',
    summary: 'a schedule of less than a minute',
    why: 'Hunts search what is stored. It runs once a minute all the same.',
    bad: `${GOOD}\nschedule: 5s`,
    good: `${GOOD}\nschedule: 15m`,
    run(subject, add) {
      const seconds = /^(\d{1,6})s$/.exec(text(subject, 'schedule'))?.[1]
      if (seconds !== undefined && Number(seconds) < SCHEDULE_MIN_S)
        add(placeOf(subject, 'schedule'), 'this runs every minute, not more often')
    },
  },
  'hunt-roles-missing': {
    on: 'hunt',
    severity: 'warning',
    summary: 'a hunt shared with roles that names none',
    why: 'Only those who may change detections see it.',
    bad: GOOD.replace('sharing: team', 'sharing: roles'),
    good: `${GOOD.replace('sharing: team', 'sharing: roles')}\nshared_with_roles:\n    - analyst`,
    run(subject, add) {
      const roles = subject.entries.get('shared_with_roles')?.value
      const named = roles?.kind === 'list' && roles.items.length > 0
      if (text(subject, 'sharing') === 'roles' && !named)
        add(placeOf(subject, 'sharing'), 'name them under shared_with_roles')
    },
  },
  'hunt-title-missing': {
    on: 'hunt',
    severity: 'error',
    summary: 'a hunt without a title',
    why: 'Lists show hunts by title.',
    bad: GOOD.replace(/title: .*/, 'title:'),
    good: GOOD,
    run(subject, add) {
      if (text(subject, 'title') === '') add(placeOf(subject, 'title'), 'give it a title')
    },
  },
  'hunt-id-invalid': {
    on: 'hunt',
    severity: 'error',
    summary: 'a hunt without a UUID',
    why: 'Runs, sharing and lineage go by id, so that a new file name loses nothing.',
    bad: GOOD.replace(/id: .*/, 'id: shells'),
    good: GOOD,
    run(subject, add) {
      const id = text(subject, 'id')
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
        add(placeOf(subject, 'id'), id === '' ? 'give it an id from uuidgen' : `"${id}" is no UUID`)
      }
    },
  },
  'hunt-hypothesis-missing': {
    on: 'hunt',
    severity: 'info',
    summary: 'a hunt without a hypothesis',
    why: 'What is expected, and what would show it to be wrong: without that nobody can say whether the hunt found anything.',
    bad: GOOD.replace(/hypothesis: .*\n/, ''),
    good: GOOD,
    run(subject, add) {
      if (text(subject, 'hypothesis') === '')
        add(placeOf(subject, 'hypothesis'), 'say what is expected to be seen, and why')
    },
  },
  'hunt-owner-missing': {
    on: 'hunt',
    severity: 'info',
    summary: 'a hunt without an owner',
    why: 'Someone has to read what it finds.',
    bad: GOOD.replace(/owner: .*\n/, ''),
    good: GOOD,
    run(subject, add) {
      if (text(subject, 'owner') === '')
        add(placeOf(subject, 'owner'), 'name who reads what it finds')
    },
  },
  'hunt-private-in-git': {
    on: 'hunt',
    severity: 'warning',
    summary: 'a private hunt in Git',
    why: 'What lies in Git everybody can read. Private hunts are kept on the server.',
    bad: GOOD.replace('sharing: team', 'sharing: private'),
    good: GOOD,
    run(subject, add) {
      if (text(subject, 'sharing') === 'private')
        add(placeOf(subject, 'sharing'), 'this is shared by being here: say team or roles')
    },
  },
} as const satisfies Record<string, Check>
