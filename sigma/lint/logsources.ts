// Log sources and field names, against the taxonomy.
import { fieldTarget } from '../columns.ts'
import { nearest } from '../parse/suggest.ts'
import type { LogSource, Scalar } from '../rule.ts'
import type { Check, DetectionSubject, DocumentSubject } from './check.ts'
import { placeOf } from './check.ts'
import type { LintFacts, ProductFacts } from './facts.ts'
import { replaceKey, replaceScalar } from './source.ts'
import { isImplied } from './windows-events.ts'

const PARTS = ['product', 'category', 'service'] as const
type Part = (typeof PARTS)[number]

function partScalar(subject: DocumentSubject, part: Part): Scalar | undefined {
  const own = subject.entries.get('logsource')?.value
  const value = own?.kind === 'map' ? own.entries.get(part)?.value : undefined
  return value !== undefined && 'text' in value && value.kind !== 'null' ? value : undefined
}

function productFacts(facts: LintFacts, product: string): ProductFacts | undefined {
  return Object.hasOwn(facts.logsources, product) ? facts.logsources[product] : undefined
}

/** Every name that the taxonomy has for a part of a log source. */
function namesOf(facts: LintFacts, part: Part): string[] {
  if (part === 'product') return Object.keys(facts.logsources).filter((name) => name !== '')
  return [
    ...new Set(Object.values(facts.logsources).flatMap((one) => Object.keys(one[part] ?? {}))),
  ]
}

/** Fields that events of a log source have; undefined where they may have any. */
export function fieldsOf(facts: LintFacts, source: LogSource): ReadonlySet<string> | undefined {
  const own = productFacts(facts, source.product ?? '')
  const lists: string[] = []
  for (const part of ['category', 'service'] as const) {
    const name = source[part]
    if (name === undefined) continue
    const candidates = [own, source.product === undefined ? undefined : productFacts(facts, '')]
    const list = candidates.map((one) => one?.[part]?.[name]).find((text) => text !== undefined)
    if (list === undefined || list === '') return undefined
    lists.push(list)
  }
  if (lists.length === 0) return undefined
  return new Set(
    [...lists, own?.common ?? ''].flatMap((list) => list.split(' ')).filter((name) => name !== ''),
  )
}

/** Log sources of the same product that have a field, in words. */
function otherSource(facts: LintFacts, { product = '' }: LogSource, field: string): string {
  const own = productFacts(facts, product)
  const names = (['category', 'service'] as const).flatMap((part) =>
    Object.entries(own?.[part] ?? {})
      .filter(([, list]) => list.split(' ').includes(field))
      .map(([name]) => `${part} ${name}`),
  )
  if (names.length === 0) return ''
  const more = names.length > OTHERS_SHOWN ? ' and others' : ''
  return `; ${names.slice(0, OTHERS_SHOWN).join(', ')}${more} have it`
}

/** Log sources that one finding names. */
const OTHERS_SHOWN = 3

function sourceOf(subject: DetectionSubject): LogSource {
  return subject.value.logsource
}

