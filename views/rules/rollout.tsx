/** @jsxImportSource hono/jsx */
// A rule's way to live: its criteria beside what is measured, and what it would have raised (D16).
import type { RuleRollout } from '../../server/services/rollout.ts'
import type { Proposal } from '../../server/stores/state/proposals.ts'
import type {
  MeasuredCriterion,
  RolloutDecision,
  ShadowAlert,
} from '../../server/stores/state/rollouts.ts'
import { formatAge, formatCount, formatIso, formatShare, visible } from '../shared/format.ts'
import { urls } from '../urls.ts'
import { ShadowTable } from './shadow.tsx'

export interface RuleRolloutProps {
  readonly ruleId: string
  readonly rollout: RuleRollout | undefined
  readonly proposal: Proposal | undefined
  readonly shadow: readonly ShadowAlert[]
  readonly shadowTotal: number
  readonly canJudge: boolean
  readonly csrfToken: string
  readonly now: number
}

export function RuleRolloutPart(props: RuleRolloutProps) {
  const { rollout, now } = props
  if (rollout === undefined) return <p class="faint">Its stage is not known yet.</p>
  const { state, judgement } = rollout
  return (
    <>
      <p class="small-text">
        At stage <strong>{state.stage}</strong> with this text since{' '}
        <span title={formatIso(state.since)}>{formatAge(state.since, now)}</span>.{' '}
        {judgement.criteria.length === 0 && 'It has no written criteria: people decide.'}
      </p>
      {judgement.criteria.length > 0 && <Criteria criteria={judgement.criteria} />}
      {state.decision === undefined ? (
        judgement.to !== undefined && (
          <p class="small-text">
            The criteria say <strong>{judgement.to}</strong>: the change is proposed within the
            hour.
          </p>
        )
      ) : (
        <Decision {...props} decision={state.decision} />
      )}
      <Shadow {...props} />
    </>
  )
}

const CRITERIA = {
  min_days: 'days at this stage, at least',
  max_alerts_per_day: 'alerts a day, at most',
  min_precision: 'precision, at least',
} as const

function Criteria(props: { readonly criteria: readonly MeasuredCriterion[] }) {
  return (
    <table class="auto rollout-criteria">
      <thead>
        <tr>
          <th scope="col">criterion</th>
          <th scope="col" class="num">
            wanted
          </th>
          <th scope="col" class="num">
            measured
          </th>
          <th scope="col">
            <span class="hidden">met</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.criteria.map((one) => (
          <tr>
            <td>{CRITERIA[one.name]}</td>
            <td class="num">{shown(one, one.wanted)}</td>
            <td class="num">
              {one.measured === undefined ? 'too few verdicts' : shown(one, one.measured)}
            </td>
            <td class={one.met ? 'met' : 'unmet'}>{standing(one)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Days only come; the others can be broken. */
function standing({ name, met, measured }: MeasuredCriterion): string {
  if (met) return 'met'
  return name === 'min_days' || measured === undefined ? 'open' : 'not met'
}

function shown({ name }: MeasuredCriterion, value: number): string {
  return name === 'min_precision' ? formatShare(value) : String(Math.round(value * 10) / 10)
}

function Decision(props: RuleRolloutProps & { readonly decision: RolloutDecision }) {
  const { decision, proposal, now } = props
  const { to, at, problem } = decision
  return (
    <div class={`notice ${problem === undefined ? 'ok' : 'problem'}`} role="status">
      The criteria said <strong>{to}</strong> {formatAge(at, now)}.{' '}
      {problem !== undefined && `No change could be proposed: ${visible(problem)}.`}
      {problem === undefined && proposal !== undefined && (
        <>
          The change is {proposal.state}:{' '}
          <a class="link" href={proposal.url ?? urls.releases.href()}>
            {visible(proposal.title)}
          </a>
        </>
      )}
    </div>
  )
}

function Shadow(props: RuleRolloutProps) {
  const { ruleId, shadow, shadowTotal, canJudge, csrfToken, now } = props
  if (shadow.length === 0)
    return <p class="faint">It has raised nothing in shadow in the last 90 days.</p>
  return (
    <>
      <h3 class="sub">Would have raised {formatCount(shadowTotal)}</h3>
      <ShadowTable
        {...{ alerts: shadow, canJudge, csrfToken, now }}
        verdictUrl={(alert) => urls.ruleShadow.href({ id: ruleId, alert: alert.id })}
        target="#rule-rollout"
      />
    </>
  )
}
