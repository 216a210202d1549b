// The linter over all SigmaHQ rules: how often each check fires is recorded, and may only become less. What
// fires on hundreds of good rules is wrong, or no more than a note.
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { lintContent } from '../../ci/checks/content.ts'
import { checkSchema } from '../../ci/checks/schema.ts'
import { readContent } from '../../ci/content-files.ts'
import type { LintFile } from '../../sigma/lint/check.ts'
import { fixUntilDone, meansTheSame } from '../../sigma/lint/fix.ts'
import { CHECKS } from '../../sigma/lint/table.ts'
import { corpusFolder } from './corpus.ts'
import recorded from './lint-counts.json' with { type: 'json' }

/** A machine that does other things as well takes its time, milliseconds. */
setDefaultTimeout(60_000)

const SETS = [
  'rules',
  'rules-emerging-threats',
  'rules-threat-hunting',
  'rules-compliance',
  'rules-placeholder',
]
/** Checks that may fire more often than this are notes. */
const NOISE_MAX = 150
/** The day the counts are of. */
const TODAY = '2026-11-21'

const sigmahq = await corpusFolder('sigmahq')
const files: readonly LintFile[] =
  sigmahq === undefined ? [] : await readContent(SETS.map((set) => `${sigmahq}/${set}`))
const findings = lintContent(files, { today: TODAY })
const counts = Object.fromEntries(
  [...Map.groupBy(findings, ({ code }) => code)]
    .map(([code, found]) => [code, found.length])
    .sort(),
)
if (process.env.RECORD_LINT_COUNTS === '1') {
  await Bun.write(`${import.meta.dir}/lint-counts.json`, `${JSON.stringify(counts, null, 2)}\n`)
}

describe.skipIf(sigmahq === undefined)('the linter over SigmaHQ', () => {
  test('finds no more of anything than is recorded (RECORD_LINT_COUNTS=1 writes the file)', () => {
    const known: Readonly<Record<string, number>> = recorded
    const more = Object.entries(counts).filter(
      ([code, count]) => Number(count) > (known[code] ?? 0),
    )
    expect(more).toEqual([])
  })

  test(`has no check above ${NOISE_MAX} findings that is more than a note`, () => {
    const noisy = Object.entries(counts).filter(([, count]) => Number(count) > NOISE_MAX)
    expect(noisy.filter(([code]) => CHECKS.get(code)?.severity !== 'info')).toEqual([])
  })

  test('finds every rule to be of its schema', () => {
    expect(files.flatMap(checkSchema)).toEqual([])
  })

  test('mends what it says it can without changing what any rule matches', () => {
    const mendable = new Set(findings.filter(({ fix }) => fix?.safe).map(({ path }) => path))
    let fixed = 0
    for (const file of files) {
      if (!mendable.has(file.path)) continue
      const mended = fixUntilDone(file, (one) =>
        lintContent([one], { today: TODAY, complete: false }),
      )
      expect(meansTheSame(file.text, mended.text, file.path)).toBe(true)
      fixed += mended.fixed
    }
    expect(fixed).toBeGreaterThan(0)
  })
})
