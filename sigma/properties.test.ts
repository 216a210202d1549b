// What rules mean, end to end: text is written, loaded and run, and held against an oracle that is too simple
// to be wrong.
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import fc from 'fast-check'
import { compilePredicate } from './eval/predicate.ts'
import type { FieldValue } from './event.ts'
import { loadRules } from './load.ts'
import { plainEvent } from './plain-event.ts'

/** A machine that does other things as well takes its time, milliseconds. */
setDefaultTimeout(60_000)

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

/** The rule of a detection, as a function of an event's fields. Fails when it does not load. */
function ruleOf(detection: string): (fields: Record<string, FieldValue>) => boolean {
  const text = `title: T\nid: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f\nlogsource: {product: p}\ndetection:\n${detection}`
  const { rules, refused } = loadRules([{ path: 't.yml', text }])
  if (rules[0] === undefined) throw new Error(`${refused[0]?.message}\n${text}`)
  const predicate = compilePredicate(rules[0].expr)
  return (fields) => predicate(plainEvent(fields))
}

/** A rule of one field item. */
const itemRule = (key: string, value: string) =>
  ruleOf(`    s:\n        ${key}: ${quoted(value)}\n    condition: s\n`)

type Tree =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'not'; readonly arg: Tree }
  | { readonly kind: 'and' | 'or'; readonly args: readonly Tree[] }
  | { readonly kind: 'of'; readonly count: number | 'all'; readonly prefix: string }

const NAMES = ['a_one', 'a_two', 'a_three', 'b_one', 'b_two']
const PREFIXES = ['a_', 'b_', '']

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...NAMES).map((name): Tree => ({ kind: 'name', name })),
    fc.record({
      kind: fc.constant('of' as const),
      count: fc.constantFrom(1, 2, 'all' as const),
      prefix: fc.constantFrom(...PREFIXES),
    }),
    fc.record({ kind: fc.constant('not' as const), arg: tie('tree') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      args: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}))

const below = (prefix: string) => NAMES.filter((name) => name.startsWith(prefix))

function holds(node: Tree, on: ReadonlySet<string>): boolean {
  if (node.kind === 'name') return on.has(node.name)
  if (node.kind === 'not') return !holds(node.arg, on)
  if (node.kind === 'of') {
    const names = below(node.prefix)
    const count = names.filter((name) => on.has(name)).length
    return node.count === 'all' ? count === names.length : count >= node.count
  }
  return node.kind === 'and'
    ? node.args.every((arg) => holds(arg, on))
    : node.args.some((arg) => holds(arg, on))
}

/** Writes a tree with no more parentheses than precedence needs: not before and, and before or. */
function write(node: Tree, tightness = 0): string {
  if (node.kind === 'name') return node.name
  if (node.kind === 'of')
    return `${node.count} of ${node.prefix === '' ? 'them' : `${node.prefix}*`}`
  if (node.kind === 'not') return `not ${write(node.arg, 3)}`
  const own = node.kind === 'and' ? 2 : 1
  const text = node.args
    .map((arg) => write(arg, own + 1))
    .join(node.kind === 'and' ? '  and ' : ' OR ')
  return own < tightness ? `(${text})` : text
}

test('conditions mean what their tree means, for every combination of selections', () => {
  fc.assert(
    fc.property(tree, (node) => {
      const selections = NAMES.map((name) => `    ${name}:\n        ${name}: yes it is\n`).join('')
      const rule = ruleOf(`${selections}    condition: ${write(node)}\n`)
      for (let bits = 0; bits < 1 << NAMES.length; bits++) {
        const on = NAMES.filter((_, n) => (bits >> n) & 1)
        const fields = Object.fromEntries(on.map((name) => [name, 'yes it is']))
        expect(rule(fields)).toBe(holds(node, new Set(on)))
      }
    }),
    { numRuns: 300 },
  )
})

/** Wildcards by trying everything: `*` any run, `?` one character, a backslash before `* ? \` takes it as it is. */
function like(pattern: string, text: string, p = 0, t = 0): boolean {
  if (p === pattern.length) return t === text.length
  const char = pattern[p]!
  const next = pattern[p + 1]
  if (char === '*')
    return like(pattern, text, p + 1, t) || (t < text.length && like(pattern, text, p, t + 1))
  if (char === '?') return t < text.length && like(pattern, text, p + 1, t + 1)
  const escapes = char === '\\' && (next === '*' || next === '?' || next === '\\')
  const wanted = escapes ? next! : char
  return text[t] === wanted && like(pattern, text, p + (escapes ? 2 : 1), t + 1)
}

