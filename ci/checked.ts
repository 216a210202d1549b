// What `check` and `lint` share: options, files, exit codes.
import type { Severity } from '../sigma/diagnostic.ts'
import type { Finding, LintFile } from '../sigma/lint/check.ts'
import { rulesBeside } from './beside.ts'
import { type ContentOptions, stopsRunning } from './checks/content.ts'
import { onlyTouched, referringPaths, touchedPaths } from './checks/touched.ts'
import { EXIT, UsageError } from './command.ts'
import { changedSince, contentPaths, readContent } from './content-files.ts'
import { isIgnored, readLintSettings } from './lint-settings.ts'

/** Files above which a terminal is told that it will take a while. */
const MANY_FILES = 500

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 }

/** Options of both commands, for `parseArgs`. */
export const CHECK_OPTIONS = {
  format: { type: 'string' },
  base: { type: 'string' },
  beside: { type: 'string', multiple: true },
  disable: { type: 'string', multiple: true },
  'fail-on': { type: 'string', default: 'warning' },
  show: { type: 'string', default: 'info' },
} as const

export interface CheckValues {
  readonly format?: string | undefined
  readonly base?: string | undefined
  readonly beside?: readonly string[] | undefined
  readonly disable?: readonly string[] | undefined
  readonly 'fail-on': string
  readonly show: string
}

export const CHECK_USAGE = `  --base REF     report only what the change since REF touches
  --beside DIR   rules there are known and not checked: upstream rules, a server's overlays (repeatable)
  --disable IDS  checks switched off, comma-separated; trapline.yml has lint: {disable, severity, ignore}
  --show         info|warning|error: leave out findings below (default: info)
  --fail-on      info|warning|error: exit code 1 from this severity on (default: warning)`

/** What is looked at, and how. */
export interface Subject {
  readonly files: readonly LintFile[]
  readonly options: ContentOptions
  /** Paths that are reported on; undefined for all. */
  readonly touched: ReadonlySet<string> | undefined
}

/** A severity by name. Rejects any other. */
export function severityNamed(name: string, option: string): Severity {
  if (name === 'info' || name === 'warning' || name === 'error') return name
  throw new UsageError(`--${option} "${name}": say info, warning or error`)
}

/** Reads the files and settings of a call. */
export async function readSubject(
  positionals: readonly string[],
  values: CheckValues,
  folders?: readonly string[],
): Promise<Subject> {
  severityNamed(values['fail-on'], 'fail-on')
  severityNamed(values.show, 'show')
  const disable = (values.disable ?? []).flatMap((ids) => ids.split(',')).filter((id) => id !== '')
  const settings = await readLintSettings(disable)
  const read = await readContent(await contentPaths(positionals, folders))
  const files = read.filter(({ path }) => !isIgnored(path, settings.ignore))
  if (process.stderr.isTTY && files.length > MANY_FILES) {
    process.stderr.write(`looking at ${files.length} files ...\n`)
  }
  const elsewhere = new Set((await rulesBeside(values.beside ?? [])).keys())
  const options = { ...settings, elsewhere, today: new Date().toISOString().slice(0, 10) }
  if (values.base === undefined) return { files, options, touched: undefined }
  const touched = touchedPaths(files, await changedSince(values.base))
  return { files, options: { ...options, only: touched.union(referringPaths(files)) }, touched }
}

/** The findings to show. */
export function shownFindings(
  found: readonly Finding[],
  { touched }: Subject,
  values: CheckValues,
): readonly Finding[] {
  const least = RANK[severityNamed(values.show, 'show')]
  const own = touched === undefined ? found : onlyTouched(found, touched)
  return own.filter(({ severity }) => RANK[severity] >= least)
}

/** Exit code 2 when something cannot run, 1 when something is as bad as `--fail-on`. */
export function exitCodeOf(findings: readonly Finding[], values: CheckValues): number {
  if (findings.some(stopsRunning)) return EXIT.badRule
  const least = RANK[severityNamed(values['fail-on'], 'fail-on')]
  return findings.some(({ severity }) => RANK[severity] >= least) ? EXIT.findings : EXIT.ok
}
