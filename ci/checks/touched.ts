// What a change touches: the changed files, their tests or rules, and whatever refers to them.
import type { Finding, LintFile } from '../../sigma/lint/check.ts'
import { ruledPaths } from '../../sigma/lint/tests.ts'

/** Findings that a change elsewhere can cause. */
const REFERENCE_CHECKS = new Set([
  'correlation-rule-unknown',
  'filter-rule-unknown',
  'filter-log-source-differs',
  'correlation-cycle',
  'test-file-orphan',
  'test-rule-unknown',
  'id-duplicate',
  'name-duplicate',
])

/** Paths to report on: those changed, with the tests beside rules and the rules beside tests. */
export function touchedPaths(
  files: readonly LintFile[],
  changed: ReadonlySet<string>,
): ReadonlySet<string> {
  const out = new Set<string>()
  for (const { path } of files) {
    const partners = /\.test\.ya?ml$/.test(path)
      ? ruledPaths(path)
      : [path.replace(/\.ya?ml$/, '.test.yml')]
    if (changed.has(path) || partners.some((partner) => changed.has(partner))) out.add(path)
  }
  return out
}

/** Files that may be broken by a change of others: they refer to rules. */
export function referringPaths(files: readonly LintFile[]): ReadonlySet<string> {
  const refers = /^(correlation|filter|tests):/m
  return new Set(files.filter(({ text }) => refers.test(text)).map(({ path }) => path))
}

/** Of the findings those on touched paths, and broken references on others. */
export function onlyTouched(
  findings: readonly Finding[],
  touched: ReadonlySet<string>,
): readonly Finding[] {
  return findings.filter(({ path, code }) => touched.has(path) || REFERENCE_CHECKS.has(code))
}
