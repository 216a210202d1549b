// What a change reaches beyond the files that it touches: rules that a filter or pipeline gives another
// meaning, correlations that read them, filters that stand in their way.
import { relative, resolve } from 'node:path'
import { parserFileKind } from '../parsers/mapping/check.ts'
import { changesOf, loadContent } from './backtest/changes.ts'
import { changedSince } from './content-files.ts'
import { git } from './git.ts'
import { narrowed } from './narrow.ts'
import { readVersions } from './versions.ts'

function isTable(path: string): boolean {
  const kind = parserFileKind(path)
  return kind !== undefined && kind !== 'tests'
}

/** Whether the tests of a rule or filter file have to run again after the change since a commit: all of them
 * after one of parsers' tables. */
export async function reachedSince(
  base: string,
  folders: readonly string[],
): Promise<(path: string) => boolean> {
  const changed = await changedSince(base)
  // Another table may make another event of any raw text.
  if ([...changed].some(isTable)) return () => true
  const versions = narrowed(await readVersions(base, folders))
  const moved = new Set(changesOf(versions).changed.map(({ id }) => id))
  const { rules, correlations, filters } = loadContent(versions.after).rules
  for (const { id, inputs } of correlations)
    if (inputs.some((input) => moved.has(input.id))) moved.add(id)
  const root = (await git('.', 'rev-parse', '--show-toplevel')).trim()
  const reached = new Set(
    [
      ...[...rules, ...correlations].filter(({ id }) => moved.has(id)),
      ...filters.filter(({ applied }) => applied.some((id) => moved.has(id))),
    ].map(({ path }) => resolve(root, path)),
  )
  return (path) =>
    reached.has(resolve(path)) ||
    changed.has(relative('.', path)) ||
    changed.has(relative('.', path.replace(/\.ya?ml$/, '.test.yml')))
}
