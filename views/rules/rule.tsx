/** @jsxImportSource hono/jsx */
import type { RuleDetail } from '../../server/services/services.ts'
import type { Alert } from '../../server/stores/state/state-store.ts'
import { STATUS_LABELS } from '../alerts/state.ts'
import { formatAge, formatCount, formatIso, plural, visible } from '../shared/format.ts'
import { Section } from '../shared/section.tsx'
import { SeverityMark } from '../shared/severity.tsx'
import { Yaml } from '../shared/yaml.tsx'
import { urls } from '../urls.ts'
import { logsourceText } from './list.tsx'
import { SchedulePill, StagePill } from './stage.tsx'

/** One rule: its text, why it does not run if it does not, its tests, its recent matches. */
export function RulePage(props: {
  readonly rule: RuleDetail
  readonly canEdit: boolean
  /** Hunts that it was made from. */
  readonly hunts: readonly { readonly id: string; readonly title: string }[]
}) {
  const { rule } = props
  const { positive, negative } = rule.tests
  return (
    <>
      <div class="bar title">
        <div>
          <h1>
            {visible(rule.title)}{' '}
            <span class="pill">
              <SeverityMark severity={rule.level} text={true} />
            </span>{' '}
            <span class="pill">{rule.status}</span>{' '}
            {rule.techniques.map((technique) => (
              <span class="pill mono">{technique}</span>
            ))}
            <StagePill rollout={rule.rollout} /> <SchedulePill every={rule.schedule} />{' '}
            {rule.overlay && <span class="pill">read-only overlay</span>}
          </h1>
          <p class="muted">
            {logsourceText(rule.logsource) || 'any log source'}
            {rule.author !== undefined && `, ${visible(rule.author)}`}, {plural(positive, 'test')}{' '}
            that must match, {formatCount(negative)} that must not,{' '}
            <span class="mono">{rule.path}</span>
            {props.hunts.map(({ id, title }) => (
              <>
                , made from the hunt{' '}
                <a class="link" href={urls.hunt.href({ id })}>
                  {visible(title)}
                </a>
              </>
            ))}
          </p>
        </div>
        <div class="actions">
          {props.canEdit && (
            <a class="button" href={urls.ruleEdit.href({ id: rule.id })} data-key="e">
              Edit <kbd>e</kbd>
            </a>
          )}
          <a
            class="button"
            href={urls.alerts.href({ status: 'any', from: 'now-365d', rule: rule.id })}
          >
            Its alerts
          </a>
          <button type="button" data-copy={rule.text}>
            Copy YAML
          </button>
        </div>
      </div>
      <div class="rule-grid">
        <div class="editor">
          {rule.refused !== undefined && (
            <div class="notice problem" role="alert">
              <strong>This rule does not run.</strong> {visible(rule.refused.message)}{' '}
              <span class="mono">({rule.refused.code})</span>
            </div>
          )}
          <Yaml text={rule.text} label={`Rule ${rule.title}`} />
        </div>
        <aside class="effect">
          {rule.description !== undefined && (
            <p class="description">{visible(rule.description, 'keep-lines')}</p>
          )}
          <Section id="rule-matches" label="Matches" url={urls.ruleMatches.href({ id: rule.id })} />
          {rule.rollout !== undefined && (
            <>
              <h2 class="sub">Rollout</h2>
              <Section
                id="rule-rollout"
                label="Rollout"
                url={urls.ruleRollout.href({ id: rule.id })}
              />
            </>
          )}
          <h2 class="sub">Verdicts</h2>
          <Section
            id="rule-feedback"
            label="Verdicts"
            url={urls.ruleFeedback.href({ id: rule.id })}
          />
          <h2 class="sub">Runs</h2>
          <Section id="rule-runs" label="Runs" url={urls.ruleRuns.href({ id: rule.id })} />
          <h2 class="sub">Can it match?</h2>
          <Section
            id="rule-liveness"
            label="Liveness"
            url={urls.ruleLiveness.href({ id: rule.id })}
          />
          <h2 class="sub">Tests</h2>
          {rule.testText === undefined ? (
            <p class="faint">
              None beside it. A file <span class="mono">{testName(rule.path)}</span> would hold
              them.
            </p>
          ) : (
            <>
              <p class="faint mono">{rule.testPath}</p>
              <Yaml text={rule.testText} label="Tests" />
            </>
          )}
        </aside>
      </div>
    </>
  )
}

function testName(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.ya?ml$/, '.test.yml')
}

/** The rule's alerts, newest first, each leading to its events. */
export function RuleMatches(props: {
  readonly alerts: readonly Alert[]
  readonly total: number
  readonly matches: number
  /** Matches that mutes held back. */
  readonly suppressed: number
  readonly now: number
}) {
  const { alerts, now } = props
  return (
    <>
      <div class="big">
        <div>
          {formatCount(props.matches)}
          <small>matches</small>
        </div>
        <div>
          {formatCount(props.total)}
          <small>alerts</small>
        </div>
        {props.suppressed > 0 && (
          <div>
            {formatCount(props.suppressed)}
            <small>held back by mutes</small>
          </div>
        )}
      </div>
      <h2 class="sub">Recent matches</h2>
      {alerts.length === 0 && (
        <p class="faint">
          {props.matches === 0
            ? 'It has not matched yet.'
            : 'What it matched raised no alert: it feeds correlations, or is in shadow.'}
        </p>
      )}
      {alerts.length > 0 && (
        <table class="auto">
          <thead>
            <tr>
              <th scope="col">last</th>
              <th scope="col">host</th>
              <th scope="col">user</th>
              <th scope="col" class="num">
                matches
              </th>
              <th scope="col">state</th>
              <th scope="col">
                <span class="hidden">event</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {alerts.map((alert) => (
              <tr>
                <td title={formatIso(alert.lastSeen)}>
                  <a class="link" href={urls.alerts.href({ selectedAlert: alert.id })}>
                    {formatAge(alert.lastSeen, now)}
                  </a>
                </td>
                <td>{visible(alert.host ?? '')}</td>
                <td>{visible(alert.user ?? '')}</td>
                <td class="num">{formatCount(alert.count)}</td>
                <td class="muted">{STATUS_LABELS[alert.status]}</td>
                <td>
                  <a class="link" href={eventHref(alert)}>
                    event
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

const AROUND_MS = 5 * 60_000

function eventHref(alert: Alert): string {
  return urls.search.href({
    from: formatIso(alert.event.time - AROUND_MS),
    to: formatIso(alert.event.time + AROUND_MS),
    sel: alert.eventId,
  })
}
