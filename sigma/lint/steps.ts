// Pipelines and lists among the files that are linted, compiled once as long as they are the same.
import type { RuleTransform } from '../load.ts'
import { contentOptions } from '../pipeline/content.ts'
import { isListFile, isPipelineFile } from '../pipeline/paths.ts'
import type { LintFile } from './check.ts'

let lastSteps: readonly LintFile[] = []
let lastTransform: RuleTransform | undefined

/** What pipelines and lists make of rules; the same function while the same objects hold them. */
export function transformOf(files: readonly LintFile[]): RuleTransform | undefined {
  const steps = files.filter(({ path }) => isPipelineFile(path) || isListFile(path))
  if (steps.length !== lastSteps.length || steps.some((file, n) => file !== lastSteps[n])) {
    lastSteps = steps
    lastTransform = contentOptions(steps).options.transform
  }
  return lastTransform
}
