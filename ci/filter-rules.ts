// The rules that filters are tested on, where they lie elsewhere.
import { parseRules } from '../sigma/parse/rules.ts'
import type { LoadedFilter, LoadedRules } from '../sigma/rule.ts'
import { rulesBeside } from './beside.ts'
import { type RuleFolderOptions, readRuleFolder } from './rule-files.ts'

/** Rules of the paths, and those of other folders that their filters mean. */
export interface RulesAndBeside extends LoadedRules {
  /** Whether a document is of the paths themselves. */
  isOwn(document: { readonly path: string }): boolean
}

/** Loads rules; of the folders beside, only the files with rules that filters name and nobody has. */
export async function readWithBeside(
  paths: readonly string[],
  beside: readonly string[],
  options: RuleFolderOptions = {},
): Promise<RulesAndBeside> {
  const own = await readRuleFolder(paths, options)
  const wanted = own.filters.filter(({ applied }) => applied.length === 0).flatMap(meantBy)
  const known = wanted.length === 0 ? new Map<string, string>() : await rulesBeside(beside)
  const files = new Set(wanted.flatMap((name) => known.get(name) ?? []))
  if (files.size === 0) return { ...own, isOwn: () => true }
  const all = await readRuleFolder([...paths, ...files], options)
  return { ...all, isOwn: ({ path }) => !files.has(path) }
}

function meantBy({ text, path }: LoadedFilter): readonly string[] {
  return parseRules(text, { path }).documents.flatMap(({ value }) =>
    value?.kind === 'filter' && value.rules !== 'any' ? value.rules : [],
  )
}