describe('values', () => {
  const pattern = fc.string({
    unit: fc.constantFrom('a', 'b', '*', '?', '\\', "'"),
    minLength: 1,
    maxLength: 7,
  })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '\\', "'"), maxLength: 9 })

  test('with wildcards match what trying everything matches', () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 3 }), (value, texts) => {
        const rule = itemRule('X', value)
        for (const one of texts) expect(rule({ X: one })).toBe(like(value, one))
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['contains', (value: string) => `*${value}*`],
    ['startswith', (value: string) => `${value}*`],
    ['endswith', (value: string) => `*${value}`],
  ])('with %s match what their wildcards would', (modifier, around) => {
    fc.assert(
      fc.property(
        pattern.filter((value) => !value.endsWith('\\')),
        fc.array(text, { minLength: 3 }),
        (value, texts) => {
          const rule = itemRule(`X|${modifier}`, value)
          for (const one of texts) expect(rule({ X: one })).toBe(like(around(value), one))
        },
      ),
    )
  })

  test('are compared without regard to the case of ASCII letters', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'B', 'z', '1', ' '), maxLength: 6 })
    fc.assert(
      fc.property(word, word, (value, one) => {
        expect(itemRule('X', value)({ X: one })).toBe(value.toLowerCase() === one.toLowerCase())
      }),
    )
  })
})

describe('base64offset', () => {
  const word = fc
    .string({ unit: 'grapheme-ascii', minLength: 4, maxLength: 12 })
    .filter((text) => !/[*?\\%]/.test(text))
  const around = fc.string({ unit: 'grapheme-ascii', maxLength: 9 })
  const utf16 = (text: string) => [...text].map((char) => `${char}\0`).join('')

  test.each([
    ['base64offset', (text: string) => text],
    ['wide|base64offset', utf16],
    ['utf16le|base64offset', utf16],
  ])('with %s finds a word wherever it stands in the encoded text', (modifiers, bytes) => {
    fc.assert(
      fc.property(word, around, around, (value, before, after) => {
        const rule = itemRule(`X|${modifiers}|contains`, value)
        expect(rule({ X: btoa(bytes(before + value + after)) })).toBe(true)
      }),
    )
  })
})

test('windash finds a flag with any of the five dashes, and nothing that differs otherwise', () => {
  const dash = fc.constantFrom('-', '/', '\u2013', '\u2014', '\u2015')
  const flag = fc.string({ unit: fc.constantFrom('a', 'b', 'e'), minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(dash, dash, flag, flag, (written, typed, name, other) => {
      const rule = itemRule('X|contains|windash', ` ${written}${name} `)
      expect(rule({ X: `cmd ${typed}${name} x` })).toBe(true)
      expect(rule({ X: `cmd ${typed}${other} x` })).toBe(name === other)
      expect(rule({ X: `cmd +${name} x` })).toBe(false)
    }),
  )
})

describe('cidr', () => {
  const bits4 = (address: string) =>
    address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('')
  const address4 = fc
    .array(fc.nat(255), { minLength: 4, maxLength: 4 })
    .map((parts) => parts.join('.'))
  const groups6 = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 })
  const bits6 = (groups: readonly number[]) =>
    groups.map((group) => group.toString(2).padStart(16, '0')).join('')
  const text6 = (groups: readonly number[]) => groups.map((group) => group.toString(16)).join(':')

  test('holds for IPv4 addresses whose leading bits are those of the network', () => {
    fc.assert(
      fc.property(address4, fc.nat(32), address4, fc.nat(32), (network, prefix, other, kept) => {
        const rule = itemRule('X|cidr', `${network}/${prefix}`)
        // Half of the addresses share their beginning with the network.
        const mixed = bits4(network).slice(0, kept) + bits4(other).slice(kept)
        const address = mixed
          .match(/.{8}/g)!
          .map((byte) => Number.parseInt(byte, 2))
          .join('.')
        expect(rule({ X: address })).toBe(
          mixed.slice(0, prefix) === bits4(network).slice(0, prefix),
        )
      }),
    )
  })

  test('holds for IPv6 addresses likewise, and never for the other version', () => {
    fc.assert(
      fc.property(
        groups6,
        fc.nat(128),
        groups6,
        fc.nat(8),
        address4,
        (network, prefix, other, kept, four) => {
          fc.pre(
            !bits6(network).startsWith('0'.repeat(80)) && !bits6(other).startsWith('0'.repeat(80)),
          )
          const rule = itemRule('X|cidr', `${text6(network)}/${prefix}`)
          const groups = [...network.slice(0, kept), ...other.slice(kept)]
          expect(rule({ X: text6(groups) })).toBe(
            bits6(groups).slice(0, prefix) === bits6(network).slice(0, prefix),
          )
          expect(rule({ X: four })).toBe(false)
        },
      ),
    )
  })
})
