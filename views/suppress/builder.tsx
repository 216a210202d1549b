/** @jsxImportSource hono/jsx */
// The builder of a mute: what of the event must be the same, what that would hide, and why.
import type { Event } from '../../parsers/event.ts'
import { formatDateTime, formatIso, visible } from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import { urls } from '../urls.ts'
import { fieldToken, type MuteField } from './fields.ts'

export interface MuteRule {
  /** Id of a rule, or `any:` and a log source as JSON. */
  readonly value: string
  readonly label: string
}

export interface MuteForm {
  readonly rule: string
  /** Tokens of the ticked rows. */
  readonly chosen: readonly string[]
  readonly reason: string
  readonly owner: string
  /** How long it acts, hours. */
  readonly hours: string
  readonly agreedBy: string
}

export interface BuilderProps {
  readonly event: Event
  readonly fields: readonly MuteField[]
  readonly rules: readonly MuteRule[]
  readonly form: MuteForm
  readonly csrfToken: string
  readonly canMute: boolean
  readonly problem?: string
}

export const MUTE_HOURS = [
  ['1', 'an hour'],
  ['8', '8 hours'],
  ['24', 'a day'],
  ['72', '3 days'],
  ['168', '7 days'],
  ['720', '30 days'],
] as const

const TITLE_SHOWN_chars = 160

/** The page: criteria and reason on the left, their effect on the right. */
export function MuteBuilder(props: BuilderProps) {
  const { event, rules } = props
  const title = event.message === '' ? event.raw : event.message
  return (
    <>
      <div class="bar title">
        <div>
          <h1>Suppress</h1>
          <p class="muted">
            Events like this one of {formatDateTime(event.time)} UTC:{' '}
            <a class="link" href={eventHref(event)}>
              <span class="mono">{visible(title.slice(0, TITLE_SHOWN_chars))}</span>
            </a>
          </p>
        </div>
        <div class="actions">
          <a class="button" href={urls.suppressions.href()}>
            All mutes
          </a>
        </div>
      </div>
      {rules.length === 0 ? (
        <div class="page">
          <Notice kind="hint">
            No rule matched this event, so nothing raises an alert for it: there is nothing to
            suppress.
          </Notice>
        </div>
      ) : (
        <Builder {...props} />
      )}
    </>
  )
}

function Builder(props: BuilderProps) {
  const { event, form, csrfToken } = props
  return (
    <form id="mute-form" class="rule-grid" method="post" action={urls.suppress.href()}>
      <div class="mute-left">
        <input type="hidden" name="_csrf" value={csrfToken} />
        <input type="hidden" name="event" value={event.id} />
        {props.problem !== undefined && <Notice kind="problem">{visible(props.problem)}</Notice>}
        <RuleChoice {...props} />
        <Criteria {...props} />
        <Reasons {...props} />
        {props.canMute ? (
          <p class="inline">
            <button type="submit" class="primary">
              Mute and propose the filter
            </button>
            <span class="faint">It acts at once. A pull request carries the filter to Git.</span>
          </p>
        ) : (
          <p class="faint">Muting needs the role engineer or admin.</p>
        )}
      </div>
      <section
        id="mute-effect"
        class="section effect"
        aria-label="What it would hide"
        aria-live="polite"
        hx-post={urls.suppressPreview.href()}
        hx-include="#mute-form"
        hx-trigger="load, change from:#mute-rule, change from:#mute-criteria, change from:#mute-reason"
        hx-target="this"
        hx-swap="innerHTML"
        hx-sync="this:replace"
      >
        <p class="loading">Looking at the alerts of the last 30 days</p>
        <input type="hidden" name="agreedBy" value={form.agreedBy} />
      </section>
    </form>
  )
}

function eventHref(event: Event): string {
  const around = 5 * 60_000
  return urls.search.href({
    from: formatIso(event.time - around),
    to: formatIso(event.time + around),
    sel: event.id,
  })
}

function RuleChoice({ rules, form }: BuilderProps) {
  return (
    <p id="mute-rule">
      <label class="stack" for="mute-rule-choice">
        Alerts of
      </label>
      <select id="mute-rule-choice" name="rule">
        {rules.map(({ value, label }) => (
          <option value={value} selected={value === form.rule}>
            {visible(label)}
          </option>
        ))}
      </select>
    </p>
  )
}

function Criteria({ fields, form }: BuilderProps) {
  const isChosen = (field: MuteField) => form.chosen.includes(fieldToken(field))
  const rows = [...fields.filter(isChosen), ...fields.filter((field) => !isChosen(field))]
  return (
    <fieldset id="mute-criteria">
      <legend>Where all of these are the same (whole value, any case)</legend>
      <div class="criteria">
        {rows.map((field) => {
          const token = fieldToken(field)
          return (
            <label class="criterion">
              <input type="checkbox" name="c" value={token} checked={form.chosen.includes(token)} />
              <span class="mono muted">{visible(field.name)}</span>
              <span class="mono value">{visible(String(field.value))}</span>
            </label>
          )
        })}
      </div>
    </fieldset>
  )
}

function Reasons({ form }: BuilderProps) {
  return (
    <>
      <p>
        <label class="stack" for="mute-reason">
          Reason
        </label>
        <textarea id="mute-reason" name="reason" rows={3} maxlength={2000} required={true}>
          {form.reason}
        </textarea>
      </p>
      <p class="inline">
        <label>
          Owner <input name="owner" value={form.owner} maxlength={200} required={true} />
        </label>
        <label>
          Unless merged, ends in{' '}
          <select name="hours">
            {MUTE_HOURS.map(([hours, label]) => (
              <option value={hours} selected={hours === form.hours}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </p>
    </>
  )
}
