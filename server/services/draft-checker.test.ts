import { afterEach, expect, test } from 'bun:test'
import type { CheckInput } from './draft-check.ts'
import { createDraftChecker, type DraftChecker } from './draft-checker.ts'

const HEAD = 'title: T\nlogsource:\n    product: windows\ndetection:\n'
const inputOf = (text: string): CheckInput => ({
  draft: { path: 'detections/x.yml', text, testText: '' },
  beside: [],
  settings: { disable: [], severity: {}, ignore: [] },
  known: [],
})
const small = inputOf(`${HEAD}    s:\n        Image: x\n    condition: s\n`)
const selections = Array.from(
  { length: 6_000 },
  (_, n) => `    s${n}:\n        Image|contains: v${n}\n`,
)
const huge = inputOf(`${HEAD}${selections.join('')}    condition: 1 of s*\n`)

let checker: DraftChecker | undefined
afterEach(() => checker?.stop())

test('a check says what the linter says', async () => {
  checker = createDraftChecker()
  const { findings, runs } = await checker.check(small)
  expect(runs).toBe(true)
  expect(findings.map(({ code }) => code)).toContain('id-missing')
})

test('a check that takes too long is given up by name, and the next one runs', async () => {
  checker = createDraftChecker(1_500)
  const [slow, beside] = await Promise.all([checker.check(huge), checker.check(small)])
  expect(slow.findings).toMatchObject([{ code: 'check-timeout', severity: 'error' }])
  expect(beside.findings.length).toBeGreaterThan(0)
  // A new worker starts within the same limit: a busy machine may need more than one.
  let next = await checker.check(small)
  while (next.findings.some(({ code }) => code === 'check-timeout'))
    next = await checker.check(small)
  expect(next.runs).toBe(true)
}, 60_000)

test('stopping answers whoever waits', async () => {
  checker = createDraftChecker()
  const waits = checker.check(huge)
  checker.stop()
  expect((await waits).runs).toBe(false)
})
