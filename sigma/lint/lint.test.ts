import { describe, expect, test } from 'bun:test'
import { ATTACK, LOG_SOURCES } from '../facts/facts.ts'
import { fixFile, fixUntilDone } from './fix.ts'
import { lint } from './lint.ts'

const facts = { attack: ATTACK, logsources: LOG_SOURCES, today: '2026-11-21', complete: false }
const RULE = `title: Whoami Started   # a comment
id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f
# how it began
tags:
    - attack.T1033   # ours
    -   attack.discovery
    - attack.discovery
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        CommandLine|contains:
            - 'whoami'
        Image:   '*\\whoami.exe'      # a path
    condition: selection AND selection
`

const find = (text: string) => lint([{ path: 'rule.yml', text }], { facts })
const codes = (text: string) => find(text).map(({ code }) => code)

describe('findings', () => {
  test('have the line and column of what they are about', () => {
    const found = find(RULE).find(({ code }) => code === 'tag-upper-case')
    expect(found).toMatchObject({ path: 'rule.yml', line: 5, column: 7, severity: 'warning' })
  })

  test('come by line and column', () => {
    const lines = find(RULE).map(({ line }) => line)
    expect(lines).toEqual([...lines].sort((a, b) => a - b))
  })

  test('of what cannot be read come under the same names as in loading', () => {
    expect(codes('title: [')).toContain('yaml-syntax')
    expect(codes(RULE.replace('|contains', '|contain'))).toContain('unknown-modifier')
  })
})

describe('switching checks off', () => {
  test('by a comment at the end of the line', () => {
    const text = RULE.replace('# ours', '# ours # trapline-lint: disable=tag-upper-case')
    expect(codes(text)).not.toContain('tag-upper-case')
    expect(codes(text)).toContain('tag-duplicate')
  })

  test('by a comment on the line before', () => {
    const text = RULE.replace(
      '    - attack.T1033',
      '    # trapline-lint: disable=tag-upper-case\n\n    - attack.T1033',
    )
    expect(codes(text)).not.toContain('tag-upper-case')
  })

  test('for a whole file', () => {
    const text = `# trapline-lint: disable-file=tag-upper-case, tag-duplicate\n${RULE}`
    expect(codes(text)).not.toContain('tag-upper-case')
    expect(codes(text)).not.toContain('tag-duplicate')
  })

  test('all of a line, but errors', () => {
    const text = RULE.replace(
      'selection AND selection',
      'selection and slection # trapline-lint: disable=all',
    )
    expect(codes(text)).toContain('unknown-selection')
  })

  test('by configuration, and severities by configuration', () => {
    const options = {
      facts,
      disable: ['tag-upper-case'],
      severity: { 'tag-duplicate': 'error' },
    } as const
    const found = lint([{ path: 'rule.yml', text: RULE }], options)
    expect(found.map(({ code }) => code)).not.toContain('tag-upper-case')
    expect(found.find(({ code }) => code === 'tag-duplicate')?.severity).toBe('error')
  })
})

describe('fixing', () => {
  test('changes what the findings name and no other byte', () => {
    const { text, fixed } = fixUntilDone({ path: 'rule.yml', text: RULE }, ({ text }) => find(text))
    expect(fixed).toBeGreaterThanOrEqual(5)
    expect(text).toBe(`title: Whoami Started   # a comment
id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f
# how it began
tags:
    - attack.t1033   # ours
    -   attack.discovery
logsource:
    category: process_creation
    product: windows
detection:
    selection:
        CommandLine|contains: 'whoami'
        Image|endswith:   '\\whoami.exe'      # a path
    condition: selection and selection
`)
  })

  test('leaves out what would change the meaning of a rule', () => {
    const [finding] = find(RULE).filter(({ code }) => code === 'tag-upper-case')
    const start = RULE.indexOf("'whoami'")
    const edits = [{ start, end: start + 8, text: "'quser'" }]
    const wrong = { ...finding!, fix: { title: 'wrong', safe: true, edits } }
    expect(fixFile({ path: 'rule.yml', text: RULE }, [wrong])).toMatchObject({
      text: RULE,
      fixed: 0,
    })
  })

  test('leaves a comment between a key and its only value alone', () => {
    const text = RULE.replace("            - 'whoami'", "            # why\n            - 'whoami'")
    const fixed = fixUntilDone({ path: 'rule.yml', text }, (file) => find(file.text))
    expect(fixed.text).toContain("            # why\n            - 'whoami'")
  })
})
