/** @jsxImportSource hono/jsx */
import type { RuleLiveness, RuleSummary } from '../../server/services/services.ts'
import { formatAge, formatCount, visible } from '../shared/format.ts'
import { Section } from '../shared/section.tsx'
import { SEVERITIES_WORST_FIRST, SeverityMark } from '../shared/severity.tsx'
import { urls } from '../urls.ts'
import { LivenessPill } from './liveness.tsx'
import { SchedulePill, StagePill } from './stage.tsx'

export const RULE_LIST_STATES = [
  'any',
  'runs',
  'refused',
  'fired',
  'dead',
  'rare',
  'silent',
] as const
export type RuleListState = (typeof RULE_LIST_STATES)[number]

export interface RuleFilter {
  readonly text: string
  readonly level: string
  readonly state: RuleListState
  readonly page: number
}

export interface RuleRow extends RuleSummary {
  readonly hits: number
  readonly last?: number
  /** Whether it can match what arrives, where that is known already. */
  readonly liveness?: RuleLiveness
}

export const RULES_PAGE = 200

/** Every loaded rule, filtered, a page at a time. */
export function RuleList(props: {
  readonly rows: readonly RuleRow[]
  readonly total: number
  readonly loaded: number
  readonly refused: number
  readonly version: string
  readonly filter: RuleFilter
  readonly now: number
  readonly canEdit: boolean
}) {
  const { rows, total, filter, now } = props
  return (
    <>
      <h1 class="hidden">Rules</h1>
      <search class="bar">
        <form
          class="filters"
          method="get"
          action={urls.rules.href()}
          data-submit-on-change=""
          id="rule-filters"
        >
          <input
            name="text"
            type="search"
            value={filter.text}
            placeholder="Title, log source, technique, id, path"
            aria-label="Text in rules"
            data-filter-box=""
          />
          <select name="level" aria-label="Level">
            <option value="">any level</option>
            {SEVERITIES_WORST_FIRST.map((level) => (
              <option value={level} selected={level === filter.level}>
                {level}
              </option>
            ))}
          </select>
          <select name="state" aria-label="State">
            {RULE_LIST_STATES.map((state) => (
              <option value={state} selected={state === filter.state}>
                {state === 'any' ? 'any state' : state}
              </option>
            ))}
          </select>
        </form>
        {props.canEdit && (
          <a class="button" href={urls.ruleNew.href()} data-key="n">
            New rule <kbd>n</kbd>
          </a>
        )}
      </search>
      <div class="chips">
        <span class="muted">
          {formatCount(total)} of {formatCount(props.loaded)} rules at{' '}
          <span class="mono">{props.version.slice(0, 12)}</span>
        </span>
        <a class="link" href={urls.rules.href({ state: 'refused' })}>
          {formatCount(props.refused)} refused
        </a>
        <Section id="liveness" label="Liveness" url={urls.ruleLivenessSummary.href()} />
      </div>
      <Section id="rule-metrics" label="Metrics" url={urls.ruleMetrics.href()} />
      <div class="page flush">
        <table class="rules" data-list="">
          <thead>
            <tr>
              <th scope="col" class="c-severity">
                level
              </th>
              <th scope="col">rule</th>
              <th scope="col" class="c-source wide">
                log source
              </th>
              <th scope="col" class="c-state wide">
                status
              </th>
              <th scope="col" class="c-attack wide">
                ATT&CK
              </th>
              <th scope="col" class="c-n num wide">
                tests
              </th>
              <th scope="col" class="c-n num">
                matches
              </th>
              <th scope="col" class="c-age wide">
                last
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row row={row} now={now} causes={CAUSE_STATES.has(filter.state)} />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <p class="loading">No rule fits these filters.</p>}
        <Pages {...props} />
      </div>
    </>
  )
}

/** Lists of rules that do not work say of each one why. */
const CAUSE_STATES: ReadonlySet<RuleListState> = new Set(['refused', 'dead', 'rare', 'silent'])

function Row(props: { readonly row: RuleRow; readonly now: number; readonly causes: boolean }) {
  const { row } = props
  const cause = row.refused?.message ?? row.liveness?.cause?.message
  return (
    <tr data-row={row.id}>
      <td>
        <SeverityMark severity={row.level} text={true} />
      </td>
      <td>
        <a data-open="" href={urls.rule.href({ id: row.id })}>
          {visible(row.title)}
        </a>
        {row.refused !== undefined && (
          <span class="pill refused" title={row.refused.message}>
            refused: {row.refused.code}
          </span>
        )}
        {row.refused === undefined && <LivenessPill liveness={row.liveness} />}{' '}
        <StagePill rollout={row.rollout} /> <SchedulePill every={row.schedule} />
        {props.causes && cause !== undefined && (
          <div class="cause muted small-text">{visible(cause)}</div>
        )}
      </td>
      <td class="wide muted">{logsourceText(row.logsource)}</td>
      <td class="wide muted">{row.status}</td>
      <td class="wide mono muted">{row.techniques.join(' ')}</td>
      <td class="wide num muted">
        {row.tests.positive + row.tests.negative === 0
          ? ''
          : `${row.tests.positive}+${row.tests.negative}`}
      </td>
      <td class="num">
        {row.hits > 0 ? (
          <a
            class="link"
            href={urls.alerts.href({ status: 'any', from: 'now-365d', rule: row.id })}
          >
            {formatCount(row.hits)}
          </a>
        ) : (
          <span class="faint">0</span>
        )}
      </td>
      <td class="wide muted">{row.last === undefined ? '' : formatAge(row.last, props.now)}</td>
    </tr>
  )
}

/** `windows / process_creation`. */
export function logsourceText(logsource: RuleSummary['logsource']): string {
  const { product, category, service } = logsource
  return [product, category, service].filter((part) => part !== undefined).join(' / ')
}

function Pages(props: { readonly total: number; readonly filter: RuleFilter }) {
  const last = Math.ceil(props.total / RULES_PAGE)
  if (last <= 1) return null
  const { text, level, state, page } = props.filter
  const at = (n: number) => urls.rules.href({ text, level, state, page: n === 1 ? '' : n })
  return (
    <nav class="pages" aria-label="Pages">
      {page > 1 && (
        <a class="button small" href={at(page - 1)}>
          Previous
        </a>
      )}
      <span class="muted">
        page {page} of {last}
      </span>
      {page < last && (
        <a class="button small" href={at(page + 1)}>
          Next
        </a>
      )}
    </nav>
  )
}
