// Every chunk of a log holds its templates anew. Those that are the same as one of another chunk share its tree and
// its plans.
import type { Attribute, Node, Substitution, Template } from './nodes.ts'

/** Bytes of the templates that are kept, at most: their definitions, and something for each. */
const KEPT_BYTES_MAX = 1024 * 1024
const EACH_BYTES = 1024
/** Templates of one GUID, at most. */
const VARIANTS_MAX = 4

const kept = new Map<string, Template[]>()
let keptBytes = 0

/** The template that was read first with this GUID and content; the given one where there is none. */
export function sharedTemplate(guid: string, template: Template): Template {
  const { content, size } = template
  const variants = kept.get(guid)
  const same = variants?.find((other) => isSameContent(other.content, content))
  // Where names are stored in the template itself, its size is another.
  if (same !== undefined) return { content: same.content, size, plans: same.plans }
  if (keptBytes + size + EACH_BYTES > KEPT_BYTES_MAX) {
    kept.clear()
    keptBytes = 0
  }
  if (variants === undefined || !kept.has(guid)) kept.set(guid, [template])
  else if (variants.length >= VARIANTS_MAX) return template
  else variants.push(template)
  keptBytes += size + EACH_BYTES
  return template
}

function isSameContent(a: readonly Node[], b: readonly Node[]): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) {
    if (!isSameNode(a[index]!, b[index]!)) return false
  }
  return true
}

function isSameNode(a: Node, b: Node): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  if (a.kind === 'substitution') return b.kind === 'substitution' && isSamePlace(a, b)
  // The values of an instance lie in its own chunk.
  if (a.kind === 'instance' || b.kind !== 'element' || a.name !== b.name) return false
  return isSameAttributes(a.attributes, b.attributes) && isSameContent(a.children, b.children)
}

function isSamePlace(a: Substitution, b: Substitution): boolean {
  return a.index === b.index && a.optional === b.optional
}

function isSameAttributes(a: readonly Attribute[], b: readonly Attribute[]): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) {
    const [one, other] = [a[index]!, b[index]!]
    if (one.name !== other.name || !isSameContent(one.parts, other.parts)) return false
  }
  return true
}
