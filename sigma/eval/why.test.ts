import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Fields, SigmaEvent } from '../event.ts'
import { loadRules } from '../load.ts'
import { event as anyEvent, expr as anyExpr } from './arbitraries.ts'
import { evaluate } from './evaluate.ts'
import { smallestChange, withChanges } from './nearest.ts'
import { explainWhy, type WhyNode } from './why.ts'

function eventOf(fields: Fields, product = 'linux'): SigmaEvent {
  const logsource = { product, category: ['process_creation'], service: [], closed: true }
  return { time: 0, source: 's', logsource, pivots: {}, message: '', fields, raw: '' }
}

function ruleOf(detection: string) {
  const text = `title: T\nid: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f\nlogsource:\n    product: linux\ndetection:\n${detection}`
  return loadRules([{ path: 't.yml', text }]).rules[0]!
}

const RULE = ruleOf(`    selection:
        Image|endswith: '/sh'
        CommandLine|contains:
            - curl
            - wget
    filter_main_known:
        User: backup
    condition: selection and not 1 of filter_main_*
`)

function leaves(node: WhyNode): WhyNode[] {
  return node.kind === 'test' ? [node] : node.children.flatMap(leaves)
}

describe('the tree of a rule', () => {
  test('has the shape of the condition and says of each node whether it holds', () => {
    const { fires, tree } = explainWhy(
      RULE,
      eventOf({ Image: '/bin/sh', CommandLine: 'curl x', User: 'root' }),
    )
    expect(fires).toBe(true)
    expect(tree).toMatchObject({
      kind: 'and',
      holds: true,
      children: [
        { kind: 'selection', label: 'selection' },
        { kind: 'not', holds: true },
      ],
    })
    expect(tree.children[1]!.children[0]).toMatchObject({
      kind: 'of',
      holds: false,
      label: '1 of filter_main_* (0 of 1 hold)',
    })
  })

  test('says for each test what the event has and why it passed or failed', () => {
    const { tree } = explainWhy(
      RULE,
      eventOf({ Image: '/bin/shell', commandline: 'curl x', User: 'backup' }),
    )
    const whys = leaves(tree).map(({ label, test: own }) => `${label}: ${own?.why}`)
    expect(whys).toEqual([
      'Image ends with "/sh": it is "/bin/shell", which has "/sh" in it, but not at its end',
      'CommandLine contains "curl": the event has no CommandLine, but it has commandline',
      'CommandLine contains "wget": the event has no CommandLine, but it has commandline',
      'User is "backup": it is "backup"',
    ])
  })

  test('leaves out alternatives beyond ten and counts them', () => {
    const values = Array.from({ length: 30 }, (_, n) => `            - v${n}x\n`).join('')
    const rule = ruleOf(`    selection:\n        A|contains:\n${values}    condition: selection\n`)
    const { tree } = explainWhy(rule, eventOf({ A: 'none' }))
    expect(tree.children[0]).toMatchObject({ kind: 'or', omitted: 20, holds: false })
  })

  test('says when the log source keeps the rule from running', () => {
    const why = explainWhy(RULE, eventOf({ Image: '/bin/sh', CommandLine: 'curl x' }, 'windows'))
    expect(why.fires).toBe(false)
    expect(why.logsource).toMatchObject({
      accepts: false,
      why: expect.stringContaining('the rule wants linux/-/-'),
    })
  })
})

