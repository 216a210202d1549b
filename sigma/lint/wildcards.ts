// Wildcards and backslashes in values.

import type { DetectionItem, Scalar } from '../rule.ts'
import { literalOf, parseWildcards } from '../text/wildcard.ts'
import type { Check, DetectionSubject, Edit, Fix } from './check.ts'
import { keyOf } from './items.ts'
import { inStyleOf, keyRange, replaceScalar, scalarRange } from './source.ts'
import { isTextItem } from './values.ts'

const PLACES = ['contains', 'startswith', 'endswith'] as const

/** The modifier that says what outer wildcards of a value do, and the value without them. */
function placeOfWildcards(
  value: Scalar,
): { place: (typeof PLACES)[number]; text: string } | undefined {
  if (value.kind !== 'string') return undefined
  const { text } = value
  const opens = text.startsWith('*')
  const ends = text.endsWith('*') && !/(^|[^\\])(\\\\)*\\\*$/.test(text)
  if (!opens && !ends) return undefined
  const inner = text.slice(opens ? 1 : 0, ends ? -1 : undefined)
  if (inner === '' || inner.endsWith('\\') || literalOf(parseWildcards(inner)) === undefined)
    return undefined
  return { place: opens && ends ? 'contains' : opens ? 'endswith' : 'startswith', text: inner }
}

/** Changes the key of an item and all of its values, or nothing when any of them is not plain to see. */
function rewriteItem(
  subject: DetectionSubject,
  item: DetectionItem,
  key: string,
  texts: readonly string[],
  title: string,
): Fix | undefined {
  const { text } = subject.file
  const at = keyRange(text, item, keyOf(item))
  if (at === undefined) return undefined
  const edits: Edit[] = [{ ...at, text: key }]
  for (const [index, value] of item.values.entries()) {
    const range = scalarRange(text, value)
    if (range === undefined) return undefined
    edits.push({ ...range, text: inStyleOf(text.slice(range.start, range.end), texts[index]!) })
  }
  return { title, safe: true, edits }
}

