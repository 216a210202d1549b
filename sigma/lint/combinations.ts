// Modifiers and values that contradict one another, or that tools read differently.
import type { Check } from './check.ts'
import { hasModifier, keyOf } from './items.ts'
import { isTextItem } from './values.ts'

function example(lines: string): string {
  return `detection:\n    selection:\n        ${lines}\n    condition: selection`
}

export const COMBINATION_CHECKS = {
  'startswith-and-endswith': {
    on: 'item',
    severity: 'warning',
    summary: '`startswith` and `endswith` on one value',
    why: 'Each opens the other end, so that together they are `contains`. For a beginning and an end write two lines, or a wildcard between.',
    bad: example('CommandLine|startswith|endswith: whoami'),
    good: example('CommandLine|contains: whoami'),
    run(_subject, add, { item }) {
      const places = ['contains', 'startswith', 'endswith'].filter((name) =>
        hasModifier(item, name),
      )
      if (places.length > 1) add(item, `${keyOf(item)}: ${places.join(' and ')} come to contains`)
    },
  },
  'wildcard-against-modifier': {
    on: 'item',
    severity: 'warning',
    summary: 'a wildcard at the end that the modifier ties down',
    why: "`startswith: '*abc'` asks for nothing of the beginning: it is `contains`, written so that nobody sees it.",
    bad: example("CommandLine|startswith: '*whoami'"),
    good: example('CommandLine|contains: whoami'),
    run(_subject, add, { item }) {
      if (!isTextItem(item) || hasModifier(item, 'contains')) return
      for (const value of item.values) {
        if (value.kind !== 'string') continue
        const opens = hasModifier(item, 'startswith') && /^\*+[^*]/.test(value.text)
        const ends = hasModifier(item, 'endswith') && /[^*\\]\*+$/.test(value.text)
        if (opens || ends)
          add(value, `"${value.text}" with |${opens ? 'startswith' : 'endswith'} is contains`)
      }
    },
  },
  'windash-with-all': {
    on: 'item',
    severity: 'info',
    summary: '`windash` together with `all`',
    why: 'Here one variant of each value must be there. Other tools ask for all variants at once, which no command line has. One line a flag reads the same everywhere.',
    bad: example("CommandLine|windash|contains|all:\n            - ' -a '\n            - ' -b '"),
    good: example("CommandLine|windash|contains: ' -a '"),
    run(_subject, add, { item }) {
      if (hasModifier(item, 'windash') && hasModifier(item, 'all') && item.values.length > 1)
        add(item, `${keyOf(item)}: some tools ask for every variant at once; write one line a flag`)
    },
  },
  'all-with-regex': {
    on: 'item',
    severity: 'info',
    summary: '`all` over several regular expressions',
    why: 'Each pattern is looked for on its own, at the full cost of each. Texts that must all be there are `contains|all`.',
    bad: example('CommandLine|re|all:\n            - who.mi\n            - /p.iv'),
    good: example('CommandLine|contains|all:\n            - whoami\n            - /priv'),
    run(_subject, add, { item }) {
      if (hasModifier(item, 're') && hasModifier(item, 'all') && item.values.length > 1)
        add(item, `${keyOf(item)}: ${item.values.length} patterns are run on every value`)
    },
  },
  'value-null-in-list': {
    on: 'item',
    severity: 'info',
    summary: 'a list with `null` among its values',
    why: 'It means "one of these, or no such field". Not every tool reads it so: two selections joined with `or` say it in words.',
    bad: example('User:\n            - root\n            - null'),
    good: example('User:\n            - root\n            - toor'),
    run(_subject, add, { item }) {
      if (item.values.length < 2) return
      const found = item.values.find(({ kind }) => kind === 'null')
      if (found !== undefined) add(found, `${keyOf(item)}: null stands for an absent field here`)
    },
  },
} as const satisfies Record<string, Check>
