// Keys and values that a JSON Schema allows at a path of keys: lists are passed through, alternatives joined.
import { CHECKS } from '../../sigma/lint/table.ts'
import { type CompletionItem, KIND } from '../lsp/protocol.ts'
import { SCHEMAS, type SchemaName } from './schema.ts'

/** A part of a schema, as far as completion reads it. */
interface Part {
  readonly $ref?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly items?: Part
  readonly properties?: Readonly<Record<string, Part>>
  readonly additionalProperties?: Part | boolean
  readonly oneOf?: readonly Part[]
  readonly anyOf?: readonly Part[]
  readonly allOf?: readonly Part[]
  readonly $defs?: Readonly<Record<string, Part>>
}

/** Alternatives and references are followed so deep. */
const DEPTH_MAX = 12

/** What may stand at `path`: keys of the map there, or with `key` the values of its last key. */
export function schemaItems(
  name: SchemaName,
  path: readonly string[],
  isValue: boolean,
): readonly CompletionItem[] {
  let parts: readonly Part[] = flat(SCHEMAS[name] as Part)
  for (const key of path) parts = parts.flatMap((part) => below(part, key))
  if (!isValue) return checkIds(name, path) ?? parts.flatMap(keysOf)
  return [...new Set(parts.flatMap(valuesOf))].map((label) => ({ label, kind: KIND.value }))
}

/** Alternatives, elements of lists and references in place of what stands for them. */
function flat(part: Part, depth = 0): readonly Part[] {
  if (depth > DEPTH_MAX) return []
  const inner = [...(part.oneOf ?? []), ...(part.anyOf ?? []), ...(part.allOf ?? [])]
  if (part.items !== undefined) inner.push(part.items)
  const target = part.$ref === undefined ? undefined : referred(part.$ref)
  if (target !== undefined) inner.push(target)
  return [part, ...inner.flatMap((one) => flat(one, depth + 1))]
}

function referred(reference: string): Part | undefined {
  const [file = '', name = ''] = reference.split('#/$defs/')
  const schema = Object.values(SCHEMAS).find((one) => one.$id === file) as Part | undefined
  return schema?.$defs?.[name]
}

function below({ properties, additionalProperties }: Part, key: string): readonly Part[] {
  const own =
    properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined
  const next = own ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined)
  return next === undefined ? [] : flat(next)
}

function keysOf({ properties = {} }: Part): readonly CompletionItem[] {
  return Object.entries(properties).map(([label, part]) => {
    const detail = flat(part).find(({ description }) => description !== undefined)?.description
    return { label, kind: KIND.property, ...(detail === undefined ? {} : { detail }) }
  })
}

function valuesOf(part: Part): readonly string[] {
  if (part.enum !== undefined) return part.enum.map(String)
  return part.type === 'boolean' ? ['true', 'false'] : []
}

/** Ids of checks, where the settings ask for them. */
function checkIds(
  name: SchemaName,
  path: readonly string[],
): readonly CompletionItem[] | undefined {
  if (name !== 'settings' || !['lint.disable', 'lint.severity'].includes(path.join('.')))
    return undefined
  return [...CHECKS].map(([label, { summary }]) => ({ label, kind: KIND.value, detail: summary }))
}
