// What to do about text that is no YAML: the reader's errors, the consequences of others left out, with advice.
import type { YAMLError, YAMLWarning } from 'yaml'

type Problem = YAMLError | YAMLWarning

const ADVICE: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'use spaces',
  BLOCK_AS_IMPLICIT_KEY: 'put a value that holds ": " in quotes',
  BAD_SCALAR_START: 'put the value in quotes',
  BAD_DQ_ESCAPE: 'in double quotes \\ begins an escape, in single quotes it stands for itself',
  BAD_INDENT: 'keys of one map begin at one column',
}
/** Said of the whole map around an error as well. */
const CONSEQUENCE = 'MULTILINE_IMPLICIT_KEY'

/** The problems to name: one a line, by `lineOf` their first character. */
export function causes(
  problems: readonly Problem[],
  lineOf: (offset: number) => number,
): readonly Problem[] {
  const own = problems.filter(({ code }) => code !== CONSEQUENCE)
  const lines = new Set<number>()
  return (own.length > 0 ? own : problems).filter(({ pos }) => {
    const line = lineOf(pos[0])
    const isFirst = !lines.has(line)
    lines.add(line)
    return isFirst
  })
}

/** The message of a problem, with what to do where that is known. */
export function advised({ code, message }: Problem): string {
  const advice = ADVICE[code]
  return advice === undefined ? message : `${message}: ${advice}`
}

/** What is wrong with `*name`: most often a value that begins with a wildcard and lacks its quotes. */
export function aliasProblem(name: string, isKnown: boolean): string {
  if (isKnown) return `*${name} stands inside its own anchor`
  return `*${name} has no anchor before it; a value that begins with * stands in quotes: '*${name}'`
}
