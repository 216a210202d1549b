// `filter_path`: the parts of an answer that a sender asks for, as `errors,items.*.status`.

/** Paths in one request, and names in one path, at most. */
const PATHS_MAX = 20
const DEPTH_MAX = 6

/** `answer` with the parts that one of the paths names; `*` is any name, `**` any names, `-` in front takes away.
 * Lists stand for their elements; what nothing is left of is left out. */
export function filterPath(answer: object, paths: string | undefined): object {
  if (paths === undefined || paths.trim() === '') return answer
  const all = paths.split(',').map((path) => path.trim())
  const wanted = all.slice(0, PATHS_MAX).filter((path) => path !== '')
  const kept = patternsOf(wanted.filter((path) => !path.startsWith('-')))
  const dropped = patternsOf(
    wanted.filter((path) => path.startsWith('-')).map((path) => path.slice(1)),
  )
  const included = kept.length === 0 ? answer : pick(answer, kept)
  return (dropped.length === 0 ? included : omit(included, dropped)) as object
}

type Pattern = readonly string[]

function patternsOf(paths: readonly string[]): readonly Pattern[] {
  return paths.map((path) =>
    path
      .split('.')
      .filter((name, n, names) => name !== '**' || names[n - 1] !== '**')
      .slice(0, DEPTH_MAX),
  )
}

/** What is left of the patterns below `name`. */
function below(patterns: readonly Pattern[], name: string): readonly Pattern[] {
  return patterns.flatMap((pattern): readonly Pattern[] => {
    const [first, ...rest] = pattern
    if (first === undefined) return []
    if (first === '**') return [pattern, ...below([rest], name)]
    return matches(first, name) ? [rest] : []
  })
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*')
  const [start, end] = [parts[0]!, parts.at(-1)!]
  if (parts.length === 1) return pattern === name
  if (!name.startsWith(start) || !name.endsWith(end)) return false
  if (name.length < start.length + end.length) return false
  let at = start.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at)
    if (found < 0 || found + part.length > name.length - end.length) return false
    at = found + part.length
  }
  return true
}

function pick(value: unknown, patterns: readonly Pattern[]): unknown {
  if (Array.isArray(value)) {
    const parts = value.map((one) => pick(one, patterns)).filter((one) => !isEmpty(one))
    return parts.length === 0 ? undefined : parts
  }
  if (typeof value !== 'object' || value === null) return undefined
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    const rest = below(patterns, name)
    if (rest.some((pattern) => pattern.length === 0)) return [[name, inner] as const]
    const part = rest.length === 0 ? undefined : pick(inner, rest)
    return isEmpty(part) ? [] : [[name, part] as const]
  })
  return Object.fromEntries(entries)
}

function isEmpty(part: unknown): boolean {
  if (part === undefined) return true
  return typeof part === 'object' && part !== null && Object.keys(part).length === 0
}

function omit(value: unknown, patterns: readonly Pattern[]): unknown {
  if (Array.isArray(value)) return value.map((one) => omit(one, patterns))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const rest = below(patterns, name)
      if (rest.some((pattern) => pattern.length === 0)) return []
      return [[name, rest.length === 0 ? inner : omit(inner, rest)] as const]
    }),
  )
}
