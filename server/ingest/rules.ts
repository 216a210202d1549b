// The rules of the server: read from folders, loaded, compiled into one matcher.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { correlationFields } from '../../sigma/correlate/compile.ts'
import { compileMatcher, type Matcher } from '../../sigma/eval/matcher.ts'
import { type Need, needsOf } from '../../sigma/eval/needs.ts'
import { loadRules } from '../../sigma/load.ts'
import { contentOptions } from '../../sigma/pipeline/content.ts'
import { isListFile, isPipelineFile } from '../../sigma/pipeline/paths.ts'
import type { LoadedCorrelation, LoadedRule, RefusedRule, RuleFile } from '../../sigma/rule.ts'
import type { FilterProvenance } from '../stores/state/provenance.ts'
import { createTestReader, type FileTests } from './rule-tests.ts'

/** A folder of rules; an overlay is read-only and beside the server's own content. */
export interface RuleFolder {
  readonly path: string
  readonly overlay: boolean
}

/** A rule that runs, without its expressions: what crosses to the main thread. */
export type RuleInfo = Omit<LoadedRule, 'expr' | 'selections' | 'condition'> & {
  /** SHA-256 of what runs, hex: of its text alone where nothing shapes it, else of text, filters, pipelines
   * and lists. */
  readonly hash: string
  readonly textHash: string
  readonly overlay: boolean
  /** Fields without which it cannot match. */
  readonly needs: Need
  readonly tests: FileTests
  /** The file on this machine. */
  readonly file: string
}

/** A correlation that runs: it works in the state worker, on the matches of its rules. */
export interface CorrelationInfo extends LoadedCorrelation {
  readonly tests: FileTests
  /** SHA-256 of its text, hex. */
  readonly hash: string
  readonly textHash: string
  readonly overlay: boolean
  /** The file on this machine. */
  readonly file: string
}

/** A filter that runs. */
export interface FilterInfo extends FilterProvenance {
  /** Ids of the rules that it changed. */
  readonly applied: readonly string[]
}

export type RefusedInfo = Omit<RefusedRule, 'diagnostics'> & {
  readonly overlay: boolean
  readonly file: string
}

/** What the ingest worker runs with; sent to the main thread as the notice `rules`. */
export interface RulesReport {
  readonly rules: readonly RuleInfo[]
  readonly correlations: readonly CorrelationInfo[]
  readonly refused: readonly RefusedInfo[]
  /** Filters, pipelines and lists: what makes of a rule's text what runs. */
  readonly shaping: readonly RuleFile[]
  readonly filters: readonly FilterInfo[]
  /** SHA-256 over pipelines and lists, hex; undefined without any. */
  readonly pipelineHash: string | undefined
  /** Reading, loading and compiling, milliseconds. */
  readonly took_ms: number
}

export interface RuleSet {
  readonly rules: readonly {
    readonly id: string
    readonly hash: string
    /** Fields that matches keep for dedup, and for correlations. */
    readonly keys: readonly string[]
    readonly correlated: readonly string[]
  }[]
  readonly matcher: Matcher
  readonly report: RulesReport
}

const RULE_FILE = /\.ya?ml$/
const TEST_FILE = /\.test\.ya?ml$/

function isWanted(path: string): boolean {
  return isListFile(path) || (RULE_FILE.test(path) && !TEST_FILE.test(path))
}

interface FoundFile extends RuleFile {
  readonly file: string
  readonly overlay: boolean
}

/** Rule files (not their tests), pipelines and lists below a folder, sorted. Paths count from the folder, an overlay's begin
 * with its name. Throws when the folder cannot be read. */
export function readRuleFiles(folder: RuleFolder): FoundFile[] {
  const names = readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.path.length + 1))
    .filter(isWanted)
    .sort()
  const prefix = folder.overlay ? `${basename(folder.path)}/` : ''
  return names.map((name) => {
    const file = join(folder.path, name)
    return { path: prefix + name, file, overlay: folder.overlay, text: readFileSync(file, 'utf8') }
  })
}

