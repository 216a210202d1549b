/** @jsxImportSource hono/jsx */
// What the checks of a release found, and how alerts went around it.
import type { PullRequest } from '../../server/releases/pull-request.ts'
import type {
  ReleaseRecord,
  ReleaseReport,
  ReleaseSample,
  ReleaseVerdicts,
} from '../../server/stores/state/releases.ts'
import {
  formatCount,
  formatDateTime,
  formatSpan,
  formatTook,
  plural,
  visible,
} from '../shared/format.ts'
import { urls } from '../urls.ts'

/** Alerts in the same time before and after a release went live. */
export interface Volume {
  readonly before: number
  readonly after: number
  readonly span_ms: number
}

const RULES_SHOWN = 12

/** One line of facts, and what unfolds behind them. */
export function ReleaseFacts(props: {
  readonly release: ReleaseRecord
  readonly volume: Volume | undefined
  readonly pullRequests: readonly PullRequest[]
}) {
  const { release, volume, pullRequests } = props
  const { report = {}, at } = release
  const { tests, verdicts, sample, took_ms } = report
  return (
    <>
      <ul class="release-facts">
        {pullRequests.map(({ label, url }) => (
          <li>
            {url === undefined ? (
              nameOf(label)
            ) : (
              <a class="link" href={url} rel="noreferrer" target="_blank">
                {nameOf(label)}
              </a>
            )}
          </li>
        ))}
        {tests !== undefined && tests.passed + tests.failed > 0 && <Tests {...tests} />}
        {verdicts !== undefined && verdicts.events > 0 && <Verdicts {...verdicts} />}
        {sample !== undefined && sample.changed > 0 && (
          <li>
            {plural(sample.changed, 'rule')} with another meaning, {formatCount(sample.events)} of{' '}
            {formatCount(sample.total)} events of the hour before ran through both versions
          </li>
        )}
        {volume !== undefined && (
          <li>
            alerts{' '}
            <a
              class="link"
              href={urls.alerts.href({ status: 'any', group: 'none' })}
              title={`From ${formatDateTime(at - volume.span_ms)} to ${formatDateTime(at + volume.span_ms)} UTC`}
            >
              {formatCount(volume.before)} → {formatCount(volume.after)}
            </a>{' '}
            in {formatSpan(volume.span_ms)} before and after
          </li>
        )}
        {took_ms !== undefined && <li>took {formatTook(took_ms)}</li>}
      </ul>
      <More report={report} />
    </>
  )
}

function nameOf(label: string): string {
  return label.startsWith('#') ? `pull request ${label}` : `“${visible(label)}”`
}

function Tests({ passed, failed }: { readonly passed: number; readonly failed: number }) {
  return (
    <li class={failed > 0 ? 'high' : undefined}>
      {failed > 0
        ? `${formatCount(failed)} of ${plural(passed + failed, 'test')} failed`
        : `${plural(passed, 'test')} passed`}
    </li>
  )
}

function Verdicts({ events, fired, lost }: ReleaseVerdicts) {
  return (
    <li class={lost.length > 0 ? 'high' : undefined}>
      {formatCount(fired)} of {plural(events, 'true positive')} of changed rules fire
    </li>
  )
}

function More({ report }: { readonly report: ReleaseReport }) {
  const { sample, commits = [], sender, overlays = [] } = report
  const rules = sample?.rules ?? []
  if (rules.length + overlays.length === 0 && commits.length < 2 && sender === undefined)
    return null
  return (
    <details>
      <summary>
        {rules.length > 0
          ? `${plural(rules.length, 'rule')} matched otherwise in the sample`
          : 'Report'}
      </summary>
      {sample !== undefined && rules.length > 0 && <SampleTable {...sample} />}
      {sender !== undefined && <p class="small-text">The sender says: {visible(sender)}</p>}
      {commits.length > 1 && (
        <ul class="findings">
          {commits.map(({ commit, author, subject }) => (
            <li>
              <span class="mono muted">{commit.slice(0, 10)}</span> {visible(subject)}{' '}
              <span class="faint">{visible(author)}</span>
            </li>
          ))}
        </ul>
      )}
      {overlays.map(({ path, files, hash }) => (
        <p class="small-text muted">
          overlay <span class="mono">{visible(path)}</span>, {plural(files, 'file')}, hash{' '}
          <span class="mono">{hash.slice(0, 12)}</span>
        </p>
      ))}
    </details>
  )
}

function SampleTable({ rules, events, total }: ReleaseSample) {
  return (
    <>
      <div class="table-wrap">
        <table class="auto">
          <thead>
            <tr>
              <th>Rule</th>
              <th class="number">before</th>
              <th class="number">after</th>
            </tr>
          </thead>
          <tbody>
            {rules.slice(0, RULES_SHOWN).map(({ id, title, before, after }) => (
              <tr>
                <td>
                  <a class="link" href={urls.rule.href({ id })}>
                    {visible(title)}
                  </a>
                </td>
                <td class="number">{formatCount(before)}</td>
                <td class="number">{formatCount(after)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="faint small-text">
        Matches over an even sample: {formatCount(events)} of {formatCount(total)} events
        {rules.length > RULES_SHOWN && `; ${plural(rules.length - RULES_SHOWN, 'more rule')}`}.
      </p>
    </>
  )
}
