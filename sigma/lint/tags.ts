// Tags: their form and namespaces. What they say of ATT&CK is in `attack.ts`.
import { nearest } from '../parse/suggest.ts'
import type { Check, DocumentSubject } from './check.ts'
import { feedsOnly, placeOf, scalarsOf } from './check.ts'
import { removeListLine, replaceScalar } from './source.ts'

/** Namespaces that the tags appendix of the specification defines, with the form of what follows. */
export const NAMESPACES: Readonly<
  Record<string, { readonly form: RegExp; readonly example: string }>
> = {
  attack: { form: /^([a-z]+(-[a-z]+)*|t\d{4}(\.\d{3})?|[gs]\d{4})$/, example: 'attack.t1059.001' },
  car: { form: /^\d{4}-\d{2}-\d{3}$/, example: 'car.2016-04-005' },
  cve: { form: /^\d{4}-\d{4,}$/, example: 'cve.2021-44228' },
  d3fend: {
    form: /^(d3-[a-z0-9]+|d3f-[a-z]+|model|harden|detect|isolate|deceive|evict|restore)$/,
    example: 'd3fend.d3-am',
  },
  detection: {
    form: /^(dfir|emerging-threats|threat-hunting)$/,
    example: 'detection.threat-hunting',
  },
  stp: { form: /^[1-5][auk]?$/, example: 'stp.4u' },
  tlp: { form: /^(red|amber|amber-strict|green|clear|white)$/, example: 'tlp.green' },
}

function tags(subject: DocumentSubject) {
  return scalarsOf(subject.entries, 'tags')
}

function split(tag: string): readonly [string, string] {
  const dot = tag.indexOf('.')
  return dot < 0 ? [tag, ''] : [tag.slice(0, dot), tag.slice(dot + 1)]
}

