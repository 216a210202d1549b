// What a promotion or demotion says of itself: title and Markdown of its pull request.
import type { RolloutStage } from '../../sigma/rule.ts'
import type { MeasuredCriterion, RolloutState } from '../stores/state/rollouts.ts'
import type { Judgement } from './rollout-judge.ts'
import type { RuleSummary } from './services.ts'

const ORDER: readonly RolloutStage[] = ['shadow', 'canary', 'live']
const TITLE_MAX_CHARACTERS = 60

export function isPromotion(from: RolloutStage, to: RolloutStage): boolean {
  return ORDER.indexOf(to) > ORDER.indexOf(from)
}

export function decisionTitle(rule: RuleSummary, from: RolloutStage, to: RolloutStage): string {
  const title = rule.title.slice(0, TITLE_MAX_CHARACTERS)
  return `${isPromotion(from, to) ? 'Promote' : 'Take back'} ${title} from ${from} to ${to}`
}

/** The measured numbers beside the criteria. */
export function decisionBody(
  rule: RuleSummary,
  state: RolloutState,
  judgement: Judgement,
  to: RolloutStage,
): string {
  const { criteria, days, alertsPerDay, precision } = judgement
  const rows = criteria.map(
    (one) => `| ${nameOf(one)} | ${shown(one, one.wanted)} | ${measuredOf(one)} | ${metOf(one)} |`,
  )
  return [
    `Its written criteria say that this rule goes from **${state.stage}** to **${to}**.`,
    '',
    '| criterion | wanted | measured | |',
    '|---|---|---|---|',
    ...rows,
    '',
    `Measured over ${days.toFixed(1)} days at stage ${state.stage}: ${alertsPerDay.toFixed(1)} alerts a day` +
      `${precision === undefined ? ', too few verdicts for a precision' : `, precision ${percent(precision)}`}.`,
    '',
    `Rule \`${rule.id}\`, text \`${state.ruleHash.slice(0, 12)}\`. Only the stage changes; merging decides.`,
  ].join('\n')
}

const NAMES = {
  min_days: 'days at the stage, at least',
  max_alerts_per_day: 'alerts a day, at most',
  min_precision: 'precision, at least',
} as const

function nameOf({ name }: MeasuredCriterion): string {
  return NAMES[name]
}

function shown({ name }: MeasuredCriterion, value: number): string {
  if (name === 'min_precision') return percent(value)
  return String(Math.round(value * 10) / 10)
}

function measuredOf(one: MeasuredCriterion): string {
  return one.measured === undefined ? 'not enough verdicts' : shown(one, one.measured)
}

function metOf({ met, measured }: MeasuredCriterion): string {
  if (met) return 'met'
  return measured === undefined ? 'open' : 'not met'
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`
}
