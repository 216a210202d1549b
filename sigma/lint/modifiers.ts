// Modifiers that do nothing, miss something, or could be said more plainly.
import type { DetectionItem } from '../rule.ts'
import type { Check, DetectionSubject, Fix } from './check.ts'
import { hasModifier, keyOf } from './items.ts'
import { replaceKey } from './source.ts'

/** A fix that takes modifiers off a key. */
function without(
  subject: DetectionSubject,
  item: DetectionItem,
  names: readonly string[],
): Fix | undefined {
  const rest = item.modifiers.filter((name) => !names.includes(name))
  const to = [item.field ?? '', ...rest].join('|')
  return replaceKey(subject.file.text, item, keyOf(item), to, `remove |${names.join('|')}`)
}

export const MODIFIER_CHECKS = {
  'all-of-one-value': {
    on: 'item',
    severity: 'warning',
    fixable: true,
    summary: '`all` over a single value',
    why: 'All of one value is that value. Perhaps the list lost an entry.',
    bad: 'detection:\n    selection:\n        CommandLine|contains|all: whoami\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|contains: whoami\n    condition: selection',
    run(subject, add, { item }) {
      if (hasModifier(item, 'all') && item.values.length === 1 && !hasModifier(item, 'windash')) {
        add(item, `${keyOf(item)}: there is only one value`, without(subject, item, ['all']))
      }
    },
  },
  'all-of-exact-values': {
    on: 'item',
    severity: 'warning',
    summary: '`all` over several exact values, beginnings or ends',
    why: 'A field with one value cannot equal two texts, nor end in two: this never matches, unless the field is a list. `contains|all` is mostly meant.',
    bad: 'detection:\n    selection:\n        CommandLine|all:\n            - whoami\n            - /priv\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|contains|all:\n            - whoami\n            - /priv\n    condition: selection',
    run(subject, add, { item }) {
      const [first, second, ...more] = item.modifiers
      const place = second === undefined ? '' : first === 'all' ? second : first
      const isEnd = place === 'startswith' || place === 'endswith'
      if (item.field === undefined || !hasModifier(item, 'all') || more.length > 0) return
      if (place !== '' && !isEnd) return
      const texts = item.values
        .filter((value) => value.kind !== 'string' || !/[*?]/.test(value.text))
        .map(({ text }) => text.toLowerCase())
      const longest = texts.reduce((a, b) => (b.length > a.length ? b : a), '')
      const goes = (text: string) =>
        place === 'startswith' ? longest.startsWith(text) : isEnd && longest.endsWith(text)
      if (texts.length < 2 || texts.every(goes)) return
      const to = `${item.field}|contains|all`
      const fix = replaceKey(subject.file.text, item, keyOf(item), to, 'use |contains|all', false)
      const cannot = isEnd ? `have ${texts.length} such ends` : `equal all of ${texts.length}`
      add(item, `${item.field}: one value cannot ${cannot}; contains|all is mostly meant`, fix)
    },
  },
  'contains-all-subsumed': {
    on: 'item',
    severity: 'info',
    summary: 'a value of `contains|all` that is part of another',
    why: 'Where the longer text is, the shorter is as well: asking for both asks for the longer.',
    bad: 'detection:\n    selection:\n        CommandLine|contains|all:\n            - user\n            - /user:admin\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|contains|all:\n            - net\n            - /user:admin\n    condition: selection',
    run(_subject, add, { item }) {
      if (keyOf(item) !== `${item.field ?? ''}|contains|all`) return
      for (const value of item.values) {
        const longer = item.values.find(
          (other) =>
            other !== value &&
            other.text.length > value.text.length &&
            !/[*?\\]/.test(other.text + value.text) &&
            other.text.toLowerCase().includes(value.text.toLowerCase()),
        )
        if (longer !== undefined) add(value, `"${longer.text}" holds "${value.text}" already`)
      }
    },
  },
  'windash-without-dash': {
    on: 'item',
    severity: 'info',
    fixable: true,
    summary: '`windash` over values without a dash or slash that begins a flag',
    why: 'It changes nothing here.',
    bad: 'detection:\n    selection:\n        CommandLine|contains|windash: whoami\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|contains: whoami\n    condition: selection',
    run(subject, add, { item }) {
      if (
        hasModifier(item, 'windash') &&
        item.values.every((value) => !/[-/–—―]/u.test(value.text))
      ) {
        add(item, `${keyOf(item)}: no value has a flag`, without(subject, item, ['windash']))
      }
    },
  },
  'cased-without-letters': {
    on: 'item',
    severity: 'info',
    fixable: true,
    summary: '`cased` over values without letters',
    why: 'Case makes no difference where there is none.',
    bad: "detection:\n    selection:\n        CommandLine|contains|cased: '127.0.0.1'\n    condition: selection",
    good: "detection:\n    selection:\n        CommandLine|contains: '127.0.0.1'\n    condition: selection",
    run(subject, add, { item }) {
      const plain = !item.modifiers.some((name) =>
        ['re', 'base64', 'base64offset', 'fieldref'].includes(name),
      )
      if (
        hasModifier(item, 'cased') &&
        plain &&
        item.values.every((value) => !/\p{L}/u.test(value.text))
      ) {
        add(item, `${keyOf(item)}: no value has letters`, without(subject, item, ['cased']))
      }
    },
  },
  'base64-at-one-offset': {
    on: 'item',
    severity: 'warning',
    summary: '`base64` inside a longer text finds one of three encodings',
    why: 'How a word looks in Base64 depends on where it stands in the encoded text. `base64offset|contains` looks for all three.',
    bad: 'detection:\n    selection:\n        CommandLine|base64|contains: whoami\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|base64offset|contains: whoami\n    condition: selection',
    run(subject, add, { item }) {
      if (!hasModifier(item, 'base64') || !hasModifier(item, 'contains')) return
      const to = keyOf(item).replace('|base64', '|base64offset')
      const fix = replaceKey(subject.file.text, item, keyOf(item), to, 'use |base64offset', false)
      add(item, `${keyOf(item)}: misses the word at two of three offsets; use base64offset`, fix)
    },
  },
  'base64offset-without-contains': {
    on: 'item',
    severity: 'warning',
    summary: '`base64offset` without `contains`',
    why: 'The three encodings are pieces of a longer Base64 text. Compared as whole values they match nothing but themselves.',
    bad: 'detection:\n    selection:\n        CommandLine|base64offset: whoami\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|base64offset|contains: whoami\n    condition: selection',
    run(subject, add, { item }) {
      if (!hasModifier(item, 'base64offset') || item.field === undefined) return
      if (['contains', 'startswith', 'endswith', 're'].some((name) => hasModifier(item, name)))
        return
      const fix = replaceKey(
        subject.file.text,
        item,
        keyOf(item),
        `${keyOf(item)}|contains`,
        'add |contains',
        false,
      )
      add(item, `${keyOf(item)}: add |contains, the encoded text is longer`, fix)
    },
  },
  'base64-short': {
    on: 'item',
    severity: 'info',
    summary: 'a Base64 search for a word of three characters or fewer',
    why: 'What is left of so short a word after encoding is two or three characters, which stand in many texts by chance.',
    bad: 'detection:\n    selection:\n        CommandLine|base64offset|contains: IEX\n    condition: selection',
    good: "detection:\n    selection:\n        CommandLine|base64offset|contains: 'IEX ('\n    condition: selection",
    run(_subject, add, { item }) {
      if (
        !hasModifier(item, 'base64offset') ||
        item.modifiers.some((name) => /^(wide|utf16)/.test(name))
      )
        return
      for (const value of item.values) {
        if (value.text.length <= 3)
          add(value, `"${value.text}" leaves only a few characters to look for`)
      }
    },
  },
  'encoding-without-base64': {
    on: 'item',
    severity: 'info',
    summary: 'UTF-16 without Base64',
    why: 'Text in logs is seldom UTF-16 with its zero bytes. `wide` mostly stands before `base64offset`.',
    bad: 'detection:\n    selection:\n        CommandLine|wide|contains: whoami\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|wide|base64offset|contains: whoami\n    condition: selection',
    run(_subject, add, { item }) {
      const encodes = item.modifiers.some((name) => /^(wide|utf16)/.test(name))
      if (encodes && !hasModifier(item, 'base64') && !hasModifier(item, 'base64offset')) {
        add(item, `${keyOf(item)}: is base64offset missing?`)
      }
    },
  },
  'modifier-old-name': {
    on: 'item',
    severity: 'info',
    fixable: true,
    summary: 'a modifier by its other name',
    why: 'The specification calls them `wide`, `i`, `m` and `s`; one name is easier to search for.',
    bad: 'detection:\n    selection:\n        CommandLine|re|ignorecase: who(ami|is)\n    condition: selection',
    good: 'detection:\n    selection:\n        CommandLine|re|i: who(ami|is)\n    condition: selection',
    run(subject, add, { item }) {
      const names: Readonly<Record<string, string>> = {
        ignorecase: 'i',
        multiline: 'm',
        dotall: 's',
        utf16le: 'wide',
      }
      const old = item.modifiers.find((name) => Object.hasOwn(names, name))
      if (old === undefined) return
      const to = [
        item.field ?? '',
        ...item.modifiers.map((name) => (name === old ? names[old]! : name)),
      ].join('|')
      const fix = replaceKey(subject.file.text, item, keyOf(item), to, `write |${names[old]}`)
      add(item, `|${old} is |${names[old]}`, fix)
    },
  },
  'exists-and-value': {
    on: 'item',
    severity: 'info',
    summary: 'a field must exist and have a value',
    why: 'What has the value exists: the second line says it all.',
    bad: 'detection:\n    selection:\n        User|exists: true\n        User|contains: admin\n    condition: selection',
    good: 'detection:\n    selection:\n        User|contains: admin\n    condition: selection',
    run(_subject, add, { item, siblings }) {
      const [value] = item.values
      if (!hasModifier(item, 'exists') || value?.kind !== 'boolean' || !value.value) return
      const other = siblings.find(
        (one) =>
          one !== item &&
          one.field === item.field &&
          !hasModifier(one, 'neq') &&
          one.values.every((v) => v.kind !== 'null'),
      )
      if (other !== undefined) add(item, `${keyOf(other)} already needs the field`)
    },
  },
  'not-exists-and-value': {
    on: 'item',
    severity: 'warning',
    summary: 'a field must be absent and have a value',
    why: 'Both are never true together.',
    bad: 'detection:\n    selection:\n        User|exists: false\n        User|contains: admin\n    condition: selection',
    good: 'detection:\n    selection:\n        User|contains: admin\n    condition: selection',
    run(_subject, add, { item, siblings }) {
      const [value] = item.values
      if (!hasModifier(item, 'exists') || value?.kind !== 'boolean' || value.value) return
      const other = siblings.find(
        (one) =>
          one !== item &&
          one.field === item.field &&
          !hasModifier(one, 'neq') &&
          one.values.every((v) => v.kind !== 'null'),
      )
      if (other !== undefined) add(item, `${keyOf(other)} needs the field that must not be there`)
    },
  },
} as const satisfies Record<string, Check>
