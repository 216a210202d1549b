// A draft among the content that it would run with: the live filters, pipelines and lists, and the rules that
// it refers to.

import { loadRules } from '../../sigma/load.ts'
import { parseRules } from '../../sigma/parse/rules.ts'
import { contentOptions, isListFile, isPipelineFile } from '../../sigma/pipeline/content.ts'
import type { LoadedCorrelation, LoadedRule, LoadedRules, RuleFile } from '../../sigma/rule.ts'
import type { Rules } from './rules.ts'

/** What is written: a rule file and the test file beside it. */
export interface DraftFiles {
  /** Of the rule, relative to the content root. */
  readonly path: string
  readonly text: string
  /** Empty for no test file. */
  readonly testText: string
}

export const DRAFT_LENGTH_MAX_CHARACTERS = 200_000

/** Path of the test file beside a rule file. */
export function testPathOf(path: string): string {
  return path.replace(/\.ya?ml$/, '.test.yml')
}

/** Files that a draft is loaded and checked with, itself left out. */
export function filesBeside(
  { path, text }: DraftFiles,
  rules: Pick<Rules, 'shaping' | 'referred'>,
): readonly RuleFile[] {
  const wanted = new Set<string>()
  for (const { value } of parseRules(text, { path }).documents) {
    if (value?.kind === 'correlation') for (const name of value.rules) wanted.add(name)
    if (value?.kind === 'filter' && value.rules !== 'any')
      for (const name of value.rules) wanted.add(name)
  }
  const own = new Set([path, path.replace(/^detections\//, '')])
  const others = [...rules.shaping(), ...(wanted.size === 0 ? [] : rules.referred(wanted))]
  const byPath = new Map(others.map((file) => [file.path, file]))
  return [...byPath.values()].filter((file) => !own.has(file.path))
}

export interface LoadedDraft {
  /** Rules of the file, as they would run. */
  readonly rules: readonly LoadedRule[]
  readonly correlations: readonly LoadedCorrelation[]
  /** With those that the file refers to. */
  readonly loaded: LoadedRules
}

/** Loads a draft with what stands beside it. */
export function loadDraft(draft: DraftFiles, beside: readonly RuleFile[]): LoadedDraft {
  const others = beside.filter(({ path }) => !isListFile(path) && !isPipelineFile(path))
  const { options } = contentOptions(beside)
  const loaded = loadRules([{ path: draft.path, text: draft.text }, ...others], options)
  return {
    rules: loaded.rules.filter(({ path }) => path === draft.path),
    correlations: loaded.correlations.filter(({ path }) => path === draft.path),
    loaded,
  }
}
