// Selections and condition as the YAML of a rule.
import type { ItemValue } from './items.ts'
import type { Detection, SelectionMap } from './selections.ts'

/** The `detection:` block, indented by four as rules are. */
export function yamlOf({ selections, condition }: Detection): string {
  const lines = ['detection:']
  for (const [name, maps] of selections) {
    lines.push(`    ${name}:`)
    const [only] = maps
    if (maps.length === 1 && only !== undefined) lines.push(...mapLines(only, '        '))
    else for (const map of maps) lines.push(...entryLines(map))
  }
  lines.push(`    condition: ${condition}`)
  return `${lines.join('\n')}\n`
}

function entryLines(map: SelectionMap): string[] {
  const [first = '', ...others] = mapLines(map, '          ')
  return [first.replace('          ', '        - '), ...others]
}

function mapLines(map: SelectionMap, indent: string): string[] {
  return [...map].flatMap(([key, values]) => {
    const [only] = values
    const head = `${indent}${keyText(key)}:`
    if (values.length === 1 && only !== undefined) return [`${head} ${scalar(only)}`]
    return [head, ...values.map((value) => `${indent}    - ${scalar(value)}`)]
  })
}

const PLAIN_KEY = /^[A-Za-z_][\w.|-]*$/

function keyText(key: string): string {
  return PLAIN_KEY.test(key) && !isOtherType(key) ? key : quoted(key)
}

/** Text that YAML reads as itself without quotes: no sign of its syntax, no number, boolean or null. */
const PLAIN_TEXT = /^[A-Za-z_/.][\w./\\*+=@ -]*$/

function scalar(value: ItemValue): string {
  if (typeof value === 'object') return value.plain
  const isPlain = PLAIN_TEXT.test(value) && !isOtherType(value) && value.trim() === value
  return isPlain ? value : quoted(value)
}

function isOtherType(text: string): boolean {
  return /^(?:true|false|null|yes|no|on|off|y|n|\.inf|\.nan|[-+.\d][\d.e+-]*)$/i.test(text)
}

function quoted(text: string): string {
  const needsEscapes = /[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]|[\u2028\u2029\ufeff]/.test(text)
  return needsEscapes ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`
}
