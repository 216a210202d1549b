// What the checks of CI say of a draft: the same linter, the same tests.
import { checkContent, lintFacts } from '../../ci/checks/content.ts'
import { runCorrelationTest, runTest } from '../../ci/checks/run-tests.ts'
import { parseTestFile, type RuleTest } from '../../ci/checks/test-file.ts'
import { isIgnored, type LintSettings } from '../../ci/lint-settings.ts'
import { rangeOfFinding } from '../../ci/lsp/diagnostics.ts'
import type { Range } from '../../ci/lsp/protocol.ts'
import type { Finding } from '../../sigma/lint/check.ts'
import type { LintFacts } from '../../sigma/lint/facts.ts'
import type { RuleFile } from '../../sigma/rule.ts'
import {
  type DraftFiles,
  filesBeside,
  type LoadedDraft,
  loadDraft,
  testPathOf,
} from './draft-content.ts'
import { conflictFindings, MERGE_CONFLICT } from './draft-merge.ts'
import type { Rules } from './rules.ts'
import { leftOut, takenIds } from './taken-ids.ts'

/** A finding and from where to where it reaches, lines and characters from 0. */
export interface DraftFinding extends Finding {
  readonly range: Range
}

export interface DraftTest {
  readonly name: string
  readonly match: boolean
  /** Undefined: it cannot run here; `message` says why. */
  readonly passed: boolean | undefined
  readonly message: string
}

export interface DraftCheck {
  /** Of rule file and test file, by line. */
  readonly findings: readonly DraftFinding[]
  readonly tests: readonly DraftTest[]
  /** Whether something of it runs. */
  readonly runs: boolean
}

/** The linter's facts, as of today. */
export function factsOfToday(): LintFacts {
  return lintFacts({ today: today(), complete: false })
}

function today(): string {
  return new Date().toISOString().slice(0, 10)
}

/** Findings of one check. */
export const FINDINGS_MAX = 500

const NO_SETTINGS: LintSettings = { disable: [], severity: {}, ignore: [] }

/** Everything that a check needs: plain data, for it may run in another thread. */
export interface CheckInput {
  readonly draft: DraftFiles
  /** What it is loaded and checked with. */
  readonly beside: readonly RuleFile[]
  readonly settings: LintSettings
  /** What the server itself found. */
  readonly known: readonly Finding[]
}

/** Gathers what a check of a draft needs. */
export function checkInput(
  { path, text, testText }: DraftFiles,
  rules: Rules,
  ruleId?: string,
  settings: LintSettings = NO_SETTINGS,
): CheckInput {
  const draft = { path, text, testText }
  const known = [
    ...conflictFindings(draft),
    ...takenIds(draft, rules, ruleId),
    ...leftOut(draft, rules, ruleId),
  ]
  return { draft, beside: filesBeside(draft, rules), settings, known }
}

/** Lints a draft and runs its tests. */
export function checkDraft(draft: DraftFiles, rules: Rules, ruleId?: string): DraftCheck {
  return runCheck(checkInput(draft, rules, ruleId))
}

/** The check itself: lint, and the tests. */
export function runCheck({ draft, beside, settings, known }: CheckInput): DraftCheck {
  const testPath = testPathOf(draft.path)
  const own = [
    { path: draft.path, text: draft.text },
    ...(draft.testText === '' ? [] : [{ path: testPath, text: draft.testText }]),
  ]
  const linted = checkContent([...own, ...beside], {
    ...{ disable: settings.disable, severity: settings.severity },
    ...{ today: today(), complete: false },
    only: new Set(own.map(({ path }) => path)),
  })
  const loaded = loadDraft(draft, beside)
  const textOf = (path: string) => (path === draft.path ? draft.text : draft.testText)
  const heard = isIgnored(draft.path, settings.ignore) ? [] : linted
  // The marks of a conflict are no YAML; that they are there says it all.
  const torn = new Set(known.filter(({ code }) => code === MERGE_CONFLICT).map(({ path }) => path))
  const findings = [
    ...known,
    ...heard.filter(({ code, path }) => code !== 'yaml-syntax' || !torn.has(path)),
  ]
  return {
    findings: mostTelling(findings).map((finding) => ({
      ...finding,
      range: rangeOfFinding(textOf(finding.path), finding),
    })),
    tests: draft.testText === '' ? [] : runTests(draft, loaded),
    runs: loaded.rules.length + loaded.correlations.length > 0,
  }
}

/** All of them, or errors first where there are too many to be read. */
function mostTelling(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= FINDINGS_MAX) return findings
  const errors = findings.filter(({ severity }) => severity === 'error')
  const others = findings.filter(({ severity }) => severity !== 'error')
  return [...errors, ...others].slice(0, FINDINGS_MAX)
}

/** Whether a draft may be proposed: nothing is wrong with it and no test fails. */
export function isReady({ findings, tests, runs }: DraftCheck): boolean {
  const wrong = findings.some(({ severity }) => severity === 'error')
  return runs && !wrong && tests.every(({ passed }) => passed !== false)
}

function runTests(draft: DraftFiles, loaded: LoadedDraft): DraftTest[] {
  const { tests } = parseTestFile(draft.testText, testPathOf(draft.path))
  return tests.map((test) => runOne(test, loaded))
}

function runOne(test: RuleTest, { rules, correlations, loaded }: LoadedDraft): DraftTest {
  const { name, match } = test
  const failed = (message: string) => ({ name, match, passed: false, message })
  const all = [...rules, ...correlations]
  const rule =
    test.rule === undefined
      ? (all.find(({ feedsOnly }) => !feedsOnly) ?? all[0])
      : all.find(({ id, title }) => id === test.rule || title === test.rule)
  if (rule === undefined)
    return failed(test.rule === undefined ? 'no rule here runs' : `no rule ${test.rule} here runs`)
  const { events } = test
  if (events === undefined) {
    const message = `its events are in the file ${test.file}: it runs in CI and in the release`
    return { name, match, passed: undefined, message }
  }
  const result =
    'expr' in rule ? runTest(rule, test, events) : runCorrelationTest(rule, loaded, test, events)
  return { name, match, passed: result.passed, message: result.message }
}
