// Of two versions of content the files that a change can reach. A change of one rule among thousands then
// costs no loading of the others.
import { parserFileKind } from '../parsers/mapping/check.ts'
import { isListFile, isPipelineFile } from '../sigma/pipeline/paths.ts'
import type { RuleFile } from '../sigma/rule.ts'
import type { Versions } from './versions.ts'

/**
 * The same versions without rule files that are equal in both and that no changed filter and no correlation
 * names. Whole where a pipeline, list or parser's table changes, or a filter of any rule: those reach everything.
 */
export function narrowed(versions: Versions): Versions {
  const { before, after } = versions
  const [old, now] = [textsOf(before), textsOf(after)]
  const isSame = ({ path }: RuleFile) => old.get(path) === now.get(path)
  const changed = [...before, ...after].filter((file) => !isSame(file))
  if (changed.some(reachesAll)) return versions
  const referring = [...changed.filter(isFilter), ...[...before, ...after].filter(isCorrelation)]
  const named = referring.map(({ text }) => text).join('\n')
  const matters = (file: RuleFile) =>
    !isSame(file) ||
    isPipelineFile(file.path) ||
    isListFile(file.path) ||
    parserFileKind(file.path) !== undefined ||
    isFilter(file) ||
    isCorrelation(file) ||
    namesOf(file).some((name) => named.includes(name))
  return { ...versions, before: before.filter(matters), after: after.filter(matters) }
}

function textsOf(files: readonly RuleFile[]): ReadonlyMap<string, string> {
  return new Map(files.map(({ path, text }) => [path, text]))
}

function reachesAll(file: RuleFile): boolean {
  if (isPipelineFile(file.path) || isListFile(file.path)) return true
  if (parserFileKind(file.path) !== undefined) return true
  return isFilter(file) && !/^\s+rules:\s*(\[|$|-)/m.test(file.text)
}

function isFilter({ path, text }: RuleFile): boolean {
  return /^filter:/m.test(text) && !/\.test\.ya?ml$/.test(path)
}

function isCorrelation({ text }: RuleFile): boolean {
  return /^correlation:/m.test(text)
}

/** What others may call the rules of a file by. */
function namesOf({ text }: RuleFile): string[] {
  return [...text.matchAll(/^(?:id|name):[ \t]*['"]?([^'"#\n]+)/gm)].map(([, name]) => name!.trim())
}
