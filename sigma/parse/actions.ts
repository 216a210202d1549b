// `action: global|reset|repeat`, the way of old multi-document files to share keys.
import type { Yaml, YamlEntry } from '../rule.ts'
import { fail } from './report.ts'
import type { YamlDocument } from './yaml.ts'

const NO_ENTRIES: ReadonlyMap<string, YamlEntry> = new Map()

/** Documents with what actions before them give; those that only carry an action are left out. */
export function applyActions(documents: readonly YamlDocument[]): YamlDocument[] {
  const out: YamlDocument[] = []
  let shared: YamlDocument | undefined
  let last: YamlDocument | undefined
  for (const document of documents) {
    const action = actionOf(document)
    if (action === undefined) {
      last = shared === undefined ? document : merge(shared, document)
      out.push(last)
    } else if (action === 'global')
      shared = shared === undefined ? document : merge(shared, document)
    else if (action === 'reset') shared = undefined
    else if (action === 'repeat' && last !== undefined) {
      last = merge(last, document)
      out.push(last)
    } else {
      const why = action === 'repeat' ? 'has nothing before it to repeat' : 'is unknown'
      fail(document.report, 'action-invalid', `action: ${action} ${why}`, document)
      out.push({ ...document, value: undefined })
    }
  }
  return out
}

function actionOf(document: YamlDocument): string | undefined {
  const value =
    document.value?.kind === 'map' ? document.value.entries.get('action')?.value : undefined
  return value === undefined || value.kind === 'map' || value.kind === 'list'
    ? undefined
    : value.text
}

function merge(base: YamlDocument, over: YamlDocument): YamlDocument {
  if (base.value === undefined || over.value === undefined) return over
  const text = `${base.text.trimEnd()}\n---\n${over.text}`
  return { ...over, text, value: mergeValues(base.value, over.value) }
}

/** Maps are joined key by key, everything else is replaced. */
function mergeValues(base: Yaml, over: Yaml): Yaml {
  if (base.kind !== 'map' || over.kind !== 'map') return over
  const entries = new Map(base.entries ?? NO_ENTRIES)
  entries.delete('action')
  for (const [key, entry] of over.entries) {
    if (key === 'action') continue
    const before = entries.get(key)
    const value = before === undefined ? entry.value : mergeValues(before.value, entry.value)
    entries.set(key, { key: entry.key, value })
  }
  return { ...over, entries }
}
