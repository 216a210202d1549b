/** @jsxImportSource hono/jsx */
import { visible } from '../shared/format.ts'
import { groupFields, type SearchState, searchHref } from './state.ts'

/** One part of the query, and the query without it. */
export interface ChipPart {
  readonly text: string
  readonly negated: boolean
  readonly without: string
}

/** A removable chip per query part, the count, and the live switch. */
export function Chips(props: {
  readonly state: SearchState
  readonly parts: readonly ChipPart[]
  readonly live: boolean
  /** Title of the state's rule. */
  readonly ruleTitle?: string | undefined
  /** Where the number of events comes from; undefined for a query with errors. */
  readonly countUrl: string | undefined
}) {
  const { state } = props
  return (
    <div class="chips" id="chips">
      {props.parts.map((part) => (
        <span class={`chip mono ${part.negated ? 'not' : ''}`}>
          <span title={visible(part.text)}>
            {part.negated && 'not '}
            {visible(part.text)}
          </span>
          <a
            href={searchHref(state, { q: part.without, sel: '' })}
            aria-label={`Remove ${part.text}`}
          >
            ×
          </a>
        </span>
      ))}
      {groupFields(state).map((field, n, all) => (
        <span class="chip">
          <span>
            {n === 0 ? 'grouped by' : 'then by'} <span class="mono">{visible(field)}</span>
          </span>
          <a
            href={searchHref(state, { group: all.filter((one) => one !== field).join(',') })}
            aria-label={`Do not group by ${field}`}
          >
            ×
          </a>
        </span>
      ))}
      {state.rule !== undefined && (
        <span class="chip">
          <span title={state.rule}>matched by {visible(props.ruleTitle ?? state.rule)}</span>
          <a
            href={searchHref(state, { rule: undefined, sel: '' })}
            aria-label="Of any rule or none"
          >
            ×
          </a>
        </span>
      )}
      {(state.since !== undefined || state.until !== undefined) && (
        <span class="chip">
          <span title={ingestHint(state)}>{state.since ? 'new in a run' : 'as of a run'}</span>
          <a
            href={searchHref(state, { since: undefined, until: undefined, sel: '' })}
            aria-label="Whenever it came in"
          >
            ×
          </a>
        </span>
      )}
      {props.countUrl !== undefined && (
        <span
          id="total"
          class="muted"
          hx-get={props.countUrl}
          hx-trigger="load, refresh"
          hx-morph-skip-children=""
        />
      )}
      <span id="live-pill" />
      {props.live && (
        <a
          class={`pill live ${state.live ? 'on' : ''}`}
          href={searchHref(state, { live: !state.live })}
          data-key="l"
        >
          {state.live ? 'Live: on' : 'Live: off'}
        </a>
      )}
    </div>
  )
}

function ingestHint({ since, until }: SearchState): string {
  const from = since === undefined ? '' : ` after place ${since}`
  const to = until === undefined ? '' : ` up to place ${until}`
  return `Taken in${from}${to} in the order of ingest`
}
