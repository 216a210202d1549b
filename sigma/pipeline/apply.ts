// Pipelines and lists of placeholder values to one change of rules, made before lowering.
import type { Diagnostic } from '../diagnostic.ts'
import type { LoadOptions, RuleTransform } from '../load.ts'
import type { DetectionItem, RuleEffect, SigmaRule } from '../rule.ts'
import { itemHolds, ruleHolds } from './conditions.ts'
import { type Context, noteApplied } from './context.ts'
import { listEffects, pipelineEffect } from './effects.ts'
import { fieldNames, isFieldMapping } from './field-names.ts'
import { changeItems, itemsOf } from './items.ts'
import type { Pipeline } from './pipeline.ts'
import { fillPlaceholders, placeholdersOf } from './placeholder.ts'
import { runItems } from './transformations.ts'

export interface PipelineOptions {
  readonly pipelines?: readonly Pipeline[]
  /** Values of placeholders, by name. */
  readonly lists?: ReadonlyMap<string, readonly string[]>
}

/**
 * Compiles pipelines, in order of priority, and lists into what `loadRules` takes. Placeholders that no
 * pipeline fills are filled from the lists.
 *
 * @example loadRules(files, compilePipelines({ lists: new Map([['Admins', ['ana']]]) }))
 */
export function compilePipelines({
  pipelines = [],
  lists = new Map(),
}: PipelineOptions): Required<LoadOptions> {
  const ordered = [...pipelines].sort((a, b) => a.priority - b.priority)
  const transform: RuleTransform = (rule) => {
    const diagnostics: Diagnostic[] = []
    const effects: RuleEffect[] = []
    let current = rule
    for (const pipeline of ordered) {
      const context = contextOf(pipeline, current, lists, diagnostics)
      runItems(pipeline.items, context)
      const effect = pipelineEffect(pipeline.name, current, context.rule)
      if (effect !== undefined) effects.push(effect)
      current = context.rule
    }
    const filled = withLists(current, lists, diagnostics)
    if (filled !== current)
      effects.push(...listEffects(itemsOf(current).flatMap(placeholdersOf), lists))
    return { rule: filled, diagnostics, effects }
  }
  return { transform, rename: (rule, field) => renameField(ordered, rule, field) }
}

function contextOf(
  { name, vars }: Pipeline,
  rule: SigmaRule,
  lists: ReadonlyMap<string, readonly string[]>,
  diagnostics: Diagnostic[],
): Context {
  return {
    rule,
    state: new Map(),
    applied: new Set(),
    appliedTo: new WeakMap(),
    appliedToField: new Map(),
    mapped: new WeakSet(),
    vars: new Map([...lists, ...vars]),
    fail: (code, message) => {
      const { path, line, column } = rule
      const where = `rule "${rule.title}": pipeline ${name}: ${message}`
      diagnostics.push({ code, severity: 'error', message: where, path, line, column })
    },
  }
}

/** Placeholders that are left stay, and lowering refuses them by name. */
function withLists(
  rule: SigmaRule,
  lists: ReadonlyMap<string, readonly string[]>,
  diagnostics: Diagnostic[],
): SigmaRule {
  if (lists.size === 0) return rule
  const filled = changeItems(rule, (item) => {
    if (placeholdersOf(item).length === 0) return [item]
    const made = fillPlaceholders(item, (name) => lists.get(name))
    if (made !== undefined && made.values.length > 0) return [made]
    const { path } = rule
    const { line, column } = item
    const [code, what] =
      made === undefined
        ? ['placeholder-too-many', 'stands for too many values']
        : ['placeholder-empty', 'a list without values would match nothing']
    const message = `rule "${rule.title}": ${item.field ?? 'keywords'}: ${what}`
    diagnostics.push({ code, severity: 'error', message, path, line, column })
    return [item]
  })
  return filled ?? rule
}

/** What a field of a rule's events is called after the pipelines: several names for a mapping to a list. */
function renameField(
  pipelines: readonly Pipeline[],
  rule: SigmaRule,
  field: string,
): readonly string[] {
  const { line, column } = rule
  let items: readonly DetectionItem[] = [{ line, column, field, modifiers: [], values: [] }]
  for (const pipeline of pipelines) {
    const context = contextOf(pipeline, rule, new Map(), [])
    for (const step of pipeline.items) {
      if (!isFieldMapping(step) || !ruleHolds(step, context)) continue
      items = items.flatMap((item) => {
        const names = itemHolds(step, item, context) ? fieldNames(step, item.field) : undefined
        if (names === undefined) return [item]
        const made = names.map((name) => ({ ...item, field: name }))
        for (const one of made) noteApplied(step, item, one, context)
        return made
      })
    }
  }
  return items.map((item) => item.field ?? field)
}
