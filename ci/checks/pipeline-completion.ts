// What may stand in a pipeline: transformations, conditions, and the keys of the one that a position is in.
import {
  type CatalogueEntry,
  CONDITION_CATALOGUE,
  CONDITION_SETTINGS,
  type ConditionKind,
  PIPELINE_SETTINGS,
  type Setting,
  STEP_SETTINGS,
  TRANSFORMATION_CATALOGUE,
} from '../../sigma/pipeline/catalogue.ts'
import { type CompletionItem, KIND } from '../lsp/protocol.ts'

/** What a position of a pipeline is in. */
export interface PipelinePlace {
  /** Transformations or conditions that may stand there, by name; none at the top. */
  readonly types: Readonly<Record<string, CatalogueEntry>>
  /** Keys that all of them have. */
  readonly common: Readonly<Record<string, Setting>>
  /** The one that stands there. */
  readonly entry: CatalogueEntry | undefined
}

const KINDS = Object.keys(CONDITION_CATALOGUE) as readonly ConditionKind[]

/** The place that a path of keys leads to; undefined inside of values. `path` ends with the map's own key. */
export function pipelinePlace(
  path: readonly string[],
  text: string,
  line: number,
): PipelinePlace | undefined {
  if (path.length === 0) return { types: {}, common: PIPELINE_SETTINGS, entry: undefined }
  const last = path.at(-1)
  const isStep = path[0] === 'transformations' && path.slice(1).every((key) => key === 'items')
  if (isStep) {
    const types = TRANSFORMATION_CATALOGUE
    return { types, common: STEP_SETTINGS, entry: entryOf(types, text, line) }
  }
  const named = (key: string | undefined) => KINDS.find((kind) => key === `${kind}_conditions`)
  const kind = named(last) ?? named(path.at(-2))
  if (kind === undefined || path[0] !== 'transformations') return undefined
  const types = CONDITION_CATALOGUE[kind]
  return { types, common: CONDITION_SETTINGS, entry: entryOf(types, text, line) }
}

function entryOf(
  types: Readonly<Record<string, CatalogueEntry>>,
  text: string,
  line: number,
): CatalogueEntry | undefined {
  const type = typeAround(text.split('\n'), line)
  return type !== undefined && Object.hasOwn(types, type) ? types[type] : undefined
}

const TYPE = /(?:^|[\s{,-])type:\s*['"]?(\w+)/

/** The `type` of the map that a line is in: its own line, or one of those that belong to the same item. */
function typeAround(lines: readonly string[], line: number): string | undefined {
  const own = TYPE.exec(lines[line] ?? '')?.[1]
  if (own !== undefined) return own
  const indent = indentOf(lines[line] ?? '')
  const at = (n: number) => {
    const text = lines[n]!
    return indentOf(text) === indent ? TYPE.exec(text)?.[1] : undefined
  }
  for (let n = line; n >= 0 && belongs(lines[n]!, indent); n--) {
    const found = n === line ? undefined : at(n)
    if (found !== undefined) return found
    if (/^\s*-/.test(lines[n]!) && indentOf(lines[n]!) <= indent) break
  }
  for (let n = line + 1; n < lines.length && belongs(lines[n]!, indent); n++) {
    if (/^\s*-/.test(lines[n]!) && indentOf(lines[n]!) <= indent) break
    const found = at(n)
    if (found !== undefined) return found
  }
  return undefined
}

function belongs(text: string, indent: number): boolean {
  return text.trim() === '' || indentOf(text) >= indent
}

/** Where a line's key begins, behind the dashes of lists. */
function indentOf(text: string): number {
  return /^\s*(?:- +)*/.exec(text)![0].length
}

/** Items at a path; `key` is the line's own key, whose value is meant then. */
export function pipelineItems(
  path: readonly string[],
  key: string | undefined,
  text: string,
  line: number,
): readonly CompletionItem[] {
  const place = pipelinePlace(key === undefined ? path : path.slice(0, -1), text, line)
  if (place === undefined) return []
  const { types, common, entry } = place
  if (key === 'type') return Object.entries(types).map(([label, own]) => typeItem(label, own))
  // Without a type every key may be the one that is wanted.
  const open = Object.values(types).map(({ settings }) => settings)
  const known = Object.assign({}, common, ...(entry === undefined ? open : [entry.settings]))
  if (key === undefined) {
    return Object.entries(known as Record<string, Setting>).map(([label, { help }]) => ({
      ...{ label, detail: help },
      kind: KIND.property,
    }))
  }
  const setting = Object.hasOwn(known, key) ? (known[key] as Setting) : undefined
  return (setting?.values ?? []).map((label) => ({ label, kind: KIND.value }))
}

function typeItem(label: string, entry: CatalogueEntry): CompletionItem {
  const refused = entry.refused === undefined ? '' : `Refused: it ${entry.refused}.`
  return {
    ...{ label, detail: entry.help, documentation: refused || settingsText(entry) },
    kind: KIND.value,
  }
}

/** The keys of a transformation or condition, a line each. */
export function settingsText({ settings }: CatalogueEntry): string {
  return Object.entries(settings)
    .map(([name, { help, required, values }]) => {
      const among = values === undefined ? '' : ` (${values.join(', ')})`
      return `- \`${name}\`${required === true ? '' : ', optional'}: ${help}${among}`
    })
    .join('\n')
}
