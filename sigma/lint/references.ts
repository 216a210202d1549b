// References, false positives, related rules and the list of fields.
import { editDistance } from '../parse/suggest.ts'
import type { Check, DocumentSubject } from './check.ts'
import { feedsOnly, placeOf, scalarsOf } from './check.ts'
import { removeListLine } from './source.ts'

const RELATED_TYPES = ['derived', 'obsolete', 'obsoletes', 'merged', 'renamed', 'similar']
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** What says nothing about when a rule fires wrongly. */
const EMPTY_ANSWERS = new Set([
  'none',
  'n/a',
  'na',
  'no',
  'nothing',
  'pentest',
  'penetration test',
  '-',
])
/** A test of the defences is what a rule is for. */
const NOT_FALSE = /\b(none|pen-?tests?|penetration)\b/i
const USUAL_WORDS = [
  'unknown',
  'unlikely',
  'legitimate',
  'administrator',
  'administrators',
  'software',
]

function list(subject: DocumentSubject, key: string) {
  return scalarsOf(subject.entries, key)
}

function saysNothing(text: string): boolean {
  return text.length < 2 || EMPTY_ANSWERS.has(text.toLowerCase()) || NOT_FALSE.test(text)
}

function repeated(subject: DocumentSubject, key: string) {
  const seen = new Set<string>()
  return list(subject, key).filter((value) => {
    const text = value.text.trim()
    const again = seen.has(text)
    seen.add(text)
    return again
  })
}

function removal(subject: DocumentSubject, value: Parameters<typeof removeListLine>[1]) {
  const edit = removeListLine(subject.file.text, value)
  return edit === undefined
    ? undefined
    : { title: 'remove the repeated entry', safe: true, edits: [edit] }
}