describe('the smallest change', () => {
  test('names the one value that is missing, with an example that was tried', () => {
    const { change } = explainWhy(
      RULE,
      eventOf({ Image: '/bin/bash', CommandLine: 'curl x', User: 'root' }),
    )
    expect(change).toEqual({
      changes: [
        {
          field: 'Image',
          from: '/bin/bash',
          needs: 'must be so that it ends with "/sh"',
          example: '/bin/bash/sh',
        },
      ],
      isProven: true,
    })
  })

  test('takes a value away where a filter is in the way', () => {
    const { change } = explainWhy(
      RULE,
      eventOf({ Image: '/bin/sh', CommandLine: 'curl x', User: 'backup' }),
    )
    expect(change).toMatchObject({ changes: [{ field: 'User', example: null }], isProven: true })
  })

  const CASES: readonly (readonly [string, string, Fields, Fields])[] = [
    ['a pattern', 'A|re: "^x+[0-9]{2}$"', { A: 'y' }, { A: 'x11' }],
    ['a pattern in a longer text', "A|re: 'ab|cd'", { A: 'y' }, { A: 'y ab' }],
    ['a network', 'A|cidr: 10.1.0.0/16', {}, { A: '10.1.0.0' }],
    ['two ends', "A|startswith: 'abc'\n        A|endswith: 'bcd'", {}, { A: 'abcbcd' }],
    [
      'an end and what is kept',
      'A|contains: curl\n        A|endswith: sh',
      { A: 'curl' },
      { A: 'curlsh' },
    ],
    ['one of several values', 'A|contains|all: [one, two]', { A: ['one', 'x'] }, { A: 'one two' }],
    ['bounds', 'A|gt: 3\n        A|lt: 5', {}, { A: 4 }],
    ['another field', 'A|fieldref: B', { B: 'b' }, { A: 'b' }],
    ['the other of two fields', 'A|fieldref: B', { A: 'a' }, { B: 'a' }],
    ['two fields that are not there', 'A|fieldref: B', {}, { A: 'x', B: 'x' }],
    ['a nested field', 'a.b|endswith: x', { a: { b: 'c' } }, { 'a.b': 'cx' }],
    ['an hour', 'A|hour: 7', {}, { A: '2026-01-15T07:30:00.000Z' }],
    ['a Base64 text', 'A|base64offset|contains: whoami', {}, { A: 'd2hvYW1p' }],
  ]

  test.each(CASES)('has an example for %s', (_, detection, fields, wanted) => {
    const rule = ruleOf(`    selection:\n        ${detection}\n    condition: selection\n`)
    const { change } = explainWhy(rule, eventOf(fields))
    const made = Object.fromEntries(change!.changes.map(({ field, example }) => [field, example]))
    expect(made).toEqual(wanted as typeof made)
    expect(change!.isProven).toBe(true)
  })

  test('takes a nested value away', () => {
    const rule = ruleOf('    selection:\n        a.b: x\n    condition: not selection\n')
    const { change } = explainWhy(rule, eventOf({ a: [{ b: 'x', c: 1 }] }))
    expect(change).toMatchObject({ changes: [{ field: 'a.b', example: null }], isProven: true })
  })

  test('shows long values cut, and no character in two', () => {
    const rule = ruleOf('    selection:\n        A|endswith: .exe\n    condition: selection\n')
    const why = explainWhy(rule, eventOf({ A: `${'x'.repeat(299)}\u{1F600}${'y'.repeat(5_000)}` }))
    expect(leaves(why.tree)[0]?.test?.actual).toBe(`${'x'.repeat(299)}...`)
    expect(why.change).toMatchObject({ changes: [{ example: '.exe' }], isProven: true })
    expect(why.change?.changes[0]?.from?.length).toBe(1_003)
  })

  test('of a keyword is a message', () => {
    const rule = ruleOf("    keywords: ['segfault at']\n    condition: keywords\n")
    const { change } = explainWhy(rule, { ...eventOf({}), message: 'kernel:' })
    expect(change).toMatchObject({
      changes: [{ field: '', example: 'kernel: segfault at' }],
      isProven: true,
    })
  })

  test('finds the field that two selections share', () => {
    const rule = ruleOf(`    one:
        - A: 1
        - B: 2
    two:
        B: 2
    condition: one and two
`)
    expect(explainWhy(rule, eventOf({})).change).toMatchObject({
      changes: [{ field: 'B', example: 2 }],
      isProven: true,
    })
  })

  test('changes a value so that no filter takes it', () => {
    const rule = ruleOf(`    selection:
        A|endswith: .exe
    filter:
        A: 'x.exe'
    condition: selection and not filter
`)
    const { change } = explainWhy(rule, eventOf({ A: 'x.exe' }))
    expect(change).toMatchObject({ changes: [{ field: 'A' }], isProven: true })
  })

  test('of rules that nothing can satisfy is none', () => {
    const rule = ruleOf(
      '    selection:\n        A: 1\n    condition: selection and not selection\n',
    )
    expect(explainWhy(rule, eventOf({})).change?.isProven).toBe(false)
  })

  test('never claims what is not so', () => {
    fc.assert(
      fc.property(anyExpr, anyEvent, (expr, event) => {
        if (evaluate(expr, event)) return
        const { changes, isProven } = smallestChange(expr, event)
        if (!isProven) return
        const changed = withChanges(event, changes)
        expect(changed !== undefined && evaluate(expr, changed)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
