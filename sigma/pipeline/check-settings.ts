// Whether a step or condition has the keys that it needs, and no others: a key that is misspelt would be passed over
// without a word.
import { fail, type Report } from '../parse/report.ts'
import { suggestion } from '../parse/suggest.ts'
import { compileRegex, isCompiledRegex } from '../regex.ts'
import type { Position } from '../rule.ts'
import type { CatalogueEntry, Setting } from './catalogue.ts'
import type { PlainMap } from './values.ts'

/** Reports unknown and missing keys, and values that are none of the few that a key can have. `common` are keys
 * that all of the kind may have; `placeOf` says where a key stands. */
export function checkSettings(
  report: Report,
  own: PlainMap,
  name: string,
  { settings }: CatalogueEntry,
  common: Readonly<Record<string, Setting>>,
  placeOf: (key: string) => Position,
): void {
  const known: Readonly<Record<string, Setting>> = { ...common, ...settings }
  for (const [key, value] of Object.entries(own)) {
    const setting = Object.hasOwn(known, key) ? known[key] : undefined
    if (setting === undefined) {
      const near = suggestion(key, Object.keys(known))
      fail(report, 'pipeline-shape', `${name}: unknown key ${key}${near}`, placeOf(key))
    } else if (setting.values !== undefined && !setting.values.includes(String(value))) {
      const message = `${name}: ${key}: ${String(value)} is none of ${setting.values.join(', ')}`
      fail(report, 'pipeline-shape', message, placeOf(key))
    } else if (setting.isRegex === true) {
      const compiled = compileRegex(String(value))
      if (!isCompiledRegex(compiled))
        fail(report, 'pipeline-regex', `${name}: ${key}: ${compiled.message}`, placeOf(key))
    }
  }
  for (const [key, { required }] of Object.entries(settings)) {
    if (required === true && !Object.hasOwn(own, key)) {
      fail(report, 'pipeline-shape', `${name}: needs ${key}`, placeOf(key))
    }
  }
}