export const REFERENCE_CHECKS = {
  'references-missing': {
    on: 'document',
    severity: 'info',
    summary: 'there are no references',
    why: 'A report, a blog post, the tool itself: whoever tunes the rule wants to see what it was made from.',
    bad: 'references: []',
    good: 'references:\n    - https://example.org/report',
    run(subject, add) {
      if (subject.value.kind !== 'filter' && list(subject, 'references').length === 0) {
        add(placeOf(subject, 'references'), 'name where the knowledge comes from')
      }
    },
  },
  'reference-not-url': {
    on: 'document',
    severity: 'info',
    summary: 'a reference is no link',
    why: 'Text that is no URL cannot be followed. "Internal research" is fine in the description.',
    bad: 'references:\n    - some blog post',
    good: 'references:\n    - https://example.org/post',
    run(subject, add) {
      for (const value of list(subject, 'references')) {
        if (!/^https?:\/\/\S+$/.test(value.text.trim())) {
          add(value, `"${value.text.trim().slice(0, 80)}" is no link`)
        }
      }
    },
  },
  'reference-duplicate': {
    on: 'document',
    severity: 'warning',
    fixable: true,
    summary: 'a reference stands there twice',
    why: 'Once is enough.',
    bad: 'references:\n    - https://example.org/post\n    - https://example.org/post',
    good: 'references:\n    - https://example.org/post',
    run(subject, add) {
      for (const value of repeated(subject, 'references')) {
        add(value, `${value.text} stands there already`, removal(subject, value))
      }
    },
  },
  'reference-not-permanent': {
    on: 'document',
    severity: 'info',
    summary: 'a link to a branch of a GitHub repository',
    why: 'What `main` holds today is gone tomorrow. Press `y` on the page for a link with the commit.',
    bad: 'references:\n    - https://github.com/example/tool/blob/main/run.ps1',
    good: 'references:\n    - https://github.com/example/tool/blob/2f5a9c1d3e4b5f60718293a4b5c6d7e8f9012345/run.ps1',
    run(subject, add) {
      for (const value of list(subject, 'references')) {
        if (
          /^https:\/\/github\.com\/[^/]+\/[^/]+\/(blob|tree)\/(master|main|dev|develop)\//.test(
            value.text,
          )
        ) {
          add(value, 'this branch will change: link to a commit (press y on the page)')
        }
      }
    },
  },
  'reference-attack-link': {
    on: 'document',
    severity: 'info',
    summary: 'a link to ATT&CK among the references',
    why: 'Techniques are tags (`attack.t1059.001`): coverage is counted from them, and the link is made.',
    bad: 'references:\n    - https://attack.mitre.org/techniques/T1059/001/',
    good: 'references:\n    - https://example.org/post',
    run(subject, add) {
      for (const value of list(subject, 'references')) {
        const id = /attack\.mitre\.org\/(?:wiki\/)?[Tt]echniques?\/(T\d{4}(?:\/\d{3})?)/.exec(
          value.text,
        )?.[1]
        if (id !== undefined) add(value, `use the tag attack.${id.toLowerCase().replace('/', '.')}`)
      }
    },
  },
  'reference-tracking': {
    on: 'document',
    severity: 'info',
    summary: 'a link carries tracking parameters',
    why: '`utm_` and click ids say who shared the link, and make two links of one.',
    bad: 'references:\n    - https://example.org/post?utm_source=mail',
    good: 'references:\n    - https://example.org/post',
    run(subject, add) {
      for (const value of list(subject, 'references')) {
        if (/[?&](utm_\w+|fbclid|gclid|mc_cid)=/.test(value.text)) {
          add(value, 'take the tracking parameters out of the link')
        }
      }
    },
  },
  'falsepositives-missing': {
    on: 'rule',
    severity: 'info',
    summary: 'no false positives are named',
    why: 'Even "Unlikely" tells the analyst something. Name the legitimate uses that look the same.',
    bad: 'falsepositives: []',
    good: 'falsepositives:\n    - Administrative scripts',
    run(subject, add) {
      if (feedsOnly(subject)) return
      if (subject.value.kind === 'rule' && list(subject, 'falsepositives').length === 0) {
        add(
          placeOf(subject, 'falsepositives'),
          'say what legitimate activity looks the same, or Unlikely',
        )
      }
    },
  },
  'falsepositive-says-nothing': {
    on: 'document',
    severity: 'info',
    summary: 'a false positive that says nothing',
    why: '"None" is a promise nobody can keep, and a penetration test is a true positive. "Unlikely" or "Unknown" are honest.',
    bad: 'falsepositives:\n    - None',
    good: 'falsepositives:\n    - Unlikely',
    run(subject, add) {
      for (const value of list(subject, 'falsepositives')) {
        if (saysNothing(value.text.trim())) {
          add(
            value,
            `"${value.text.trim()}" tells nothing: Unknown and Unlikely are honest answers`,
          )
        }
      }
    },
  },
  'falsepositive-typo': {
    on: 'document',
    severity: 'info',
    summary: 'a usual word of false positives is misspelt',
    why: 'Readers search for these words.',
    bad: 'falsepositives:\n    - Unkown',
    good: 'falsepositives:\n    - Unknown',
    run(subject, add) {
      for (const value of list(subject, 'falsepositives')) {
        for (const word of value.text.toLowerCase().match(/[a-z]{6,}/g) ?? []) {
          const meant = USUAL_WORDS.find(
            (usual) => usual !== word && editDistance(usual, word) === 1,
          )
          if (
            meant !== undefined &&
            !USUAL_WORDS.includes(word) &&
            !USUAL_WORDS.includes(`${word}s`)
          ) {
            add(value, `${word}: did you mean ${meant}?`)
          }
        }
      }
    },
  },
  'falsepositive-lower-case': {
    on: 'document',
    severity: 'info',
    summary: 'a false positive begins with a small letter',
    why: 'SigmaHQ begins each with a capital letter.',
    bad: 'falsepositives:\n    - administrative scripts',
    good: 'falsepositives:\n    - Administrative scripts',
    run(subject, add) {
      for (const value of list(subject, 'falsepositives')) {
        if (/^[a-z]+([\s,]|$)/.test(value.text)) add(value, 'begin with a capital letter')
      }
    },
  },
  'related-type-unknown': {
    on: 'document',
    severity: 'warning',
    summary: 'an unknown kind of relation',
    why: `Sigma knows ${RELATED_TYPES.filter((type) => type !== 'obsoletes').join(', ')}.`,
    bad: 'related:\n    - id: 0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111\n      type: sibling',
    good: 'related:\n    - id: 0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111\n      type: similar',
    run(subject, add) {
      for (const { type } of subject.value.related) {
        if (!RELATED_TYPES.includes(type)) {
          add(placeOf(subject, 'related'), `"${type}" is none of ${RELATED_TYPES.join(', ')}`)
        }
      }
    },
  },
  'related-id-invalid': {
    on: 'document',
    severity: 'warning',
    summary: 'a related rule is not named by a UUID',
    why: 'Relations go by id, so that they survive a new title or file name.',
    bad: 'related:\n    - id: other-rule\n      type: similar',
    good: 'related:\n    - id: 0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111\n      type: similar',
    run(subject, add) {
      for (const { id } of subject.value.related) {
        if (!UUID.test(id)) add(placeOf(subject, 'related'), `"${id}" is no rule id`)
      }
    },
  },
  'related-self': {
    on: 'document',
    severity: 'warning',
    summary: 'a rule is related to itself, or twice to another',
    why: 'Mostly a copied block whose id was not changed.',
    bad: 'id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f\nrelated:\n    - id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f\n      type: derived',
    good: 'related:\n    - id: 0b5f3c1e-6a77-4f0e-9f43-b2a0d5a1c111\n      type: derived',
    run(subject, add) {
      const seen = new Set([`${subject.value.id}`])
      for (const { id } of subject.value.related) {
        if (seen.has(id)) {
          const what =
            id === subject.value.id ? "this is the rule's own id" : `${id} stands there twice`
          add(placeOf(subject, 'related'), what)
        }
        seen.add(id)
      }
    },
  },
  'fields-duplicate': {
    on: 'document',
    severity: 'info',
    fixable: true,
    summary: 'a field is listed twice under fields',
    why: 'Once is enough.',
    bad: 'fields:\n    - CommandLine\n    - CommandLine',
    good: 'fields:\n    - CommandLine\n    - ParentImage',
    run(subject, add) {
      for (const value of repeated(subject, 'fields')) {
        add(value, `${value.text} stands there already`, removal(subject, value))
      }
    },
  },
} as const satisfies Record<string, Check>
