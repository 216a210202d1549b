// What a content repository may bring for parsers: mapping tables that take the place of ours, and severity
// patterns.
import { parse } from 'yaml'
import { type SeverityPatterns, severityPatterns } from '../severity.ts'
import { compileMapping, type Mapping } from './compile.ts'

/** Below a content repository: `parsers/mappings/*.yml` and `parsers/severity.yml`. */
export const MAPPINGS_FOLDER = 'parsers/mappings'
export const SEVERITY_FILE = 'parsers/severity.yml'

/** Whether a file holds tests of a table or of severity patterns: nothing that events are read with. */
export function isParserTests(path: string): boolean {
  return /(^|\/)parsers\/(mappings\/[^/]+|severity)\.test\.ya?ml$/.test(path)
}

export interface ParserContent {
  readonly mappings?: ReadonlyMap<string, Mapping>
  readonly severityPatterns?: SeverityPatterns
}

/** Reads them; `names` are the tables whose place may be taken. Throws an error that names the file. */
export function parserContent(
  files: readonly { readonly path: string; readonly text: string }[],
  names: ReadonlySet<string>,
): ParserContent {
  const mappings = new Map<string, Mapping>()
  let patterns: SeverityPatterns | undefined
  for (const { path, text } of files) {
    if (isParserTests(path)) continue
    try {
      const value: unknown = parse(text)
      if (path === SEVERITY_FILE) patterns = severityPatterns(value)
      else {
        const mapping = compileMapping(value)
        if (!names.has(mapping.name)) {
          throw new Error(`${mapping.name} is none of ${[...names].sort().join(' ')}`)
        }
        mappings.set(mapping.name, mapping)
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new Error(`${path}: ${why}`)
    }
  }
  return {
    ...(mappings.size === 0 ? {} : { mappings }),
    ...(patterns === undefined ? {} : { severityPatterns: patterns }),
  }
}
