// The library: everything that is promised to stay. No clock, no files, no network; nothing throws for bad
// input, what is wrong comes back as diagnostics.

// SQL
export { sqlOfCorrelation } from './backends/correlation.ts'
export type { SqlTable } from './backends/dialect.ts'
export { SQL_TARGETS, type SqlTarget, sqlOfRule } from './backends/sql.ts'
// Correlations
export { createCorrelator } from './correlate/engine.ts'
export { correlationText } from './correlate/text.ts'
export type { Correlator, CorrelatorOptions, CorrelatorStats, Firing } from './correlate/types.ts'
export { type CorrelationWhy, whyCorrelation } from './correlate/why.ts'
// Findings
export type { Diagnostic, Severity } from './diagnostic.ts'
export { evaluate } from './eval/evaluate.ts'
// Running rules
export {
  compileMatcher,
  type Matcher,
  type MatcherOptions,
  type MatcherRule,
  type MatcherStats,
} from './eval/matcher.ts'
export { type Change, type SmallestChange, smallestChange, withChanges } from './eval/nearest.ts'
export { compilePredicate, type EventPredicate } from './eval/predicate.ts'
export { ruleAccepts } from './eval/routing.ts'
// Why
export { explainWhy, type Why, type WhyNode, type WhyTest } from './eval/why.ts'
// Events
export type { EventLogSource, Fields, FieldValue, PivotName, Pivots, SigmaEvent } from './event.ts'
// The linter
export { ATTACK, LOG_SOURCES } from './facts/facts.ts'
// The expression that rules become
export type { Expr, Target, Test } from './ir/expr.ts'
export type { Check, Edit, Finding, Fix, LintFile } from './lint/check.ts'
export type { AttackFacts, LintFacts, ProductFacts } from './lint/facts.ts'
export { applyEdits, fixUntilDone } from './lint/fix.ts'
export { type LintOptions, lint } from './lint/lint.ts'
export { CHECKS } from './lint/table.ts'
// Loading (Sigma rules, correlations and filters specifications 2.1)
export { type LoadOptions, loadRules, type RuleTransform } from './load.ts'
export { lowerRule } from './lower/lower.ts'
// Parts of use on their own
export { MODIFIERS } from './lower/modifiers.ts'
export { parseRules } from './parse/rules.ts'
// Pipelines (as pySigma writes them)
export { compilePipelines } from './pipeline/apply.ts'
export { type Pipeline, parsePipeline } from './pipeline/pipeline.ts'
export { type EventAbout, plainEvent } from './plain-event.ts'
export { type CompiledRegex, compileRegex, isCompiledRegex } from './regex.ts'
export type {
  Condition,
  CorrelationType,
  Detection,
  DetectionItem,
  DetectionNode,
  Level,
  LoadedCorrelation,
  LoadedRule,
  LoadedRules,
  LogSource,
  ParsedDocument,
  ParsedRules,
  RefusedRule,
  RuleFile,
  SigmaCorrelation,
  SigmaDocument,
  SigmaFilter,
  SigmaRule,
  Status,
} from './rule.ts'
export { compileWildcards, parseWildcards } from './text/wildcard.ts'