export const LOGSOURCE_CHECKS = {
  'logsource-upper-case': {
    on: 'detection',
    severity: 'warning',
    fixable: true,
    summary: 'a log source is written with capital letters',
    why: 'Log sources are compared as text and written small: `product: windows`.',
    bad: 'logsource:\n    category: process_creation\n    product: Windows',
    good: 'logsource:\n    category: process_creation\n    product: windows',
    run(subject, add) {
      for (const part of PARTS) {
        const value = partScalar(subject, part)
        const small = value?.text.toLowerCase()
        if (value === undefined || small === value.text) continue
        const fix = replaceScalar(subject.file.text, value, small!, `write ${small}`, false)
        add(value, `${part}: write ${small}`, fix)
      }
    },
  },
  'logsource-product-unknown': logsourceCheck('product', 'linux', 'linx'),
  'logsource-category-unknown': logsourceCheck('category', 'process_creation', 'process_creatoin'),
  'logsource-service-unknown': logsourceCheck('service', 'security', 'securty'),
  'logsource-combination-unknown': {
    on: 'detection',
    severity: 'info',
    summary: 'a combination of product, category and service that the taxonomy does not have',
    why: 'Each name is known, but not together: no parser may ever give such events.',
    bad: 'logsource:\n    product: aws\n    category: process_creation',
    good: 'logsource:\n    product: aws\n    service: cloudtrail',
    run(subject, add) {
      const { facts } = subject
      const source = sourceOf(subject)
      const own = source.product === undefined ? undefined : productFacts(facts, source.product)
      if (own === undefined) return
      for (const part of ['category', 'service'] as const) {
        const name = source[part]
        if (name === undefined || !namesOf(facts, part).includes(name)) continue
        const common = productFacts(facts, '')?.[part] ?? {}
        if (own[part]?.[name] === undefined && common[name] === undefined) {
          const known = Object.keys(own[part] ?? {})
            .slice(0, 6)
            .join(', ')
          const has = known === '' ? `has no ${part}` : `has ${part} ${known} ...`
          add(
            partScalar(subject, part) ?? placeOf(subject, 'logsource'),
            `${source.product} ${has}, not ${name}`,
          )
        }
      }
    },
  },
  'logsource-too-broad': {
    on: 'detection',
    severity: 'info',
    summary: 'only a product is named',
    why: 'Such a rule runs on every event of the product. A category or service makes it cheaper and surer.',
    bad: 'logsource:\n    product: windows',
    good: 'logsource:\n    product: windows\n    service: security',
    run(subject, add) {
      const { product, category, service } = sourceOf(subject)
      const own = productFacts(subject.facts, product ?? '')
      const hasParts = own?.category !== undefined || own?.service !== undefined
      if (product !== undefined && category === undefined && service === undefined && hasParts) {
        add(
          placeOf(subject, 'logsource'),
          `name the category or service of ${product} that is meant`,
        )
      }
    },
  },
  'field-unknown': {
    on: 'item',
    severity: 'warning',
    summary: 'events of this log source have no such field',
    why: 'A field that is never there never matches (and with `not` or `null` always does). Names are those of the Sigma taxonomy, as our parsers give them.',
    bad: 'logsource:\n    category: process_creation\n    product: windows\ndetection:\n    selection:\n        ParentComandLine|contains: whoami\n    condition: selection',
    good: 'logsource:\n    category: process_creation\n    product: windows\ndetection:\n    selection:\n        ParentCommandLine|contains: whoami\n    condition: selection',
    run(subject, add, { item }) {
      const fields = fieldsOf(subject.facts, sourceOf(subject))
      if (item.field === undefined || fields === undefined || fields.has(item.field)) return
      if (fieldTarget(item.field).scope !== 'field') return
      const fold = item.field.toLowerCase()
      if ([...fields].some((name) => name.toLowerCase() === fold)) return
      const near = nearest(item.field, fields)
      const key = [item.field, ...item.modifiers].join('|')
      const fix =
        near === undefined
          ? undefined
          : replaceKey(
              subject.file.text,
              item,
              key,
              [near, ...item.modifiers].join('|'),
              `rename to ${near}`,
              false,
            )
      const source = Object.values(sourceOf(subject)).slice(0, 3).join('/')
      const other =
        near === undefined ? otherSource(subject.facts, sourceOf(subject), item.field) : ''
      const hint = near === undefined ? other : `, did you mean ${near}?`
      add(item, `${item.field}: no field of ${source} events${hint}`, fix)
    },
  },
  'field-case': {
    on: 'item',
    severity: 'warning',
    summary: 'a field that differs only in case from the one events have',
    why: 'Field names are compared exactly: `commandline` is another field than `CommandLine`.',
    bad: 'logsource:\n    category: process_creation\n    product: windows\ndetection:\n    selection:\n        commandline|contains: whoami\n    condition: selection',
    good: 'logsource:\n    category: process_creation\n    product: windows\ndetection:\n    selection:\n        CommandLine|contains: whoami\n    condition: selection',
    run(subject, add, { item }) {
      const fields = fieldsOf(subject.facts, sourceOf(subject))
      if (item.field === undefined || fields === undefined || fields.has(item.field)) return
      const fold = item.field.toLowerCase()
      const meant = [...fields].find((name) => name.toLowerCase() === fold)
      if (meant === undefined) return
      const key = [item.field, ...item.modifiers].join('|')
      const to = [meant, ...item.modifiers].join('|')
      const fix = replaceKey(subject.file.text, item, key, to, `rename to ${meant}`, false)
      add(item, `${item.field}: events have ${meant}, and case matters`, fix)
    },
  },
  'field-implied': {
    on: 'item',
    severity: 'info',
    summary: 'a condition that the log source already says',
    why: 'Process creation comes from Sysmon (event 1), Windows (4688) and EDR alike; asking for the event id of one of them loses the others.',
    bad: 'logsource:\n    category: process_creation\n    product: windows\ndetection:\n    selection:\n        EventID: 1\n        CommandLine|contains: whoami\n    condition: selection',
    good: 'logsource:\n    category: process_creation\n    product: windows\ndetection:\n    selection:\n        CommandLine|contains: whoami\n    condition: selection',
    run(subject, add, { item }) {
      const { category, product } = sourceOf(subject)
      if (product !== 'windows' || category === undefined || item.field === undefined) return
      const said = item.values.map(({ text }) => text)
      if (item.modifiers.length === 0 && isImplied(category, item.field, said)) {
        const what = `${item.field}: ${said.join(', ')}`
        add(item, `${what} is what ${category} means for one sender; leave it out`)
      }
    },
  },
  'field-has-blanks': {
    on: 'item',
    severity: 'warning',
    summary: 'a field name with blanks at its ends',
    why: 'The blank is part of the name, and no event has such a field.',
    bad: "detection:\n    selection:\n        'CommandLine |contains': whoami\n    condition: selection",
    good: 'detection:\n    selection:\n        CommandLine|contains: whoami\n    condition: selection',
    run(_subject, add, { item }) {
      if (item.field !== undefined && item.field !== item.field.trim()) {
        add(item, `"${item.field}": the blanks belong to the name as it stands`)
      }
    },
  },
} as const satisfies Record<string, Check>

function logsourceCheck(part: Part, good: string, bad: string) {
  const rest = part === 'product' ? '\n    category: process_creation' : '\n    product: windows'
  return {
    on: 'detection',
    severity: 'info',
    summary: `a ${part} that the taxonomy does not have`,
    why: `Events of a log source nobody sends never come. Own names are fine when an own parser gives them; a misspelt one keeps the rule silent.`,
    bad: `logsource:\n    ${part}: ${bad}${rest}`,
    good: `logsource:\n    ${part}: ${good}${rest}`,
    run(subject, add) {
      const value = partScalar(subject, part)
      if (value === undefined) return
      const names = namesOf(subject.facts, part)
      const text = value.text.toLowerCase()
      if (names.includes(text)) return
      const near = nearest(text, names)
      // A service of Linux is whatever program wrote the line: only a misspelt one is worth a word.
      if (part === 'service' && subject.value.logsource.product === 'linux' && near === undefined)
        return
      const hint = near === undefined ? '' : `, did you mean ${near}?`
      const fix =
        near === undefined
          ? undefined
          : replaceScalar(subject.file.text, value, near, `write ${near}`, false)
      add(value, `${part} ${value.text} is not in the taxonomy${hint}`, fix)
    },
  } as const satisfies Check
}
