/** @jsxImportSource hono/jsx */
// The filters that are live: their contract, and on request what they hide.
import type { FilterEffect, FilterInfo } from '../../server/services/filters.ts'
import { formatCount, plural, visible } from '../shared/format.ts'
import { urls } from '../urls.ts'

const RULES_NAMED = 3

export interface FiltersProps {
  readonly filters: readonly FilterInfo[]
  /** `YYYY-MM-DD`. */
  readonly today: string
}

export function LiveFilters(props: FiltersProps) {
  const { filters } = props
  if (filters.length === 0) return <p class="faint">The live content has no filters.</p>
  return (
    <ul class="releases">
      {filters.map((filter) => (
        <Filter {...props} filter={filter} />
      ))}
    </ul>
  )
}

function Filter({ filter, today }: FiltersProps & { readonly filter: FilterInfo }) {
  const { id, title, path, exceptions, rules } = filter
  const load = urls.filterEffect.href({ id })
  return (
    <li class="release">
      <div class="release-head">
        <strong>{visible(title)}</strong>
        <span class="mono muted">{visible(path)}</span>
      </div>
      <p class="small-text">
        On {rules.length === 0 ? 'no rule that runs here' : <Rules rules={rules} />}
      </p>
      {exceptions.length === 0 && (
        <p class="small-text">
          <span class="pill refused">no contract</span> It names no owner, reason or end.
        </p>
      )}
      {exceptions.map((one) => (
        <p class="small-text">
          {one.expires < today && <span class="pill refused">ran out</span>}{' '}
          {`${visible(one.reason)}; owner ${visible(one.owner)}, until ${visible(one.expires)}`}
        </p>
      ))}
      <details hx-get={load} hx-trigger="toggle once" hx-target="find .filter-effect">
        <summary>What it hides</summary>
        <div class="filter-effect">
          <a class="link" href={load}>
            Measure
          </a>
        </div>
      </details>
    </li>
  )
}

function Rules({ rules }: Pick<FilterInfo, 'rules'>) {
  const named = rules.slice(0, RULES_NAMED)
  return (
    <>
      {named.map(({ id, title }, n) => (
        <>
          {n > 0 && ', '}
          <a class="link" href={urls.rule.href({ id })}>
            {visible(title)}
          </a>
        </>
      ))}
      {rules.length > named.length && ` and ${rules.length - named.length} more`}
    </>
  )
}

/** What a filter hid, by rule. */
export function FilterEffectPart({ effect }: { readonly effect: FilterEffect }) {
  const { days, events, isMore, byRule, rulesLeft } = effect
  return (
    <>
      <p class="small-text">
        {isMore && 'more than '}
        {plural(events, 'stored event')} of {days} days would match without it
        {rulesLeft > 0 && `; ${plural(rulesLeft, 'rule')} not measured`}.
      </p>
      <ul class="plain">
        {byRule
          .filter((rule) => rule.events > 0)
          .map((rule) => (
            <li>
              {formatCount(rule.events)}{' '}
              <a class="link" href={urls.rule.href({ id: rule.id })}>
                {visible(rule.title)}
              </a>
            </li>
          ))}
      </ul>
    </>
  )
}
