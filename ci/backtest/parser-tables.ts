// The tables of parsers that a version of content brings, as data that workers take and as what runs.
import { type ParserFileKind, parserFileKind } from '../../parsers/mapping/check.ts'
import {
  MAPPINGS_FOLDER,
  type ParserContent,
  parserContent,
  SEVERITY_FILE,
} from '../../parsers/mapping/content.ts'
import { MAPPED } from '../../parsers/table.ts'
import { columnsOf } from '../../sigma/ir/columns.ts'
import type { LoadedRules, RuleFile } from '../../sigma/rule.ts'

/** Both versions of the tables. */
export interface ParserTables {
  readonly before: readonly RuleFile[]
  readonly after: readonly RuleFile[]
  /** Paths of tables that differ and are to be replayed. */
  readonly changed: readonly string[]
}

/** What each version reads events with. The same object where they are equal. */
export interface ParserVersions {
  readonly before: ParserContent
  readonly after: ParserContent
}

export interface TablesFound {
  readonly tables: ParserTables
  /** Why tables of the new version cannot be used. */
  readonly broken: readonly string[]
  /** What is not replayed, and why. */
  readonly notReplayed: readonly string[]
}

/** The tables of two versions; what cannot be read counts as not there, and is named. */
export function tablesOf(before: readonly RuleFile[], after: readonly RuleFile[]): TablesFound {
  const [old, now] = [readable(before), readable(after)]
  const notReplayed = old.problems.map(
    (problem) => `${problem}: the old version is replayed without it`,
  )
  const texts = new Map(old.files.map(({ path, text }) => [path, text]))
  const same = (file: RuleFile) => texts.get(file.path) === file.text
  const paths = new Set(now.files.filter((file) => !same(file)).map(({ path }) => path))
  const kept = new Set(now.files.map(({ path }) => path))
  for (const path of texts.keys()) if (!kept.has(path)) paths.add(path)
  return {
    tables: { before: old.files, after: now.files, changed: [...paths].sort() },
    broken: now.problems,
    notReplayed,
  }
}

/** Ready to read events with. */
export function parserVersions({ before, after, changed }: ParserTables): ParserVersions {
  const now = parserContent(inPlace(after), MAPPED)
  return { before: changed.length === 0 ? now : parserContent(inPlace(before), MAPPED), after: now }
}

/** Names of the parsers whose tables differ. */
export function parsersChanged({ before, after, changed }: ParserTables): ReadonlySet<string> {
  const moved = new Set(changed)
  const files = [...before, ...after].filter(({ path }) => moved.has(path))
  return new Set(
    files.flatMap((file) => [...(parserContent(inPlace([file]), MAPPED).mappings?.keys() ?? [])]),
  )
}

/** Whether any rule of either version asks for the severity of events. */
export function readsSeverity(...versions: readonly LoadedRules[]): boolean {
  return versions.some(
    ({ rules, correlations }) =>
      rules.some(({ expr }) => columnsOf(expr).has('severity')) ||
      [...rules, ...correlations].some(({ trapline }) => trapline?.dedup?.some(isSeverity)) ||
      correlations.some(({ groupBy }) => groupBy.some(isSeverity)),
  )
}

function isSeverity(name: string): boolean {
  return name === 'severity' || name === '@severity'
}

/** Whether a file holds patterns of severities. */
export function isSeverityFile(path: string): boolean {
  return parserFileKind(path) === 'severity'
}

/** Kinds of files that events are read with. */
const TABLES: ReadonlySet<ParserFileKind | undefined> = new Set(['mapping', 'severity'])

/** Files that can be read one by one; two of one name cannot. */
function readable(files: readonly RuleFile[]) {
  const tables = files.filter(({ path }) => TABLES.has(parserFileKind(path)))
  const good: RuleFile[] = []
  const problems: string[] = []
  for (const file of tables) {
    try {
      parserContent(inPlace([file]), MAPPED)
      good.push(file)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      problems.push(message.startsWith(file.path) ? message : `${file.path}: ${message}`)
    }
  }
  return { files: good, problems }
}

/** The files under the paths that a content repository has them at, wherever it stands in its clone. */
function inPlace(files: readonly RuleFile[]): readonly RuleFile[] {
  return files.map(({ path, text }) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    return { path: isSeverityFile(path) ? SEVERITY_FILE : `${MAPPINGS_FOLDER}/${name}`, text }
  })
}
