// What people and the alert maker need to know of the rule folders: summaries, facts, texts. Made in the
// rules worker, because thousands of YAML files take seconds.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { parseTestFile } from '../../ci/checks/test-file.ts'
import { loadRules } from '../../sigma/load.ts'
import type { LoadedRule, RefusedRule } from '../../sigma/rule.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import { DEDUP_DEFAULT, DEDUP_WINDOW_DEFAULT_MS } from './alert-maker.ts'
import { type FolderFile, type RuleFolder, readRuleFolders } from './rule-folders.ts'
import type { RuleSummary } from './services.ts'

/** Everything about the rules of one load. Plain data: it crosses from the rules worker. */
export interface RuleCatalogue {
  /** Short hash over all texts. */
  readonly version: string
  readonly rules: readonly RuleSummary[]
  readonly facts: readonly RuleFacts[]
  /** Text and tests by rule id. */
  readonly texts: Readonly<Record<string, RuleTexts>>
}

export interface RuleTexts {
  readonly text: string
  readonly testText?: string
  readonly testPath?: string
}

/** Characters of a refusal's message that lists show. */
const MESSAGE_MAX_CHARACTERS = 500
const VERSION_CHARACTERS = 8

/** Reads and loads the folders. Rejects only when a folder cannot be read. */
export async function readCatalogue(folders: readonly RuleFolder[]): Promise<RuleCatalogue> {
  const files = await readRuleFolders(folders)
  const loaded = loadRules(files)
  const byPath = new Map(files.map((file) => [file.path, file]))
  const tests = new Map(files.map((file) => [file.path, testsOf(file)]))
  const texts: Record<string, RuleTexts> = Object.create(null)
  const rules: RuleSummary[] = []
  const facts: RuleFacts[] = []
  for (const rule of loaded.rules) {
    const file = byPath.get(rule.path)
    const test = tests.get(rule.path)
    const hash = hashOf(rule.text)
    rules.push(summaryOf(rule, hash, file?.overlay ?? false, test))
    facts.push(factsOf(rule, hash))
    texts[rule.id] = { text: rule.text, ...test?.texts }
  }
  for (const rule of loaded.refused) {
    const file = byPath.get(rule.path)
    const id = Object.hasOwn(texts, rule.id) ? `${rule.id}@${rule.path}:${rule.line}` : rule.id
    rules.push(refusedSummary(rule, id, file))
    texts[id] = { text: file?.text ?? '' }
  }
  const all = createHash('sha256')
  for (const file of files) all.update(file.path).update('\0').update(file.text).update('\0')
  return { version: all.digest('hex').slice(0, VERSION_CHARACTERS), rules, facts, texts }
}

/** SHA-256 of a rule's text, hex: what matches and alerts carry. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

interface FileTests {
  readonly positive: number
  readonly negative: number
  readonly texts: Partial<RuleTexts>
}

function testsOf(file: FolderFile): FileTests {
  const testFile = file.file.replace(/\.ya?ml$/, '.test.yml')
  if (!existsSync(testFile)) return { positive: 0, negative: 0, texts: {} }
  const testText = readFileSync(testFile, 'utf8')
  const testPath = file.path.replace(/\.ya?ml$/, '.test.yml')
  const { tests } = parseTestFile(testText, testPath)
  const positive = tests.filter((test) => test.match).length
  return { positive, negative: tests.length - positive, texts: { testText, testPath } }
}

function summaryOf(
  rule: LoadedRule,
  hash: string,
  overlay: boolean,
  tests: FileTests | undefined,
): RuleSummary {
  const { id, title, level, author, description, tags, path } = rule
  const { product, category, service } = rule.logsource
  return {
    ...{ id, title, level, tags, path, hash, overlay },
    status: rule.status ?? 'experimental',
    ...(author === undefined ? {} : { author }),
    ...(description === undefined ? {} : { description }),
    logsource: {
      ...(product === undefined ? {} : { product }),
      ...(category === undefined ? {} : { category }),
      ...(service === undefined ? {} : { service }),
    },
    techniques: techniquesOf(tags),
    tests: { positive: tests?.positive ?? 0, negative: tests?.negative ?? 0 },
  }
}

function refusedSummary(rule: RefusedRule, id: string, file: FolderFile | undefined): RuleSummary {
  return {
    id,
    title: rule.title,
    level: 'medium',
    status: 'refused',
    logsource: {},
    techniques: [],
    tags: [],
    hash: hashOf(file?.text ?? ''),
    path: rule.path,
    overlay: file?.overlay ?? false,
    refused: { code: rule.reason, message: rule.message.slice(0, MESSAGE_MAX_CHARACTERS) },
    tests: { positive: 0, negative: 0 },
  }
}

function factsOf(rule: LoadedRule, hash: string): RuleFacts {
  const { id, title, text, tags, trapline } = rule
  const minutes = trapline?.dedup_window_minutes
  return {
    ...{ id, title, text, tags, hash },
    level: trapline?.severity ?? rule.level,
    dedup: trapline?.dedup ?? DEDUP_DEFAULT,
    dedupWindow_ms: minutes === undefined ? DEDUP_WINDOW_DEFAULT_MS : minutes * 60_000,
    ...(trapline?.title === undefined ? {} : { titleTemplate: trapline.title }),
  }
}

/** ATT&CK techniques among tags: `attack.t1110.001` is `T1110.001`. */
export function techniquesOf(tags: readonly string[]): readonly string[] {
  return tags
    .map((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase())
    .filter((technique) => technique !== undefined)
}
