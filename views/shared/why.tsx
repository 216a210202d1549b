/** @jsxImportSource hono/jsx */
import type { ExplainedLeaf } from '../../server/services/services.ts'
import { urls } from '../urls.ts'
import { visible } from './format.ts'
import { SeverityMark } from './severity.tsx'

/** A rule that matched, and each leaf of its condition on the event. */
export interface Why {
  readonly ruleId: string
  readonly title: string
  readonly level?: string
  readonly status?: string
  /** Undefined when the rule could not be explained; `problem` says why. */
  readonly leaves?: readonly ExplainedLeaf[]
  readonly problem?: string
}

const EXPECTED_SHOWN_chars = 160

/** Why a rule fired: one line per leaf, those that held first in weight. */
export function WhyBox(props: { readonly why: Why }) {
  const { why } = props
  return (
    <div class="why">
      <div class="head">
        {why.level !== undefined && <SeverityMark severity={why.level} />}
        <a class="link" href={urls.rule.href({ id: why.ruleId })}>
          {visible(why.title)}
        </a>
        {why.status !== undefined && <span class="faint">{why.status}</span>}
      </div>
      {why.problem !== undefined && <p class="muted">{why.problem}</p>}
      {(why.leaves ?? []).map((leaf) => (
        <Leaf leaf={leaf} />
      ))}
    </div>
  )
}

function Leaf(props: { readonly leaf: ExplainedLeaf }) {
  const { leaf } = props
  const expected = visible(leaf.expected)
  return (
    <div class={`leaf ${leaf.matched ? 't' : 'f'}`}>
      <span class="tick">
        <span aria-hidden="true">{leaf.matched ? '✓' : '✗'}</span>
        <span class="hidden">{leaf.matched ? 'held' : 'did not hold'}</span>
      </span>
      <span>{visible(leaf.selection)}</span>
      <span>
        {leaf.field === '' ? 'any text' : visible(leaf.field)} {leaf.operator}{' '}
        {leaf.matched ? (
          <mark>{expected.slice(0, EXPECTED_SHOWN_chars)}</mark>
        ) : (
          expected.slice(0, EXPECTED_SHOWN_chars)
        )}
        {expected.length > EXPECTED_SHOWN_chars && '…'}
      </span>
    </div>
  )
}

/** Texts that made a rule fire: marked in the event below. */
export function marksOfWhy(whys: readonly Why[]) {
  return whys.flatMap((why) =>
    (why.leaves ?? [])
      .filter((leaf) => leaf.matched && leaf.expected.length > 1)
      .map((leaf) => ({
        field: leaf.field === '' ? undefined : leaf.field,
        text: leaf.expected.replace(/^[*]+|[*]+$/g, ''),
      })),
  )
}