/** Reads and compiles the rules of all folders. */
export function openRules(folders: readonly RuleFolder[]): RuleSet {
  const started = performance.now()
  const content = folders.flatMap(readRuleFiles)
  const files = content.filter(({ path }) => !isListFile(path) && !isPipelineFile(path))
  const byPath = new Map(files.map((file) => [file.path, file]))
  const { options, diagnostics } = contentOptions(content)
  for (const { path, message } of diagnostics) console.error(`${path}: ${message}`)
  const loaded = loadRules(files, options)
  const arriving = loaded.rules.filter(matchesOnArrival)
  const matcher = compileMatcher(arriving)
  const place = (path: string) => {
    const { file, overlay } = byPath.get(path)!
    return { file, overlay }
  }
  const testsOf = createTestReader()
  const running = (path: string) => {
    const found = place(path)
    return { ...found, tests: testsOf(found.file, path) }
  }
  const pipelineHash = hashOfPipelines(content)
  const filters = loaded.filters.map(({ id, title, path, text, applied }) => ({
    ...{ id, title, applied, hash: hashOf(text) },
    path: place(path).overlay ? path : `detections/${path}`,
  }))
  const shapes = filterHashes(filters)
  const rules = loaded.rules.map(({ expr, selections, condition, ...rule }) => {
    const textHash = hashOf(rule.text)
    const hash = runHash(textHash, shapes.get(rule.id) ?? [], pipelineHash)
    return { ...rule, ...running(rule.path), needs: needsOf(expr), hash, textHash }
  })
  const correlations = loaded.correlations.map((correlation) => {
    const hash = hashOf(correlation.text)
    return { ...correlation, ...running(correlation.path), hash, textHash: hash }
  })
  const correlated = correlationFields(loaded.correlations)
  const refused = loaded.refused.map(({ diagnostics, ...rule }) => ({
    ...rule,
    ...place(rule.path),
  }))
  return {
    rules: rules.filter(matchesOnArrival).map(({ id, hash, trapline }) => ({
      ...{ id, hash, keys: trapline?.dedup ?? [] },
      correlated: correlated.get(id) ?? [],
    })),
    matcher,
    report: {
      ...{ rules, correlations, refused, shaping: content.filter(shapesRules).map(plainFile) },
      ...{ filters, pipelineHash },
      took_ms: performance.now() - started,
    },
  }
}

/** Rules with a schedule are run over what is stored instead (`server/services/rule-runs.ts`). */
export function matchesOnArrival({ trapline }: Pick<LoadedRule, 'trapline'>): boolean {
  return trapline?.schedule === undefined
}

function shapesRules({ path, text }: RuleFile): boolean {
  return isListFile(path) || isPipelineFile(path) || /^filter:/m.test(text)
}

function plainFile({ path, text }: RuleFile): RuleFile {
  return { path, text }
}

function hashOfPipelines(content: readonly RuleFile[]): string | undefined {
  const files = content.filter(({ path }) => isListFile(path) || isPipelineFile(path))
  if (files.length === 0) return undefined
  return hashOf(JSON.stringify(files.map(({ path, text }) => [path, text])))
}

/** Hashes of the filters of each rule, by its id. */
function filterHashes(filters: readonly FilterInfo[]): ReadonlyMap<string, readonly string[]> {
  const hashes = new Map<string, string[]>()
  for (const { hash, applied } of filters)
    for (const id of applied) hashes.getOrInsert(id, []).push(hash)
  return hashes
}

function runHash(text: string, filters: readonly string[], pipelines: string | undefined): string {
  if (filters.length === 0 && pipelines === undefined) return text
  return hashOf(JSON.stringify([text, filters, pipelines ?? null]))
}

function hashOf(text: string): string {
  return new Bun.CryptoHasher('sha256').update(text).digest('hex')
}
