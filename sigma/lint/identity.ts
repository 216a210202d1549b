// Ids, names, authors, status, level: what a rule is known by.
import { nearest } from '../parse/suggest.ts'
import type { Check } from './check.ts'
import { placeOf } from './check.ts'
import { replaceKey, replaceScalar } from './source.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i
const KEYS =
  'title id name status level description author date modified license taxonomy references tags fields falsepositives scope related trapline logsource detection correlation filter action'.split(
    ' ',
  )
/** Keys that SigmaHQ and other tools add on their own, with a meaning. */
const KNOWN_OTHERS = new Set([
  ...['regression_tests_path', 'simulation', 'exemplars', 'raw', 'tests'],
  ...['rsigma.exemplars', 'Tests'],
])
const ORDER =
  'title id name related status description references author date modified tags taxonomy scope logsource detection filter correlation fields falsepositives level'.split(
    ' ',
  )
const SPDX = /^(LicenseRef-[\w.-]+|[A-Za-z0-9.+-]+( (WITH|AND|OR) [A-Za-z0-9.+-]+)*|DRL[ -]1\.1)$/

export const IDENTITY_CHECKS = {
  'id-invalid': {
    on: 'document',
    severity: 'error',
    summary: 'the id is no UUID',
    why: 'Ids are UUIDs so that they stay unique over all rule sets of the world. `uuidgen` makes one.',
    bad: 'id: web-shell-1',
    good: 'id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f',
    run({ value, ...subject }, add) {
      if (value.id !== undefined && !UUID.test(value.id)) {
        add(placeOf({ value, ...subject }, 'id'), `"${value.id}" is no UUID; uuidgen makes one`)
      }
    },
  },
  'id-not-random': {
    on: 'document',
    severity: 'info',
    summary: 'the id is no random (version 4) UUID',
    why: 'Hand-made ids collide sooner or later. Ids that are in use should stay as they are, though.',
    bad: 'id: 11111111-2222-3333-4444-555555555555',
    good: 'id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f',
    run(subject, add) {
      const { id } = subject.value
      if (id !== undefined && UUID.test(id) && !UUID_V4.test(id)) {
        add(
          placeOf(subject, 'id'),
          'this is no version 4 UUID; new rules should have one from uuidgen',
        )
      }
    },
  },
  'id-upper-case': {
    on: 'document',
    severity: 'info',
    fixable: true,
    summary: 'the id has capital letters',
    why: 'Ids are compared as text by most tools, and UUIDs are written small.',
    bad: 'id: 6F1D2C5E-8A3B-4C7D-9E10-0A1B2C3D4E5F',
    good: 'id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f',
    run(subject, add) {
      const value = subject.entries.get('id')?.value
      if (value === undefined || !('text' in value) || !UUID.test(value.text)) return
      const small = value.text.toLowerCase()
      if (small === value.text) return
      const fix = replaceScalar(subject.file.text, value, small, 'write the id small', false)
      add(value, 'write the id in small letters', fix)
    },
  },
  'name-duplicate': {
    on: 'document',
    severity: 'error',
    summary: 'another rule has the same name',
    why: 'Correlations and filters refer to rules by name. One that stands for two rules is ambiguous.',
    bad: 'name: failed_logon\n---\nname: failed_logon',
    good: 'name: failed_logon\n---\nname: successful_logon',
    run(subject, add) {
      const { name } = subject.value
      const named = name === undefined ? [] : (subject.set.byReference.get(name) ?? [])
      const other = named.find(
        ({ value, file }) =>
          value.name === name &&
          (file !== subject.file || value.line !== subject.value.line) &&
          (file.path < subject.file.path || value.line < subject.value.line),
      )
      if (other !== undefined) {
        add(
          placeOf(subject, 'name'),
          `${other.file.path}:${other.value.line} has this name as well`,
        )
      }
    },
  },
  'name-has-blanks': {
    on: 'document',
    severity: 'warning',
    summary: 'the name is no identifier',
    why: 'A name is what correlations call the rule by: letters, digits, `_` and `-`. The title is for people.',
    bad: 'name: Failed Logon!',
    good: 'name: failed_logon',
    run(subject, add) {
      const { name } = subject.value
      if (name !== undefined && !/^[\w.-]+$/.test(name)) {
        add(placeOf(subject, 'name'), `"${name}": use letters, digits, _ and - only`)
      }
    },
  },
  'author-missing': {
    on: 'document',
    severity: 'info',
    summary: 'nobody is named as author',
    why: 'Someone will have a question about this rule.',
    bad: 'author:',
    good: 'author: Blue Team',
    run(subject, add) {
      if ((subject.value.author ?? '').trim() === '')
        add(placeOf(subject, 'author'), 'name an author')
    },
  },
  'status-missing': {
    on: 'document',
    severity: 'info',
    summary: 'there is no status',
    why: 'The status says how far a rule can be trusted: experimental, test, stable, deprecated, unsupported.',
    bad: 'status:',
    good: 'status: test',
    run(subject, add) {
      const value = subject.entries.get('status')?.value
      if (subject.value.kind === 'filter') return
      if (value === undefined || value.kind === 'null') {
        add(placeOf(subject, 'status'), 'give a status: experimental, test or stable')
      }
    },
  },
  'status-deprecated-without-successor': {
    on: 'document',
    severity: 'info',
    summary: 'a deprecated rule names no successor',
    why: 'Who still uses it should know where to go: another rule lists it under `related` as obsolete, or it lists its successor.',
    bad: 'status: deprecated',
    good: 'status: deprecated\nrelated:\n    - id: 0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111\n      type: similar',
    run(subject, add) {
      const { status, related } = subject.value
      if (status === 'deprecated' && related.length === 0) {
        add(placeOf(subject, 'status'), 'say under related which rule takes its place')
      }
    },
  },
  'level-missing': {
    on: 'document',
    severity: 'warning',
    summary: 'there is no level',
    why: 'Without one the alert counts as medium, which is a guess.',
    bad: 'level:',
    good: 'level: high',
    run(subject, add) {
      if (
        subject.value.kind !== 'filter' &&
        subject.value.level === undefined &&
        !(
          'text' in (subject.entries.get('level')?.value ?? {}) &&
          subject.entries.get('level')?.value.kind !== 'null'
        )
      ) {
        add(placeOf(subject, 'level'), 'give a level: informational, low, medium, high or critical')
      }
    },
  },
  'level-critical-experimental': {
    on: 'document',
    severity: 'info',
    summary: 'an experimental rule has level critical',
    why: 'Critical alerts wake people. A rule nobody has tried should not.',
    bad: 'status: experimental\nlevel: critical',
    good: 'status: experimental\nlevel: high',
    run(subject, add) {
      if (subject.value.status === 'experimental' && subject.value.level === 'critical') {
        add(
          placeOf(subject, 'level'),
          'nobody has tried this rule yet: begin lower, or in rollout: shadow',
        )
      }
    },
  },
  'license-unknown': {
    on: 'document',
    severity: 'info',
    summary: 'the licence is no SPDX id',
    why: 'Sigma 2.1 takes an SPDX id or expression here: `MIT`, `Apache-2.0`, `LicenseRef-Mine`.',
    bad: 'license: you may use it freely, but tell us',
    good: 'license: MIT',
    run(subject, add) {
      const { license } = subject.value
      if (license !== undefined && !SPDX.test(license)) {
        add(placeOf(subject, 'license'), `"${license}" is no SPDX id such as MIT or Apache-2.0`)
      }
    },
  },
  'taxonomy-unknown': {
    on: 'document',
    severity: 'info',
    summary: 'the taxonomy is not sigma',
    why: "Fields are read as they stand. With another taxonomy's names the rule needs a pipeline that maps them.",
    bad: 'taxonomy: ecs',
    good: 'taxonomy: sigma',
    run(subject, add) {
      const { taxonomy } = subject.value
      if (taxonomy !== undefined && taxonomy !== 'sigma') {
        add(placeOf(subject, 'taxonomy'), `fields of "${taxonomy}" need a pipeline that maps them`)
      }
    },
  },
  'key-misspelt': {
    on: 'document',
    severity: 'warning',
    fixable: true,
    summary: 'a top-level key looks like a misspelt one',
    why: 'Unknown keys are kept but mean nothing: a misspelt `falsepositives` is simply not there.',
    bad: 'modifed: 2026-02-01',
    good: 'modified: 2026-02-01',
    run(subject, add) {
      for (const [key, entry] of subject.entries) {
        if (KEYS.includes(key) || KNOWN_OTHERS.has(key)) continue
        const near = nearest(key, KEYS)
        if (near === undefined) continue
        const free = !subject.entries.has(near)
        const fix = free
          ? replaceKey(subject.file.text, entry.key, key, near, `rename to ${near}`, false)
          : undefined
        add(entry.key, `${key}: unknown key, did you mean ${near}?`, fix)
      }
    },
  },
  'key-unknown': {
    on: 'document',
    severity: 'info',
    summary: 'a top-level key that Sigma does not define',
    why: 'It is kept as it is and does nothing. Operational settings of Trapline stand under `trapline:`.',
    bad: 'ticket_queue: soc',
    good: 'trapline:\n    owner: soc',
    run(subject, add) {
      for (const [key, entry] of subject.entries) {
        if (KEYS.includes(key) || KNOWN_OTHERS.has(key) || nearest(key, KEYS) !== undefined)
          continue
        add(entry.key, `${key}: Sigma does not define this key; it has no effect`)
      }
    },
  },
  'key-empty': {
    on: 'document',
    severity: 'info',
    summary: 'a key without a value',
    why: 'An empty key looks like an answer that somebody forgot to give. Fill it in or remove it.',
    bad: 'fields:',
    good: 'fields:\n    - CommandLine',
    run(subject, add) {
      for (const [key, { key: at, value }] of subject.entries) {
        if (['description', 'author', 'status', 'level', 'logsource', 'detection'].includes(key))
          continue
        const empty =
          value.kind === 'null' ||
          (value.kind === 'string' && value.text.trim() === '') ||
          (value.kind === 'list' && value.items.length === 0) ||
          (value.kind === 'map' && value.entries.size === 0)
        if (empty) add(at, `${key}: has no value; fill it in or remove it`)
      }
    },
  },
  'key-order': {
    on: 'document',
    severity: 'info',
    summary: 'keys stand in an unusual order',
    why: 'SigmaHQ orders keys: title, id, related, status, description, references, author, date, modified, tags, logsource, detection, falsepositives, level. One order makes diffs small.',
    bad: 'logsource:\n    category: process_creation\n    product: windows\ntitle: Log Source Before Title',
    good: 'title: Title Before Log Source\nlogsource:\n    category: process_creation\n    product: windows',
    run(subject, add) {
      let last = -1
      for (const [key, entry] of subject.entries) {
        const rank = ORDER.indexOf(key)
        if (rank < 0) continue
        if (rank < last) {
          add(entry.key, `${key} usually stands before ${ORDER[last]}`)
          return
        }
        last = rank
      }
    },
  },
} as const satisfies Record<string, Check>
