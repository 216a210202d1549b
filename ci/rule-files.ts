// Finds and loads the rule files below paths, for every command that takes rules.
import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { LoadOptions } from '../sigma/load.ts'
import { isListFile, isPipelineFile } from '../sigma/pipeline/paths.ts'
import type { RuleFile } from '../sigma/rule.ts'
import { UsageError } from './command.ts'
import { namedLists, namedPipelines } from './pipelines.ts'
import { openRuleCache } from './rule-cache.ts'
import type { RuleSet } from './rule-set.ts'

const RULE_FILE = /\.ya?ml$/
const TEST_FILE = /\.test\.ya?ml$/

/** Whether a path is a rule file by name: YAML, and neither a test nor a pipeline. */
export function isRuleFile(path: string): boolean {
  return RULE_FILE.test(path) && !TEST_FILE.test(path) && !isPipelineFile(path)
}

/** Paths of the rule files (not their tests) below files and folders, sorted. */
export async function findRuleFiles(paths: readonly string[]): Promise<readonly string[]> {
  return (await findContent(paths)).rules
}

interface Content {
  /** Paths of rule files, sorted. */
  readonly rules: readonly string[]
  /** Pipelines and lists: their paths below the folder where they lie, and from here. */
  readonly shaping: readonly { readonly name: string; readonly path: string }[]
}

/** Rules, and the pipelines and lists below the folders, in one pass over each. */
async function findContent(paths: readonly string[]): Promise<Content> {
  const rules: string[] = []
  const shaping: Content['shaping'][number][] = []
  const glob = new Bun.Glob('**/*.{yml,yaml,txt}')
  for (const path of paths) {
    const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`cannot read ${path}: ${error.code ?? error.message}`)
    })
    if (!info.isDirectory()) {
      rules.push(path)
      continue
    }
    const folder = path.replace(/\/$/, '')
    for (const name of glob.scanSync({ cwd: path, onlyFiles: true, followSymlinks: true })) {
      if (isRuleFile(name)) rules.push(`${folder}/${name}`)
      else if (isPipelineFile(name) || isListFile(name))
        shaping.push({ name, path: `${folder}/${name}` })
    }
  }
  return { rules: rules.sort(), shaping: shaping.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

export interface RuleFolderOptions {
  /** Pipelines beside those that lie with the rules: shipped ones by name, or files. */
  readonly pipelines?: readonly string[] | undefined
  /** A folder of lists beside those that lie with the rules. */
  readonly lists?: string | undefined
}

/** Loads every rule below the paths, with the pipelines and lists there. Rejects `UsageError` for a path that
 * cannot be read or a pipeline that cannot be used. */
export async function readRuleFolder(
  paths: readonly string[],
  { pipelines = [], lists }: RuleFolderOptions = {},
): Promise<RuleSet> {
  const found = await findContent(paths)
  const shaping = [
    ...found.shaping.map(({ name, path }) => ({ path: name, text: textOf(readFileSync(path)) })),
    ...(await namedPipelines(pipelines)),
    ...(lists === undefined ? [] : await namedLists(lists)),
  ]
  // Thousands of small files are read faster one after another than by as many promises.
  const files = found.rules.map((path) => ({ path, bytes: readFileSync(path) }))
  const options = shaping.length === 0 ? {} : await optionsOf(shaping)
  return openRuleCache().ruleSet(files, shaping, async () => {
    // The reader of YAML is not even started where rules are kept.
    const { loadRules } = await import('../sigma/load.ts')
    const texts = files.map(({ path, bytes }) => ({ path, text: textOf(bytes) }))
    return loadRules(texts, options)
  })
}

async function optionsOf(shaping: readonly RuleFile[]): Promise<LoadOptions> {
  const { contentOptions } = await import('../sigma/pipeline/content.ts')
  const { options, diagnostics } = contentOptions(shaping)
  const wrong = diagnostics.find(({ severity }) => severity === 'error')
  if (wrong !== undefined) throw new UsageError(`${wrong.path}: ${wrong.message}`)
  return options
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
