/** @jsxImportSource hono/jsx */
import type { Diagnostic } from '../../sigma/diagnostic.ts'
import { Section } from '../shared/section.tsx'
import { urls } from '../urls.ts'
import { type ChipPart, Chips } from './chips.tsx'
import { QueryBar } from './query-bar.tsx'
import { QueryErrors, QueryHelp } from './query-errors.tsx'
import { type Resolved, type SearchState, searchParams, sectionParams } from './state.ts'

/** Fields that have a facet, and which end of their values is shown first. */
export const FACETS = {
  severity: 'most',
  source: 'most',
  host: 'most',
  rule: 'most',
  process: 'fewest',
  user: 'most',
  src_ip: 'most',
} as const satisfies Record<string, 'most' | 'fewest'>

export interface SearchPageProps {
  readonly state: SearchState
  readonly range: Resolved
  readonly parts: readonly ChipPart[]
  readonly diagnostics: readonly Diagnostic[]
  readonly valid: boolean
  /** Whether the range ends at now, so that live events belong to it. */
  readonly openEnded: boolean
  /** Title of the state's rule. */
  readonly ruleTitle?: string | undefined
  /** Whether the reader may keep hunts. */
  readonly canHunt: boolean
}

/** The search page: every part below the bar loads on its own. */
export function SearchPage(props: SearchPageProps) {
  const { state, range } = props
  return (
    <>
      <h1 class="hidden">Search</h1>
      <QueryBar state={state} range={range} canHunt={props.canHunt} />
      <Chips
        state={state}
        parts={props.parts}
        ruleTitle={props.ruleTitle}
        live={props.openEnded && props.valid}
        countUrl={props.valid ? urls.searchCount.href(sectionParams(state, range)) : undefined}
      />
      {props.diagnostics.length > 0 && <QueryErrors q={state.q} diagnostics={props.diagnostics} />}
      <div
        class="grid"
        id="search-grid"
        data-range-start={range.start}
        data-range-end={range.end}
        data-live={state.live && props.openEnded && props.valid ? '1' : undefined}
      >
        <Facets {...props} />
        <div class="main" id="results">
          {props.valid ? <Results {...props} /> : <QueryHelp />}
        </div>
        <aside class="drawer" id="drawer" aria-label="Event" aria-live="off">
          {props.valid && state.sel !== '' && (
            <div
              class="drawer-inner"
              hx-get={urls.searchEvent.href({ id: state.sel }, searchParams(state))}
              hx-trigger="load"
              hx-target="#drawer"
            />
          )}
        </aside>
      </div>
    </>
  )
}

function Facets(props: SearchPageProps) {
  const params = sectionParams(props.state, props.range)
  return (
    <details class="facets" id="facets" open>
      <summary>Facets</summary>
      {props.valid &&
        Object.entries(FACETS).map(([field, order]) => (
          <Section
            id={`facet-${field}`}
            class="facet-section"
            label={field}
            url={urls.searchFacet.href({ ...params, field, order })}
          />
        ))}
    </details>
  )
}

function Results(props: SearchPageProps) {
  const params = sectionParams(props.state, props.range)
  const grouped = props.state.group !== ''
  return (
    <>
      <Section
        id="histogram"
        class="histogram"
        label="Histogram"
        url={urls.searchHistogram.href(params)}
      />
      <Section
        id="table"
        class="scroll"
        label={grouped ? 'Groups' : 'Events'}
        url={
          grouped
            ? urls.searchGroups.href(params)
            : urls.searchTable.href({ ...params, sel: props.state.sel })
        }
      />
    </>
  )
}
