// Sigma documents as values: what parsing gives, before modifiers and conditions become expressions.
import type { Diagnostic } from './diagnostic.ts'
import type { Expr } from './ir/expr.ts'

/** Where something stands in its file, both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** One scalar, typed by our own rules, with its source text (`0777` stays `0777`). */
export type Scalar = Position &
  (
    | { readonly kind: 'string'; readonly text: string }
    | { readonly kind: 'number'; readonly text: string; readonly value: number }
    | { readonly kind: 'boolean'; readonly text: string; readonly value: boolean }
    | { readonly kind: 'null'; readonly text: string }
  )

/** Any YAML value of a rule file. */
export type Yaml =
  | Scalar
  | (Position & { readonly kind: 'list'; readonly items: readonly Yaml[] })
  | (Position & { readonly kind: 'map'; readonly entries: ReadonlyMap<string, YamlEntry> })

/** A value of a map and where its key stands. */
export interface YamlEntry {
  readonly key: Position
  readonly value: Yaml
}

export const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const
export type Level = (typeof LEVELS)[number]

export const STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const
export type Status = (typeof STATUSES)[number]

/** What a rule's `logsource` names; keys absent are not asked for. */
export interface LogSource {
  readonly product?: string
  readonly category?: string
  readonly service?: string
  readonly definition?: string
}

/** `field|modifier|...: values`, or values without a field: keywords. */
export interface DetectionItem extends Position {
  /** Undefined for keywords. */
  readonly field: string | undefined
  readonly modifiers: readonly string[]
  readonly values: readonly Scalar[]
  /** What a pipeline made of it: any of these stands for the item. */
  readonly any?: readonly DetectionItem[]
  /** What a pipeline made of it: all of these together stand for the item. */
  readonly all?: readonly DetectionItem[]
}

/** What a selection holds: items of a map are ANDed, entries of a list ORed. */
export type DetectionNode =
  | (Position & { readonly kind: 'map'; readonly items: readonly DetectionItem[] })
  | (Position & { readonly kind: 'list'; readonly nodes: readonly DetectionNode[] })
  | (Position & { readonly kind: 'keywords'; readonly item: DetectionItem })

/** A parsed condition. `names` of `of` are the selections that its pattern stands for, in file order. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly args: readonly Condition[] }
  | { readonly kind: 'not'; readonly arg: Condition }
  | { readonly kind: 'selection'; readonly name: string }
  | {
      readonly kind: 'of'
      readonly quantity: number | 'all'
      /** `them`, a name, or a pattern with `*`. */
      readonly pattern: string
      readonly names: readonly string[]
    }

export interface Detection extends Position {
  readonly selections: ReadonlyMap<string, DetectionNode>
  /** Several conditions of a list are ORed. Undefined when it cannot be parsed (there is a diagnostic). */
  readonly condition: Condition | undefined
  /** The condition as written; those of a list one a line. */
  readonly conditionText: string
  readonly timeframe?: string
}

export const ROLLOUT_STAGES = ['shadow', 'canary', 'live'] as const
export type RolloutStage = (typeof ROLLOUT_STAGES)[number]

/** Written criteria of a rule's way from shadow to live. */
export interface Rollout {
  readonly stage: RolloutStage
  /** Part of the hosts a canary runs on, 0 to 1. */
  readonly share?: number
  readonly min_days?: number
  readonly max_alerts_per_day?: number
  /** 0 to 1. */
  readonly min_precision?: number
}

export interface RuleException {
  readonly id: string
  readonly owner: string
  readonly reason: string
  /** Date as written. */
  readonly expires: string
}

/** Operational data of a rule: everything beside Sigma's own keys. */
export interface TraplineSettings {
  readonly owner?: string
  /** Duration as written: `15m`. */
  readonly schedule?: string
  readonly rollout?: Rollout
  /** Templates of the alert. */
  readonly title?: string
  readonly description?: string
  /** Severity of the alert in place of the rule's level. */
  readonly severity?: Level
  readonly dedup?: readonly string[]
  readonly dedup_window_minutes?: number
  readonly auto_create_case?: boolean
  readonly exceptions?: readonly RuleException[]
}

export interface Related {
  readonly id: string
  readonly type: string
}

/** What rules, correlations and filters have in common. Text is as written, absent is undefined. */
export interface Metadata {
  readonly title: string
  readonly id: string | undefined
  readonly name: string | undefined
  readonly status: Status | undefined
  readonly level: Level | undefined
  readonly description: string | undefined
  readonly author: string | undefined
  readonly date: string | undefined
  readonly modified: string | undefined
  readonly license: string | undefined
  readonly taxonomy: string | undefined
  readonly references: readonly string[]
  readonly tags: readonly string[]
  readonly fields: readonly string[]
  readonly falsepositives: readonly string[]
  readonly scope: readonly string[]
  readonly related: readonly Related[]
  readonly trapline: TraplineSettings | undefined
  /** Top-level keys that Sigma does not define, kept as they are. */
  readonly other: ReadonlyMap<string, Yaml>
}

interface DocumentBase extends Metadata, Position {
  readonly path: string
  /** The document's own text, without the `---` lines around it. */
  readonly text: string
}

export interface SigmaRule extends DocumentBase {
  readonly kind: 'rule'
  readonly logsource: LogSource
  readonly detection: Detection
}

export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
] as const
export type CorrelationType = (typeof CORRELATION_TYPES)[number]

export const CORRELATION_OPS = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const
export type CorrelationOp = (typeof CORRELATION_OPS)[number]

