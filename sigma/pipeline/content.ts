// Pipelines and lists among the files of a content folder.
import type { Diagnostic } from '../diagnostic.ts'
import type { LoadOptions } from '../load.ts'
import type { RuleFile } from '../rule.ts'
import { compilePipelines } from './apply.ts'
import { isPipelineFile, listName } from './paths.ts'
import { type Pipeline, parsePipeline } from './pipeline.ts'

export const LIST_VALUES_MAX = 100_000

/** A value a line; blank lines and what follows `#` at the start of a line do not count. */
export function parseList(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/**
 * What `loadRules` takes, out of the pipelines and lists among `files`; others are passed by. A pipeline that
 * cannot be used is among the findings.
 */
export function contentOptions(files: readonly RuleFile[]): {
  readonly options: LoadOptions
  readonly diagnostics: readonly Diagnostic[]
} {
  const pipelines: Pipeline[] = []
  const lists = new Map<string, readonly string[]>()
  const diagnostics: Diagnostic[] = []
  for (const { path, text } of files) {
    const name = listName(path)
    if (name !== undefined) {
      const values = parseList(text)
      if (values.length <= LIST_VALUES_MAX) lists.set(name, values)
      else {
        const message = `the list has ${values.length} values, at most ${LIST_VALUES_MAX} are read`
        diagnostics.push({ code: 'list-too-long', severity: 'error', message, path })
      }
    } else if (isPipelineFile(path)) {
      const parsed = parsePipeline(text, path)
      diagnostics.push(...parsed.diagnostics)
      if (parsed.pipeline !== undefined) pipelines.push(parsed.pipeline)
    }
  }
  if (pipelines.length === 0 && lists.size === 0) return { options: {}, diagnostics }
  return { options: compilePipelines({ pipelines, lists }), diagnostics }
}
