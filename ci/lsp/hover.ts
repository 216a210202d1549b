// What a word of a rule means.
import { type LintFacts, retiredTechnique, techniqueOf } from '../../sigma/lint/facts.ts'
import { fieldsOf } from '../../sigma/lint/logsources.ts'
import { CHECKS } from '../../sigma/lint/table.ts'
import { isModifierName, MODIFIERS } from '../../sigma/lower/modifiers.ts'
import { isPipelineFile } from '../../sigma/pipeline/paths.ts'
import { logSourceIn } from '../checks/completion.ts'
import { type KnownRule, ruleCalled } from '../checks/known-rules.ts'
import { pipelinePlace, settingsText } from '../checks/pipeline-completion.ts'
import { contextAt } from '../checks/position-context.ts'
import { namesRules } from '../checks/reference-completion.ts'
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

/** What hovers know beside the text. */
export interface HoverContext {
  readonly facts: LintFacts
  /** Of the text: says what kind of file it is. */
  readonly path: string
  /** What correlations and filters may name. */
  readonly rules: readonly KnownRule[]
}

/** The hover of a position, if there is anything to say. */
export function hoverAt(
  text: string,
  { line, character }: Position,
  context: HoverContext,
): Hover | null {
  const current = text.split('\n')[line] ?? ''
  const start = /[\w.-]*$/.exec(current.slice(0, character))!.index
  const word = /^[\w.-]+/.exec(current.slice(start))?.[0] ?? ''
  const place = { word, current, start, text, line }
  const value = word === '' ? undefined : meaning(place, context)
  if (value === undefined) return null
  const range = { start: { line, character: start }, end: { line, character: start + word.length } }
  return { contents: { kind: 'markdown', value }, range }
}

interface Place {
  readonly word: string
  readonly current: string
  readonly start: number
  readonly text: string
  readonly line: number
}

function meaning(place: Place, { facts, path: file, rules }: HoverContext): string | undefined {
  const { word, current, start, text, line } = place
  if (isPipelineFile(file)) return pipelineMeaning(place)
  const technique = /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(word)?.[1]?.toUpperCase()
  if (technique !== undefined) return techniqueText(technique, facts)
  if (/trapline-lint:/.test(current) && CHECKS.has(word))
    return `**${word}**: ${CHECKS.get(word)!.summary}\n\n${CHECKS.get(word)!.why}`
  if (current.charAt(start - 1) === '|' && isModifierName(word))
    return `**${word}**: ${MODIFIERS[word].help}`
  const { path, key } = contextAt(text, line, current.length)
  const rule = isReference(path, key, word) ? ruleCalled(rules, word) : undefined
  if (rule !== undefined) return ruleText(rule)
  if (key === word && path.length <= 2 && Object.hasOwn(KEYS, word)) return KEYS[word]
  if (path[0] !== 'detection' || path.length < 3) return undefined
  const source = logSourceIn(text, line)
  const fields = fieldsOf(facts, source)
  if (fields === undefined) return undefined
  const name = Object.values(source).join('/')
  if (fields.has(word)) return `A field of ${name} events.`
  return key?.split('|')[0] === word ? `${name} events have no field of this name.` : undefined
}

/** Whether a word stands where correlations and filters name rules. */
function isReference(path: readonly string[], key: string | undefined, word: string): boolean {
  if (namesRules(path)) return true
  const [top, part] = path
  if (top !== 'correlation') return false
  return part === 'aliases' ? path.length === 4 && key === word : part === 'condition'
}

function ruleText({ title, kind, id, name, path }: KnownRule): string {
  const names = [name, id].filter((one) => one !== undefined).join(', ')
  return `**${title}**\n\nA ${kind}: ${names} (${path.slice(path.lastIndexOf('/') + 1)})`
}

function pipelineMeaning({ word, current, text, line }: Place): string | undefined {
  const { path, key } = contextAt(text, line, current.length)
  const place = pipelinePlace(key === undefined ? path : path.slice(0, -1), text, line)
  if (place === undefined) return undefined
  const { types, common, entry } = place
  if (Object.hasOwn(types, word) && new RegExp(`\\btype:\\s*['"]?${word}\\b`).test(current)) {
    const own = types[word]!
    const refused = own.refused === undefined ? '' : `\n\nRefused: it ${own.refused}.`
    return `**${word}**: ${own.help}${refused}\n\n${settingsText(own)}`.trimEnd()
  }
  const settings = { ...common, ...entry?.settings }
  return Object.hasOwn(settings, word) ? `**${word}**: ${settings[word]!.help}` : undefined
}

function techniqueText(id: string, { attack }: LintFacts): string {
  const found = techniqueOf(attack, id)
  if (found !== undefined)
    return `**${id} ${found.name}**\n\n${found.tactics.join(', ')} (ATT&CK ${attack.version})`
  const retired = retiredTechnique(attack, id)
  if (retired === undefined) return `ATT&CK ${attack.version} has no ${id}.`
  return `**${id} ${retired.name}** is gone${retired.successor === undefined ? '' : `; ${retired.successor} took its place`}.`
}
