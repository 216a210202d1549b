/** @jsxImportSource hono/jsx */
import type { Event } from '../../parsers/event.ts'
import type { Promotion } from '../../server/hunts/promote.ts'
import { logsourceText } from '../rules/list.tsx'
import { formatCount, formatDateTime, plural, visible } from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import { SEVERITIES_WORST_FIRST } from '../shared/severity.tsx'
import { Yaml } from '../shared/yaml.tsx'
import { urls } from '../urls.ts'
import { Volume } from './volume.tsx'

const DAY_MS = 86_400_000

export interface PromotePageProps {
  readonly hunt: { readonly id: string; readonly title: string }
  /** Undefined where the hunt is no rule; `problem` says why. */
  readonly promotion: Promotion | undefined
  readonly csrfToken: string
  readonly problem?: string
}

/** A hunt as the rule it would become: its text, tests, volume, and what leaves the server. */
export function PromotePage(props: PromotePageProps) {
  const { hunt, promotion, problem } = props
  return (
    <>
      <div class="bar title">
        <div>
          <h1>Promote to a detection</h1>
          <p class="muted">
            The rule finds what the hunt{' '}
            <a class="link" href={urls.hunt.href({ id: hunt.id })}>
              {visible(hunt.title)}
            </a>{' '}
            finds. It becomes a branch and a change to review.
          </p>
        </div>
      </div>
      {problem !== undefined && (
        <div class="page-notice">
          <Notice kind="problem">{visible(problem)}</Notice>
        </div>
      )}
      {promotion !== undefined && (
        <div class="rule-grid">
          <div class="editor">
            <Yaml text={promotion.text} label="Rule" />
          </div>
          <aside class="effect">
            <Choices {...props} promotion={promotion} />
          </aside>
        </div>
      )}
    </>
  )
}

function Choices(props: PromotePageProps & { readonly promotion: Promotion }) {
  const { hunt, promotion, csrfToken } = props
  const { volume, logsources, logsource, level, chosen } = promotion
  const action = urls.huntPromote.href({ id: hunt.id })
  return (
    <form method="post" action={action} hx-boost="false" class="promote-form">
      <input type="hidden" name="_csrf" value={csrfToken} />
      <h2 class="sub">In 30 days the search found</h2>
      <Volume data={volume} bucket_ms={DAY_MS} from={volume.from} to={volume.to} />
      <div class="inline">
        <label>
          Title
          <input name="title" value={promotion.title} required={true} maxlength={256} />
        </label>
        <label>
          Level
          <select name="level">
            {SEVERITIES_WORST_FIRST.map((one) => (
              <option value={one} selected={one === level}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <label class="whole">
          Log source
          <select name="logsource">
            {logsources.map((choice) => (
              <option
                value={JSON.stringify(choice.logsource)}
                selected={JSON.stringify(choice.logsource) === JSON.stringify(logsource)}
              >
                {logsourceText(choice.logsource)}: {formatCount(choice.events)} of{' '}
                {formatCount(promotion.hits.length)} hits
              </option>
            ))}
          </select>
        </label>
      </div>
      <Pick name="hits" title="Must match" events={promotion.hits} chosen={chosen.hits} />
      <Pick name="misses" title="Must not" events={promotion.misses} chosen={chosen.misses} />
      <Outcome promotion={promotion} />
      <div class="dialog-foot">
        <button type="submit" name="act" value="open" class="primary">
          Open the change
        </button>
        <button type="submit" name="act" value="draft">
          Go on in the editor
        </button>
        <button type="submit" name="act" value="look">
          Show again
        </button>
      </div>
    </form>
  )
}

function Pick(props: {
  readonly name: string
  readonly title: string
  readonly events: readonly Event[]
  readonly chosen: readonly string[]
}) {
  const { name, title, events, chosen } = props
  return (
    <fieldset class="pick">
      <legend>{title}</legend>
      {events.length === 0 && <p class="faint">There is none near enough.</p>}
      {events.map((event) => (
        <label class="check">
          <input type="checkbox" name={name} value={event.id} checked={chosen.includes(event.id)} />
          <span class="mono">
            <span class="faint">{formatDateTime(event.time)}</span>{' '}
            {visible(String(event.pivots.host ?? ''))}{' '}
            {visible((event.message === '' ? event.raw : event.message).slice(0, 200))}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

function Outcome({ promotion }: { readonly promotion: Promotion }) {
  const { check, replaced, kept, problems, columns, testText } = promotion
  const findings = check.findings.filter(({ severity }) => severity !== 'info')
  return (
    <>
      {columns.length > 0 && (
        <Notice kind="hint">
          It reads <span class="mono">{columns.join(' ')}</span>, which Trapline keeps of every
          event: other Sigma engines have no such field.
        </Notice>
      )}
      {problems.map((one) => (
        <Notice kind="problem">
          {one.case}: {visible(one.message)} <span class="mono">({one.code})</span>
        </Notice>
      ))}
      {findings.length > 0 && (
        <ul class="findings">
          {findings.map(({ severity, code, message }) => (
            <li>
              <span class={severity === 'error' ? 'high' : 'medium'}>{severity}</span>{' '}
              {visible(message)} <span class="mono faint">{code}</span>
            </li>
          ))}
        </ul>
      )}
      <ul class="plain">
        {check.tests.map(({ name, match, passed, message }) => (
          <li>
            <span class={passed ? 'ok-text' : 'high'}>{passed ? '✓' : '✗'}</span> {visible(name)}:{' '}
            {match ? 'matches' : 'does not match'} {passed !== true && visible(message)}
          </li>
        ))}
      </ul>
      <details open={replaced.length + kept.length > 0}>
        <summary>
          What leaves the server: {plural(replaced.length, 'value')} replaced,{' '}
          {formatCount(kept.length)} kept
        </summary>
        <ul class="plain mono">
          {replaced.map(({ kind, from, to }) => (
            <li>
              <span class="faint">{kind}</span> {visible(from)} → {visible(to)}
            </li>
          ))}
          {kept.map(({ kind, from }) => (
            <li>
              <span class="faint">{kind}</span> {visible(from)}{' '}
              <span class="medium">stays: the rule asks for it</span>
            </li>
          ))}
        </ul>
        {testText !== '' && <Yaml text={testText} label="Tests" />}
      </details>
    </>
  )
}
