// The one door for regular expressions. JavaScript's own engine may give up and answer false without a
// word, and backtracks without a bound; here every pattern runs in linear time: on our automaton where we
// know its syntax, else on RE2JS, which also decides what is valid (RE2 syntax, `$` is the end of the text).
import { RE2JS } from 're2js'
import type { Diagnostic } from './diagnostic.ts'
import { buildMatcher } from './regex/dfa.ts'
import { type AnyOf, requiredTexts, writtenTexts } from './regex/literals.ts'
import { buildProgram, type Program } from './regex/nfa.ts'
import { parseRegex } from './regex/parse.ts'
import { type QuickChecks, quickChecks } from './regex/quick.ts'
import { describeRefusal } from './regex/refusal.ts'
import { runTest } from './regex/run.ts'

/** Longest pattern, in UTF-16 units. */
export const REGEX_UNITS_MAX = 10_000

export interface CompiledRegex {
  readonly pattern: string
  readonly flags: string
  readonly engine: 'automaton' | 're2js'
  /** Whether the pattern matches anywhere in the text; time is linear in the text. */
  test(text: string): boolean
  /** Folded texts that every match holds, all of them; may be empty. */
  readonly literals: readonly string[]
  /** Folded texts of which every match holds at least one of each group; `literals` are the groups of one. */
  readonly required: readonly AnyOf[]
}

/** True for the outcome that can run. */
export function isCompiledRegex(outcome: CompiledRegex | Diagnostic): outcome is CompiledRegex {
  return 'test' in outcome
}

/**
 * Compiles a pattern of RE2 syntax with flags out of `ims`, or says what is wrong with it.
 * Codes: `regex-flag-unknown regex-too-long regex-lookaround-unsupported
 * regex-backreference-unsupported regex-unsupported regex-syntax`.
 */
export function compileRegex(pattern: string, flags = ''): CompiledRegex | Diagnostic {
  const unknown = [...flags].find((flag) => !'ims'.includes(flag))
  if (unknown !== undefined) return refusal('regex-flag-unknown', `unknown flag '${unknown}'`)
  if (pattern.length > REGEX_UNITS_MAX) {
    return refusal('regex-too-long', `pattern is longer than ${REGEX_UNITS_MAX} characters`)
  }
  let re2: RE2JS
  try {
    re2 = RE2JS.compile(pattern, re2Flags(flags))
  } catch (error) {
    const { code, message } = describeRefusal(pattern, error)
    return refusal(code, message)
  }
  return prepare(pattern, flags, () => re2)
}

/**
 * A pattern that `compileRegex` accepted before, in a fraction of its time: what runs it is made when it is first asked.
 * Throws then if the pattern is not valid after all.
 */
export function knownRegex(pattern: string, flags: string): CompiledRegex {
  return prepare(pattern, flags, () => RE2JS.compile(pattern, re2Flags(flags)))
}

function prepare(pattern: string, flags: string, re2: () => RE2JS): CompiledRegex {
  const node = parseRegex(pattern, flags)
  const required = node === undefined ? [] : requiredTexts(node)
  const literals = required.flatMap((group) => (group.length === 1 ? group : []))
  let program: Program | undefined | null = null
  const programOf = () => {
    if (program === null) program = node === undefined ? undefined : buildProgram(node)
    return program
  }
  const test = lazily(() => {
    const run = node === undefined ? undefined : runTest(node)
    if (run !== undefined) return run
    const known = programOf()
    if (known === undefined || node === undefined) return onRe2(re2())
    return afterChecks(
      quickChecks(node),
      lazily(() => buildMatcher(known) ?? onRe2(re2())),
    )
  })
  return {
    ...{ pattern, flags, literals, required, test },
    get engine() {
      return programOf() === undefined ? ('re2js' as const) : ('automaton' as const)
    },
  }
}

function onRe2(re2: RE2JS): (text: string) => boolean {
  return (text) => re2.test(text)
}

/**
 * Groups of folded texts for an index: every match of the pattern holds one of each. As `required`, with small
 * classes of characters written out. None for a pattern that is not understood or does not run.
 */
export function indexTexts(pattern: string, flags = ''): readonly AnyOf[] {
  if (!isCompiledRegex(compileRegex(pattern, flags))) return []
  const node = parseRegex(pattern, flags)
  return node === undefined ? [] : writtenTexts(node)
}

function refusal(code: string, message: string): Diagnostic {
  return { code, severity: 'error', message }
}

function re2Flags(flags: string): number {
  return (
    (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.includes('m') ? RE2JS.MULTILINE : 0) |
    (flags.includes('s') ? RE2JS.DOTALL : 0)
  )
}

/** The test after checks that cost next to nothing. */
function afterChecks(checks: QuickChecks, run: (text: string) => boolean): typeof run {
  const { units_min, units_max, literal } = checks
  return (text) => {
    if (text.length < units_min || text.length > units_max) return false
    return (literal === '' || text.includes(literal)) && run(text)
  }
}

/** Builds the matcher at its first use: most rules' patterns never see a text. */
function lazily(build: () => (text: string) => boolean): (text: string) => boolean {
  let built: ((text: string) => boolean) | undefined
  return (text) => {
    built ??= build()
    return built(text)
  }
}
