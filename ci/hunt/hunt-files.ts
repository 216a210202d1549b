// Hunt files for `trapline hunt`.
import { readHunt } from '../../query/hunt/file.ts'
import { withFilters } from '../../query/hunt/filters.ts'
import type { Hunt } from '../../query/hunt/hunt.ts'
import { parseQuery } from '../../query/query.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import { contentPaths, readContent } from '../content-files.ts'

/** A hunt that can run, and its filters as terms of the query. */
export interface RunnableHunt {
  readonly hunt: Hunt
  readonly path: string
  readonly query: string
  readonly expr: Expr
}

export interface ReadHunts {
  readonly hunts: readonly RunnableHunt[]
  /** `path: why`, of those that cannot run. */
  readonly problems: readonly string[]
}

/** Reads the hunts of files and folders. Rejects `UsageError` for a path that is not there. */
export async function readHuntFiles(paths: readonly string[]): Promise<ReadHunts> {
  const hunts: RunnableHunt[] = []
  const problems: string[] = []
  for (const { path, text } of await readContent(await contentPaths(paths))) {
    const outcome = runnable(text, path)
    if (typeof outcome === 'string') problems.push(`${path}: ${outcome}`)
    else hunts.push(outcome)
  }
  return { hunts, problems }
}

function runnable(text: string, path: string): RunnableHunt | string {
  const hunt = readHunt(text, path)
  if ('problems' in hunt) return hunt.problems[0]?.message ?? 'cannot be read'
  const query = withFilters(hunt.query, hunt.filters)
  if (query === undefined) return 'filters: a value cannot be written as a term'
  const { expr, valid, diagnostics } = parseQuery(query)
  if (!valid) return `query: ${diagnostics[0]?.message ?? 'cannot be read'}`
  return { hunt, path, query, expr: expr ?? { kind: 'const', value: true } }
}
