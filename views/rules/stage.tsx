/** @jsxImportSource hono/jsx */
import type { RuleSummary } from '../../server/services/services.ts'
import { formatShare } from '../shared/format.ts'

type Rollout = Pick<NonNullable<RuleSummary['rollout']>, 'stage' | 'share'>

const MEANING = {
  shadow: 'what it matches is counted, and raises no alert',
  canary: 'it raises alerts for a share of the hosts; what the others do is counted',
  live: 'it raises alerts everywhere',
} as const

/** The stage of a rule that is on its way to live; nothing for a rule without stages. */
export function StagePill(props: { readonly rollout: Rollout | undefined }) {
  const { rollout } = props
  if (rollout === undefined) return null
  const { stage, share } = rollout
  return (
    <span class={`pill stage-${stage}`} title={MEANING[stage]}>
      {stage}
      {stage === 'canary' && share !== undefined && ` ${formatShare(share)}`}
    </span>
  )
}

/** How often a rule runs, where that is not at once. */
export function SchedulePill(props: { readonly every: string | undefined }) {
  if (props.every === undefined) return null
  return (
    <span class="pill" title="It runs over what came in since its last run">
      every {props.every}
    </span>
  )
}
