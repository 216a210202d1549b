// Finds and loads the rule files below paths, for every command that takes rules.
import { stat } from 'node:fs/promises'
import { loadRules } from '../sigma/load.ts'
import type { LoadedRules } from '../sigma/rule.ts'
import { UsageError } from './command.ts'

const RULE_FILE = /\.ya?ml$/
const TEST_FILE = /\.test\.ya?ml$/

/** Whether a path is a rule file by name: YAML, and no test. */
export function isRuleFile(path: string): boolean {
  return RULE_FILE.test(path) && !TEST_FILE.test(path)
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

/** Loads every rule below the paths. Rejects `UsageError` for a path that cannot be read. */
export async function readRuleFolder(paths: readonly string[]): Promise<LoadedRules> {
  const files = await findRuleFiles(paths)
  return loadRules(
    await Promise.all(files.map(async (path) => ({ path, text: await Bun.file(path).text() }))),
  )
}
