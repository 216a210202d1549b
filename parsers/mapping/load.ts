// What a content repository brings for parsers, ready to read events with; what is wrong with it is named with its line.
import { checkParserFiles } from './check.ts'
import { type ParserContent, parserContent } from './content.ts'

/** Findings that one error lists. */
const FINDINGS_MAX = 5

/** `parserContent` of files that have no finding. Throws an error that names file, line and column. */
export function loadParserContent(
  files: readonly { readonly path: string; readonly text: string }[],
  names: ReadonlySet<string>,
): ParserContent {
  const found = checkParserFiles(files, names)
  if (found.length === 0) return parserContent(files, names)
  const lines = found
    .slice(0, FINDINGS_MAX)
    .map(({ path, line, column, message }) => `${path}:${line}:${column}: ${message}`)
  const more = found.length > FINDINGS_MAX ? [`and ${found.length - FINDINGS_MAX} more`] : []
  throw new Error([...lines, ...more].join('\n'))
}
