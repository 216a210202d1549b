// Finds and loads the rule files below paths, for every command that takes rules.
import { stat } from 'node:fs/promises'
import { loadRules } from '../sigma/load.ts'
import { contentOptions, isPipelineFile } from '../sigma/pipeline/content.ts'
import type { LoadedRules } from '../sigma/rule.ts'
import { UsageError } from './command.ts'
import { contentBeside, namedLists, namedPipelines } from './pipelines.ts'
import { openRuleCache } from './rule-cache.ts'

const RULE_FILE = /\.ya?ml$/
const TEST_FILE = /\.test\.ya?ml$/

/** Whether a path is a rule file by name: YAML, and neither a test nor a pipeline. */
export function isRuleFile(path: string): boolean {
  return RULE_FILE.test(path) && !TEST_FILE.test(path) && !isPipelineFile(path)
}

/** Paths of the rule files (not their tests) below files and folders, sorted. */
export async function findRuleFiles(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const path of paths) {
    const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`cannot read ${path}: ${error.code ?? error.message}`)
    })
    if (!info.isDirectory()) found.push(path)
    else {
      const glob = new Bun.Glob('**/*.{yml,yaml}')
      for await (const file of glob.scan({ cwd: path, onlyFiles: true, followSymlinks: true }))
        if (isRuleFile(file)) found.push(`${path.replace(/\/$/, '')}/${file}`)
    }
  }
  return found.sort()
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
): Promise<LoadedRules> {
  const files = await findRuleFiles(paths)
  const content = [
    ...(await contentBeside(paths)),
    ...(await namedPipelines(pipelines)),
    ...(lists === undefined ? [] : await namedLists(lists)),
  ]
  const { options, diagnostics } = contentOptions(content)
  const wrong = diagnostics.find(({ severity }) => severity === 'error')
  if (wrong !== undefined) throw new UsageError(`${wrong.path}: ${wrong.message}`)
  const texts = await Promise.all(
    files.map(async (path) => ({ path, text: await Bun.file(path).text() })),
  )
  return openRuleCache().loaded(texts, content, () => loadRules(texts, options))
}