export const TAG_CHECKS = {
  'tag-format': {
    on: 'document',
    severity: 'warning',
    summary: 'a tag is not `namespace.name`',
    why: 'Tags have a namespace, a dot and a name of letters, digits, `-` and `_`, so that two tools never mean different things by one word.',
    bad: 'tags:\n    - webshell',
    good: 'tags:\n    - attack.persistence\n    - attack.t1505.003',
    run(subject, add) {
      for (const tag of tags(subject)) {
        if (!/^[\w-]+(\.[\w-]+)+$/.test(tag.text)) {
          add(tag, `"${tag.text}" is no tag like attack.t1059 or team.windows`)
        }
      }
    },
  },
  'tag-upper-case': {
    on: 'document',
    severity: 'warning',
    fixable: true,
    summary: 'a tag has capital letters',
    why: 'The specification writes tags small; tools that compare text would take these for others.',
    bad: 'tags:\n    - attack.T1505.003',
    good: 'tags:\n    - attack.t1505.003',
    run(subject, add) {
      for (const tag of tags(subject)) {
        const small = tag.text.toLowerCase()
        if (small === tag.text) continue
        add(tag, `write ${small}`, replaceScalar(subject.file.text, tag, small, `write ${small}`))
      }
    },
  },
  'tag-namespace-unknown': {
    on: 'document',
    severity: 'info',
    summary: 'a namespace that Sigma does not define',
    why: `Sigma defines ${Object.keys(NAMESPACES).join(', ')}. Own namespaces are allowed; misspelt ones are lost.`,
    bad: 'tags:\n    - atack.t1505.003',
    good: 'tags:\n    - attack.t1505.003',
    run(subject, add) {
      for (const tag of tags(subject)) {
        const [namespace, name] = split(tag.text.toLowerCase())
        if (name === '' || Object.hasOwn(NAMESPACES, namespace)) continue
        const near = nearest(namespace, Object.keys(NAMESPACES))
        add(
          tag,
          `${namespace} is no namespace of Sigma${near === undefined ? '' : `, did you mean ${near}?`}`,
        )
      }
    },
  },
  'tag-name-invalid': {
    on: 'document',
    severity: 'warning',
    fixable: true,
    summary: 'the name of a tag does not fit its namespace',
    why: 'Each namespace has its form: `cve.2021-44228`, `car.2016-04-005`, `tlp.green`, `detection.dfir`.',
    bad: 'tags:\n    - cve.2021.44228',
    good: 'tags:\n    - cve.2021-44228',
    run(subject, add) {
      for (const tag of tags(subject)) {
        const [namespace, name] = split(tag.text.toLowerCase())
        const known = Object.hasOwn(NAMESPACES, namespace) ? NAMESPACES[namespace] : undefined
        if (known === undefined || name === '' || namespace === 'attack') continue
        const dashed = name.replaceAll('_', '-')
        if (known.form.test(dashed)) continue
        const parts = /^(\d{4})\.(\d{4,})$/.exec(name)
        const to = namespace === 'cve' && parts !== null ? `cve.${parts[1]}-${parts[2]}` : undefined
        const fix =
          to === undefined ? undefined : replaceScalar(subject.file.text, tag, to, `write ${to}`)
        add(tag, `"${tag.text}" should look like ${known.example}`, fix)
      }
    },
  },
  'tag-duplicate': {
    on: 'document',
    severity: 'warning',
    fixable: true,
    summary: 'a tag stands there twice',
    why: 'Once is enough; coverage would count it twice in tools that do not look.',
    bad: 'tags:\n    - attack.persistence\n    - attack.persistence\n    - attack.t1505.003',
    good: 'tags:\n    - attack.persistence\n    - attack.t1505.003',
    run(subject, add) {
      const seen = new Set<string>()
      for (const tag of tags(subject)) {
        const text = tag.text.toLowerCase()
        if (seen.has(text)) {
          const edit = removeListLine(subject.file.text, tag)
          const fix =
            edit === undefined
              ? undefined
              : { title: 'remove the repeated tag', safe: true, edits: [edit] }
          add(tag, `${tag.text} stands there already`, fix)
        }
        seen.add(text)
      }
    },
  },
  'tag-missing': {
    on: 'document',
    severity: 'info',
    summary: 'there are no tags',
    why: 'Coverage, search and routing of alerts go by tags; at least a tactic of ATT&CK is usual.',
    bad: 'tags: []',
    good: 'tags:\n    - attack.persistence\n    - attack.t1505.003',
    run(subject, add) {
      if (subject.value.kind === 'filter' || feedsOnly(subject)) return
      if (tags(subject).length === 0) {
        add(placeOf(subject, 'tags'), 'tag the rule with what of ATT&CK it detects')
      }
    },
  },
  'tag-tlp-several': {
    on: 'document',
    severity: 'warning',
    summary: 'several TLP tags',
    why: 'A rule may be shared so far or so far, not both.',
    bad: 'tags:\n    - tlp.green\n    - tlp.red',
    good: 'tags:\n    - tlp.green',
    run(subject, add) {
      const found = tags(subject).filter((tag) => tag.text.toLowerCase().startsWith('tlp.'))
      if (found.length > 1) add(found[1]!, `it is ${found[0]!.text} already`)
    },
  },
  'tag-detection-several': {
    on: 'document',
    severity: 'info',
    summary: 'several tags of the namespace detection',
    why: 'A rule is for threat hunting, for forensics or for a threat of the day; SigmaHQ sorts rules into folders by it.',
    bad: 'tags:\n    - detection.dfir\n    - detection.threat-hunting',
    good: 'tags:\n    - detection.threat-hunting',
    run(subject, add) {
      const found = tags(subject).filter(({ text }) => /^detection\./i.test(text))
      if (found.length > 1) add(found[1]!, `it is ${found[0]!.text} already`)
    },
  },
  'tag-detection-missing': {
    on: 'document',
    severity: 'info',
    summary: 'a rule of a special folder of SigmaHQ without its tag',
    why: 'Rules in `rules-threat-hunting`, `rules-emerging-threats` and `rules-dfir` carry the tag `detection.` with the same name: it goes with the rule when the folder does not.',
    path: 'rules-threat-hunting/linux/web_server_shell.yml',
    bad: 'tags:\n    - attack.persistence\n    - attack.t1505.003',
    good: 'tags:\n    - attack.persistence\n    - attack.t1505.003\n    - detection.threat-hunting',
    run(subject, add) {
      const folder = /(?:^|\/)rules-(dfir|emerging-threats|threat-hunting)\//.exec(
        subject.file.path,
      )
      const tag = `detection.${folder?.[1]}`
      if (folder === null || subject.value.kind === 'filter') return
      if (!tags(subject).some(({ text }) => text.toLowerCase() === tag))
        add(placeOf(subject, 'tags'), `rules of this folder are tagged ${tag}`)
    },
  },
  'cve-in-future': {
    on: 'document',
    severity: 'warning',
    summary: 'a CVE of a year to come, or before there were any',
    why: 'CVE ids begin in 1999.',
    bad: 'tags:\n    - cve.1921-44228',
    good: 'tags:\n    - cve.2021-44228',
    run(subject, add) {
      for (const tag of tags(subject)) {
        const year = Number(/^cve\.(\d{4})-/.exec(tag.text.toLowerCase())?.[1] ?? Number.NaN)
        if (year < 1999 || year > Number(subject.facts.today.slice(0, 4)) + 1) {
          add(tag, `there are no CVE ids of ${year}`)
        }
      }
    },
  },
} as const satisfies Record<string, Check>