export const WILDCARD_CHECKS = {
  'wildcard-should-be-modifier': {
    on: 'item',
    severity: 'info',
    fixable: true,
    summary: 'wildcards at the ends of all values, where a modifier says the same',
    why: '`CommandLine|contains: whoami` reads better than `*whoami*`, and nothing in it has to be escaped.',
    bad: "detection:\n    selection:\n        CommandLine: '*whoami*'\n    condition: selection",
    good: 'detection:\n    selection:\n        CommandLine|contains: whoami\n    condition: selection',
    run(subject, add, { item }) {
      if (item.field === undefined || !isTextItem(item)) return
      if (item.modifiers.some((modifier) => PLACES.some((place) => place === modifier))) return
      const places = item.values.map(placeOfWildcards)
      const [first] = places
      if (first === undefined || places.some((one) => one?.place !== first.place)) return
      const key = [item.field, first.place, ...item.modifiers].join('|')
      const fix = rewriteItem(
        subject,
        item,
        key,
        places.map((one) => one!.text),
        `use |${first.place}`,
      )
      add(item, `${keyOf(item)}: say |${first.place} in place of the wildcards`, fix)
    },
  },
  'wildcard-redundant': {
    on: 'item',
    severity: 'warning',
    fixable: true,
    summary: 'a wildcard where the modifier already leaves the end open',
    why: '`contains` finds the text anywhere: the `*` at its ends does nothing.',
    bad: "detection:\n    selection:\n        CommandLine|contains: '*whoami*'\n    condition: selection",
    good: 'detection:\n    selection:\n        CommandLine|contains: whoami\n    condition: selection',
    run(subject, add, { item }) {
      const opens = item.modifiers.includes('contains') || item.modifiers.includes('endswith')
      const ends = item.modifiers.includes('contains') || item.modifiers.includes('startswith')
      if ((!opens && !ends) || !isTextItem(item)) return
      for (const value of item.values) {
        let text = value.text
        if (opens) text = text.replace(/^\*+/, '')
        if (ends && !/\\\*+$/.test(text)) text = text.replace(/\*+$/, '')
        if (text === value.text || text === '') continue
        add(
          value,
          `"${value.text}": the outer * does nothing here`,
          replaceScalar(subject.file.text, value, text, 'remove the wildcard'),
        )
      }
    },
  },
  'wildcard-doubled': {
    on: 'item',
    severity: 'info',
    fixable: true,
    summary: 'two wildcards in a row',
    why: '`**` means what `*` means.',
    bad: "detection:\n    selection:\n        CommandLine: 'net**user'\n    condition: selection",
    good: "detection:\n    selection:\n        CommandLine: 'net*user'\n    condition: selection",
    run(subject, add, { item }) {
      if (!isTextItem(item)) return
      for (const value of item.values) {
        if (value.kind !== 'string' || !/(?<!\\)\*\*/.test(value.text)) continue
        const to = value.text.replace(/(?<!\\)\*{2,}/g, '*')
        add(
          value,
          '** means what * means',
          replaceScalar(subject.file.text, value, to, 'write one *'),
        )
      }
    },
  },
  'wildcard-only': {
    on: 'item',
    severity: 'info',
    fixable: false,
    summary: 'a value of wildcards only',
    why: "`field: '*'` asks whether the field is there: `field|exists: true` says so.",
    bad: "detection:\n    selection:\n        User: '*'\n    condition: selection",
    good: 'detection:\n    selection:\n        User|exists: true\n    condition: selection',
    run(_subject, add, { item }) {
      if (item.field === undefined || !isTextItem(item)) return
      for (const value of item.values) {
        if (value.kind === 'string' && /^\*+$/.test(value.text)) {
          add(value, `${item.field}: * asks whether the field is there; say |exists: true`)
        }
      }
    },
  },
  'wildcard-escaped': {
    on: 'item',
    severity: 'warning',
    summary: 'a backslash before a wildcard makes it a plain character',
    why: 'In `C:\\Users\\*\\Temp` the `\\*` is a star that must stand in the path, which no path has. Write `\\\\*` for a backslash and a wildcard.',
    bad: "detection:\n    selection:\n        Image: 'C:\\Users\\*\\evil.exe'\n    condition: selection",
    good: "detection:\n    selection:\n        Image: 'C:\\Users\\\\*\\evil.exe'\n    condition: selection",
    run(subject, add, { item }) {
      if (!isTextItem(item)) return
      for (const value of item.values) {
        const hit = value.kind === 'string' ? /[\w:%]\\([*?])(\\|$)/.exec(value.text) : null
        if (hit === null || /\\\\[*?]/.test(value.text.slice(hit.index, hit.index + 4))) continue
        const to = value.text.replace(/(?<=[\w:%])\\([*?])(?=\\|$)/g, '\\\\$1')
        const fix = replaceScalar(subject.file.text, value, to, 'escape the backslash', false)
        add(
          value,
          `"\\${hit[1]}" is a plain ${hit[1]} here; write "\\\\${hit[1]}" for a backslash and a wildcard`,
          fix,
        )
      }
    },
  },
  'backslash-unescaped': {
    on: 'item',
    severity: 'info',
    summary: 'two backslashes that stand for one',
    why: 'In a Sigma value `\\\\` is one backslash. For a network path write four, as in `\\\\\\\\server`.',
    bad: "detection:\n    selection:\n        CommandLine|contains: '\\\\server\\share'\n    condition: selection",
    good: "detection:\n    selection:\n        CommandLine|contains: '\\\\\\\\server\\share'\n    condition: selection",
    run(_subject, add, { item }) {
      if (!isTextItem(item)) return
      for (const value of item.values) {
        if (value.kind === 'string' && /^\\\\(?![\\*?])[\w.-]+\\(?!\\)/.test(value.text)) {
          add(value, `"${value.text}" begins with one backslash; a network path needs four here`)
        }
      }
    },
  },
} as const satisfies Record<string, Check>
