// The mapping table as it is for one of Zeek's logs: rules that only other logs have are left out, so that no
// event asks which log it is for each of them.

type Json = { readonly [name: string]: unknown }

const KIND = '_path'

/** The table for one log. A rule without a condition on `_path` stays as it is. */
export function narrowed(table: unknown, kind: string): unknown {
  if (!isObject(table)) return table
  const { message } = table
  return {
    ...table,
    // A message that is not whole is then known by its first column.
    ...(Array.isArray(message) ? { message: message.map((text) => named(text, kind)) } : {}),
    pivots: narrowedRules(table.pivots, kind),
    fields: narrowedRules(table.fields, kind),
  }
}

function named(text: unknown, kind: string): unknown {
  return typeof text === 'string' ? text.replaceAll(`{${KIND}}`, kind) : text
}

/** Columns or fields by name; those without a rule left are left out. */
function narrowedRules(rules: unknown, kind: string): unknown {
  if (!isObject(rules)) return rules
  return Object.fromEntries(
    Object.entries(rules).flatMap(([name, list]) => {
      const kept = (Array.isArray(list) ? list : [list]).flatMap((rule) => narrowedRule(rule, kind))
      return kept.length === 0 ? [] : [[name, kept]]
    }),
  )
}

function narrowedRule(rule: unknown, kind: string): readonly unknown[] {
  const when = isObject(rule) ? rule.when : undefined
  const is = isObject(when) ? when.is : undefined
  if (!isObject(rule) || !isObject(when) || !isObject(is) || is[KIND] === undefined) return [rule]
  const kinds = Array.isArray(is[KIND]) ? is[KIND] : [is[KIND]]
  // Patterns are left to the table.
  if (kinds.some((name) => typeof name !== 'string' || name.includes('*'))) return [rule]
  if (!kinds.includes(kind)) return []
  const { [KIND]: _kind, ...others } = is
  const { is: _is, ...conditions } = when
  const rest = Object.keys(others).length === 0 ? conditions : { ...conditions, is: others }
  const { when: _when, ...bare } = rule
  return [Object.keys(rest).length === 0 ? bare : { ...bare, when: rest }]
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
