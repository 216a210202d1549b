// Reads what the live content brings for parsers: `parsers/` beside its `detections/`.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  MAPPINGS_FOLDER,
  type ParserContent,
  SEVERITY_FILE,
} from '../../parsers/mapping/content.ts'
import { loadParserContent } from '../../parsers/mapping/load.ts'
import { MAPPED } from '../../parsers/table.ts'
import type { RuleFolder } from './rules.ts'

/** Our own tables are there already. */
const PROGRAM = join(import.meta.dir, '../..')

/** The content's tables and patterns, none where it has none. Throws an error that names the file. */
export function readParserContent(folders: readonly RuleFolder[]): ParserContent {
  const files = folders
    .filter(({ overlay }) => !overlay)
    .map(({ path }) => dirname(path))
    .filter((root) => root !== PROGRAM)
    .flatMap((root) => pathsBelow(root).map((path) => ({ path, file: join(root, path) })))
    .filter(({ file }) => existsSync(file))
    .map(({ path, file }) => ({ path, text: readFileSync(file, 'utf8') }))
  return loadParserContent(files, MAPPED)
}

function pathsBelow(root: string): readonly string[] {
  const folder = join(root, MAPPINGS_FOLDER)
  const tables = existsSync(folder)
    ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))
    : []
  return [...tables.sort().map((name) => `${MAPPINGS_FOLDER}/${name}`), SEVERITY_FILE]
}
