// A draft among the content that it would run with: the live filters, pipelines and lists, and the rules that
// it refers to.

import { loadRules } from '../../sigma/load.ts'
import { parseRules } from '../../sigma/parse/rules.ts'
import { contentOptions } from '../../sigma/pipeline/content.ts'
import { isListFile, isPipelineFile } from '../../sigma/pipeline/paths.ts'
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

/** How far references are followed from file to file. */
const HOPS_MAX = 8

/** Files that a draft is loaded and checked with, itself left out. */
export function filesBeside(
  { path, text }: DraftFiles,
  rules: Pick<Rules, 'shaping' | 'referred'>,
): readonly RuleFile[] {
  const own = new Set([path, path.replace(/^detections\//, '')])
  const found = new Map(rules.shaping().map((file) => [file.path, file]))
  let wanted = namesIn({ path, text })
  for (let hop = 0; hop < HOPS_MAX && wanted.size > 0; hop++) {
    const files = rules.referred(wanted).filter((file) => !found.has(file.path))
    for (const file of files) found.set(file.path, file)
    wanted = new Set(
      files.filter((file) => !own.has(file.path)).flatMap((file) => [...namesIn(file)]),
    )
  }
  return [...found.values()].filter((file) => !own.has(file.path))
}

/** Rules that the documents of a file refer to. */
function namesIn({ path, text }: RuleFile): Set<string> {
  const documents = parseRules(text, { path }).documents
  return new Set(
    documents.flatMap(({ value }) => {
      if (value?.kind === 'correlation') return value.rules
      return value?.kind === 'filter' && value.rules !== 'any' ? value.rules : []
    }),
  )
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
