// Hashes: `Hashes` of Sysmon holds `ALGORITHM=VALUE`, other fields the value alone.
import type { Scalar } from '../rule.ts'
import type { Check } from './check.ts'
import { isTextItem } from './values.ts'

/** Digits of each algorithm's value in hexadecimal. */
const DIGITS: Readonly<Record<string, number>> = { MD5: 32, SHA1: 40, SHA256: 64, IMPHASH: 32 }
const EXAMPLE = 'd41d8cd98f00b204e9800998ecf8427e'

/** The hashes that a value of `Hashes` asks for, without wildcards at its ends. */
function parts(value: Scalar): readonly string[] {
  if (value.kind !== 'string') return []
  return value.text
    .replace(/^\*+|\*+$/g, '')
    .split(',')
    .filter((part) => part !== '')
}

function isPlain(text: string): boolean {
  return !/[*?]/.test(text)
}

function example(line: string): string {
  return `logsource:\n    product: windows\n    category: process_creation\ndetection:\n    selection:\n        ${line}\n    condition: selection`
}

export const HASH_CHECKS = {
  'hash-without-algorithm': {
    on: 'item',
    severity: 'warning',
    summary: 'a value of `Hashes` without its algorithm',
    why: '`Hashes` holds pairs such as `MD5=...,SHA256=...`. Naming the algorithm keeps the search exact.',
    bad: example(`Hashes|contains: ${EXAMPLE}`),
    good: example(`Hashes|contains: MD5=${EXAMPLE}`),
    run(_subject, add, { item }) {
      if (!/^Hash(es)?$/.test(item.field ?? '') || !isTextItem(item)) return
      for (const value of item.values) {
        const odd = parts(value).find((part) => !part.includes('='))
        if (odd !== undefined) add(value, `"${odd}": say of which algorithm, as in MD5=...`)
      }
    },
  },
  'hash-algorithm-unknown': {
    on: 'item',
    severity: 'warning',
    summary: 'an algorithm that `Hashes` does not have',
    why: `Sysmon writes ${Object.keys(DIGITS).join(', ')}. A misspelt one is never there.`,
    bad: example(`Hashes|contains: MD4=${EXAMPLE}`),
    good: example(`Hashes|contains: MD5=${EXAMPLE}`),
    run(_subject, add, { item }) {
      if (!/^Hash(es)?$/.test(item.field ?? '') || !isTextItem(item)) return
      for (const value of item.values) {
        for (const part of parts(value)) {
          const [name = ''] = part.split('=')
          if (part.includes('=') && isPlain(name) && !Object.hasOwn(DIGITS, name.toUpperCase()))
            add(value, `"${name}" is none of ${Object.keys(DIGITS).join(', ')}`)
        }
      }
    },
  },
  'hash-length': {
    on: 'item',
    severity: 'warning',
    summary: 'a hash that is not as long as those of its algorithm, or has other characters',
    why: 'MD5 and IMPHASH have 32 hexadecimal digits, SHA1 has 40, SHA256 has 64. A digit lost in copying finds nothing.',
    bad: example('Hashes|contains: MD5=d41d8cd98f00b204'),
    good: example(`Hashes|contains: MD5=${EXAMPLE}`),
    run(_subject, add, { item }) {
      if (!isTextItem(item)) return
      const field = (item.field ?? '').toUpperCase()
      const isOwn = Object.hasOwn(DIGITS, field) && item.modifiers.length === 0
      if (!isOwn && !/^HASH(ES)?$/.test(field)) return
      for (const value of item.values) {
        for (const part of parts(value)) {
          const [name = '', hash = ''] = isOwn ? [field, part] : part.split('=')
          const digits = DIGITS[name.toUpperCase()]
          if (digits === undefined || hash === '' || !isPlain(hash)) continue
          if (!/^[0-9a-f]*$/i.test(hash) || hash.length !== digits)
            add(
              value,
              `"${hash}" is no ${name.toUpperCase()}: that has ${digits} hexadecimal digits`,
            )
        }
      }
    },
  },
} as const satisfies Record<string, Check>
