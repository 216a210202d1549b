// What a word of a rule means.
import { type LintFacts, retiredTechnique, techniqueOf } from '../../sigma/lint/facts.ts'
import { fieldsOf } from '../../sigma/lint/logsources.ts'
import { CHECKS } from '../../sigma/lint/table.ts'
import { isModifierName, MODIFIERS } from '../../sigma/lower/modifiers.ts'
import { logSourceIn } from '../checks/completion.ts'
import { contextAt } from '../checks/position-context.ts'
import type { Hover, Position } from './protocol.ts'

const KEYS: Readonly<Record<string, string>> = {
  title: 'What alerts are called.',
  id: 'A UUID; alerts, tests and history go by it.',
  name: 'What correlations and filters call the rule.',
  status: 'How far the rule can be trusted: experimental, test, stable; deprecated, unsupported.',
  level: 'How much an alert weighs: informational, low, medium, high, critical.',
  logsource: 'Which events the rule looks at: product, category, service.',
  detection: 'Selections, and the condition over them.',
  condition: 'Which selections must hold: `and`, `or`, `not`, `1 of x*`, `all of them`.',
  falsepositives: 'Legitimate activity that looks the same.',
  trapline: 'How Trapline runs the rule: owner, schedule, rollout, alert texts, exceptions.',
  correlation: 'Several matches in one window: counts, different values, sequences.',
  filter: 'What is added to the conditions of other rules with `and`.',
}

/** The hover of a position, if there is anything to say. */
export function hoverAt(
  text: string,
  { line, character }: Position,
  facts: LintFacts,
): Hover | null {
  const current = text.split('\n')[line] ?? ''
  const start = /[\w.-]*$/.exec(current.slice(0, character))!.index
  const word = /^[\w.-]+/.exec(current.slice(start))?.[0] ?? ''
  const value = word === '' ? undefined : meaning(word, current, start, text, line, facts)
  if (value === undefined) return null
  const range = { start: { line, character: start }, end: { line, character: start + word.length } }
  return { contents: { kind: 'markdown', value }, range }
}

function meaning(
  word: string,
  current: string,
  start: number,
  text: string,
  line: number,
  facts: LintFacts,
): string | undefined {
  const technique = /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(word)?.[1]?.toUpperCase()
  if (technique !== undefined) return techniqueText(technique, facts)
  if (/trapline-lint:/.test(current) && CHECKS.has(word))
    return `**${word}**: ${CHECKS.get(word)!.summary}\n\n${CHECKS.get(word)!.why}`
  if (current.charAt(start - 1) === '|' && isModifierName(word))
    return `**${word}**: ${MODIFIERS[word].help}`
  const { path, key } = contextAt(text, line, current.length)
  if (key === word && path.length <= 2 && Object.hasOwn(KEYS, word)) return KEYS[word]
  if (path[0] !== 'detection' || path.length < 3) return undefined
  const source = logSourceIn(text, line)
  const fields = fieldsOf(facts, source)
  if (fields === undefined) return undefined
  const name = Object.values(source).join('/')
  if (fields.has(word)) return `A field of ${name} events.`
  return key?.split('|')[0] === word ? `${name} events have no field of this name.` : undefined
}

function techniqueText(id: string, { attack }: LintFacts): string {
  const found = techniqueOf(attack, id)
  if (found !== undefined)
    return `**${id} ${found.name}**\n\n${found.tactics.join(', ')} (ATT&CK ${attack.version})`
  const retired = retiredTechnique(attack, id)
  if (retired === undefined) return `ATT&CK ${attack.version} has no ${id}.`
  return `**${id} ${retired.name}** is gone${retired.successor === undefined ? '' : `; ${retired.successor} took its place`}.`
}
