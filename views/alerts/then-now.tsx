/** @jsxImportSource hono/jsx */
// The rule that raised an alert: where it came from, who wrote it, what became of it since.
import type { DiffLine } from '../../server/services/line-diff.ts'
import type { ThenAndNow } from '../../server/services/provenance.ts'
import type { RuleProvenance } from '../../server/stores/state/provenance.ts'
import type { Alert } from '../../server/stores/state/state-store.ts'
import { formatIso, plural, visible } from '../shared/format.ts'
import { Yaml } from '../shared/yaml.tsx'
import { YamlDiff } from '../shared/yaml-diff.tsx'
import { urls } from '../urls.ts'

export interface ThenNowProps {
  readonly alert: Alert
  readonly facts: ThenAndNow
  /** Lines of both texts with gaps; undefined where they do not differ. */
  readonly lines: readonly (DiffLine | undefined)[] | undefined
}

const SHORT_chars = 10
const BLAMES_SHOWN = 3

/** Of an alert that somebody made by hand, or that Trapline raised of itself. */
export function NoRule() {
  return <p class="faint">No rule raised this alert, so there is none to show.</p>
}

/** Then and now of one alert. */
export function ThenNow(props: ThenNowProps) {
  const { alert, facts, lines } = props
  return (
    <>
      <h3>Now</h3>
      <Now {...props} />
      {lines !== undefined && <YamlDiff lines={lines} label="From then to now" />}
      <h3>Then</h3>
      {facts.provenance === undefined ? (
        <p class="faint">
          Where it came from was not kept: an earlier version of Trapline raised it.
        </p>
      ) : (
        <Then provenance={facts.provenance} />
      )}
      <Blame facts={facts} />
      {alert.ruleText !== '' && <Yaml text={alert.ruleText} label={`Rule ${alert.ruleTitle}`} />}
    </>
  )
}

function Now({ alert, facts }: ThenNowProps) {
  const { state, firesNow, filtersAdded, filtersGone } = facts
  const link = (
    <a class="link" href={urls.rule.href({ id: alert.ruleId })}>
      The rule
    </a>
  )
  const words = {
    same: <>{link} is what it was.</>,
    reshaped: <>{link} has the same text; its filters, pipelines or lists are others.</>,
    changed: <>{link} has another text.</>,
    removed: <>The rule is no longer there.</>,
    refused: <>{link} cannot run any more.</>,
  }
  return (
    <ul class="then-now">
      <li>{words[state]}</li>
      {firesNow !== undefined && (
        <li>
          It <strong class={firesNow ? '' : 'high'}>{firesNow ? 'would' : 'would not'}</strong> fire
          on the event that this alert keeps.
        </li>
      )}
      {filtersAdded.length > 0 && <li>New filters: {visible(filtersAdded.join(', '))}</li>}
      {filtersGone.length > 0 && <li>Filters gone: {visible(filtersGone.join(', '))}</li>}
    </ul>
  )
}

const TEST_WORDS = {
  passed: 'passed with the release',
  'not-run': 'not run on this server',
  none: 'none',
} as const

function Then({ provenance }: { readonly provenance: RuleProvenance }) {
  const { release, ruleCommit, path, line, overlay, textHash, pipelineHash, filters, tests } =
    provenance
  const count = tests.positive + tests.negative
  return (
    <dl class="facts-list">
      <dt>file</dt>
      <dd class="mono">
        {visible(path)}
        {line > 1 && `:${line}`}
        {overlay && ' (read-only overlay)'}
      </dd>
      {release !== undefined && <Fact name="release" value={release.slice(0, SHORT_chars)} />}
      {ruleCommit !== undefined && (
        <Fact name="rule commit" value={ruleCommit.slice(0, SHORT_chars)} />
      )}
      <Fact name="text hash" value={textHash.slice(0, 12)} />
      {pipelineHash !== undefined && <Fact name="pipelines" value={pipelineHash.slice(0, 12)} />}
      <dt>filters</dt>
      <dd>
        {filters.length === 0
          ? 'none'
          : filters.map(({ title, hash }) => (
              <>
                {visible(title)} <span class="mono faint">{hash.slice(0, 12)}</span>{' '}
              </>
            ))}
      </dd>
      <dt>tests</dt>
      <dd>
        {count === 0
          ? TEST_WORDS.none
          : `${plural(tests.positive, 'match', 'matches')}, ${plural(tests.negative, 'near miss', 'near misses')}: ${TEST_WORDS[tests.status]}`}
      </dd>
    </dl>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd class="mono">{value}</dd>
    </>
  )
}

/** Who wrote its lines, newest first. */
function Blame({ facts }: { readonly facts: ThenAndNow }) {
  const commits = facts.blame?.commits ?? []
  if (commits.length === 0) return null
  return (
    <ul class="then-now">
      {commits.slice(0, BLAMES_SHOWN).map(({ commit, author, at, subject, lines }) => (
        <li>
          {plural(lines, 'line')} by {visible(author)}{' '}
          <span class="blame">
            <time datetime={formatIso(at)}>{formatIso(at).slice(0, 10)}</time>{' '}
            <span class="mono">{commit.slice(0, SHORT_chars)}</span> {visible(subject)}
          </span>
        </li>
      ))}
      {commits.length > BLAMES_SHOWN && (
        <li class="faint">{plural(commits.length - BLAMES_SHOWN, 'more commit')}</li>
      )}
    </ul>
  )
}