export interface CorrelationCondition {
  readonly ops: readonly { readonly op: CorrelationOp; readonly value: number }[]
  readonly field: string | readonly string[] | undefined
  readonly percentile: number | undefined
}

export interface SigmaCorrelation extends DocumentBase {
  readonly kind: 'correlation'
  readonly type: CorrelationType
  /** Ids or names of the rules it reads. */
  readonly rules: readonly string[]
  readonly groupBy: readonly string[]
  readonly timespan_ms: number
  /** Numeric conditions, or the boolean text of a temporal one (`extended`). */
  readonly condition: CorrelationCondition | string | undefined
  /** alias -> rule -> field. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly generate: boolean
  /** Where the values of its keys (`rules`, `condition`, ...) stand. */
  readonly places: ReadonlyMap<string, Position>
}

export interface SigmaFilter extends DocumentBase {
  readonly kind: 'filter'
  readonly logsource: LogSource
  /** Ids or names of the rules it filters, or `any`. */
  readonly rules: readonly string[] | 'any'
  readonly detection: Detection
}

export type SigmaDocument = SigmaRule | SigmaCorrelation | SigmaFilter

/** What one file holds. */
export interface ParsedRules {
  /** Documents that could be made out; those with errors may be among them, see `diagnostics`. */
  readonly documents: readonly ParsedDocument[]
  /** All findings of the file, in file order. */
  readonly diagnostics: readonly Diagnostic[]
}

export interface ParsedDocument {
  /** Undefined when the document has errors that leave nothing to run. */
  readonly value: SigmaDocument | undefined
  readonly title: string
  readonly id: string | undefined
  readonly line: number
  /** This document's own findings. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Something outside of a rule's file that changed it before it ran. */
export interface RuleEffect {
  readonly kind: 'filter' | 'pipeline' | 'list'
  /** Title of the filter, name of the pipeline or list. */
  readonly name: string
  /** Of a filter: its selections are called `filter N: NAME`. */
  readonly number?: number
  /** Sentences. */
  readonly changes: readonly string[]
}

/** A rule that can run. */
export interface LoadedRule {
  /** The rule's id; where it has none, `path:` and its path (and line, if not the first document). */
  readonly id: string
  readonly title: string
  readonly level: Level
  readonly status: Status | undefined
  readonly logsource: LogSource
  readonly tags: readonly string[]
  readonly fields: readonly string[]
  readonly falsepositives: readonly string[]
  readonly references: readonly string[]
  readonly author: string | undefined
  readonly description: string | undefined
  readonly date: string | undefined
  readonly modified: string | undefined
  readonly path: string
  /** The document as written: what a rule text hash covers. */
  readonly text: string
  readonly line: number
  /** What an event must satisfy. */
  readonly expr: Expr
  /** Every selection by name, for explanations. */
  readonly selections: ReadonlyMap<string, Expr>
  readonly condition: Condition
  readonly conditionText: string
  readonly trapline: TraplineSettings | undefined
  /** What filters, pipelines and lists made of it, in order; absent where nothing did. */
  readonly effects?: readonly RuleEffect[]
  /** True when correlations read it and none says `generate`: it raises nothing itself. */
  readonly feedsOnly: boolean
}

/** One rule or correlation that a correlation reads. */
export interface CorrelationInput {
  /** Id of the rule or correlation, whatever the document calls it by. */
  readonly id: string
  readonly kind: 'rule' | 'correlation'
  /** The reference as the correlation writes it: an id or a name. */
  readonly name: string
  /** Alias -> field of this input's events. */
  readonly aliases: Readonly<Record<string, string>>
}

/** A correlation that can run: plain data, every reference resolved. */
export interface LoadedCorrelation
  extends Omit<
    LoadedRule,
    'logsource' | 'expr' | 'selections' | 'condition' | 'conditionText' | 'feedsOnly'
  > {
  readonly name: string | undefined
  readonly type: CorrelationType
  /** In the order of `rules`: temporal_ordered means this order. */
  readonly inputs: readonly CorrelationInput[]
  readonly groupBy: readonly string[]
  readonly timespan_ms: number
  /** All must hold; empty where `expression` is set. */
  readonly ops: readonly { readonly op: CorrelationOp; readonly value: number }[]
  /** Fields whose values are counted, summed, ... */
  readonly valueFields: readonly string[]
  /** Of value_percentile; without it the share of the value in percent is compared. */
  readonly percentile: number | undefined
  /** A boolean condition over the inputs' names (temporal). */
  readonly expression: Condition | undefined
  /** Whether the inputs also count on their own. */
  readonly generate: boolean
  /** True when it only feeds correlations and raises nothing itself. */
  readonly feedsOnly: boolean
}

/** A document that cannot run, and why. */
export interface RefusedRule {
  readonly id: string
  readonly title: string
  readonly path: string
  readonly line: number
  readonly kind: SigmaDocument['kind'] | 'unknown'
  /** Code of the first error: `placeholder-unsupported`. */
  readonly reason: string
  readonly message: string
  readonly diagnostics: readonly Diagnostic[]
}

export interface RuleFile {
  readonly path: string
  readonly text: string
}

/** A filter that runs, and the ids of the rules that it changed. */
export interface LoadedFilter {
  readonly id: string
  readonly title: string
  readonly path: string
  readonly line: number
  readonly text: string
  readonly applied: readonly string[]
}

/** What a set of files loads to. */
export interface LoadedRules {
  readonly rules: readonly LoadedRule[]
  readonly correlations: readonly LoadedCorrelation[]
  readonly filters: readonly LoadedFilter[]
  readonly refused: readonly RefusedRule[]
  readonly diagnostics: readonly Diagnostic[]
}
