/** @jsxImportSource hono/jsx */
// Parts of an event that the search drawer and the alert drawer share.
import type { Event } from '../../parsers/event.ts'
import { formatIso, visible } from '../shared/format.ts'
import { Value } from '../shared/value-menu.tsx'
import { heldTests, type Why } from '../shared/why.tsx'
import { fieldText, flatFields } from './fields.ts'
import { type Mark, Marked } from './highlight.tsx'

const VALUE_SHOWN_chars = 20_000

/** What made rules match, then the columns, with values that open the menu. */
export function EventSummary(props: {
  readonly event: Event
  readonly marks: readonly Mark[]
  readonly whys: readonly Why[]
}) {
  const { event } = props
  const matched = matchedFields(props.whys)
  const pivots = Object.entries(event.pivots).filter(
    ([name, value]) => value !== undefined && value !== '' && name !== 'severity',
  )
  return (
    <dl class="fields">
      {matched.map((name) => {
        const text = fieldText(event, name)
        return text === undefined ? null : <Field name={name} text={text} {...props} />
      })}
      <Field name="source" text={event.source} {...props} />
      {pivots.map(([name, value]) => (
        <Field name={name} text={String(value)} {...props} />
      ))}
      {event.logsource.product !== undefined && (
        <Field name="product" text={event.logsource.product} {...props} />
      )}
      {(['category', 'service'] as const).flatMap((name) =>
        event.logsource[name].map((value) => <Field name={name} text={value} {...props} />),
      )}
    </dl>
  )
}

function matchedFields(whys: readonly Why[]): readonly string[] {
  return [...new Set(heldTests(whys).map(({ field }) => field))]
}

/** The message with what was looked for marked; nothing where there is none. */
export function EventMessage(props: { readonly event: Event; readonly marks: readonly Mark[] }) {
  const { message } = props.event
  if (message === '') return null
  return (
    <>
      <h3>Message</h3>
      <pre class="raw">
        <Marked text={message} marks={props.marks} lines="keep-lines" />
      </pre>
    </>
  )
}

/** Every field, flat. */
export function EventFields(props: { readonly event: Event; readonly marks: readonly Mark[] }) {
  const { event } = props
  const fields = flatFields(event.fields)
  return (
    <>
      <dl class="fields">
        <dt>id</dt>
        <dd>{event.id}</dd>
        <dt>time</dt>
        <dd>{formatIso(event.time)}</dd>
        <dt>received</dt>
        <dd>{formatIso(event.ingested)}</dd>
        <dt>parser</dt>
        <dd>{event.parser}</dd>
      </dl>
      <h3>Fields</h3>
      {fields.length === 0 && <p class="faint">The parser found none.</p>}
      <dl class="fields">
        {fields.map((field) => (
          <Field name={field.name} text={field.text} {...props} />
        ))}
      </dl>
    </>
  )
}

function Field(props: {
  readonly name: string
  readonly text: string
  readonly event: Event
  readonly marks: readonly Mark[]
}) {
  const { name, text, event } = props
  return (
    <>
      <dt>{visible(name)}</dt>
      <dd>
        <Value field={name} value={text} time={event.time}>
          <Marked
            text={text.slice(0, VALUE_SHOWN_chars)}
            marks={props.marks}
            field={name}
            lines="keep-lines"
          />
        </Value>
        {text.length > VALUE_SHOWN_chars && <span class="faint"> cut, see Raw</span>}
      </dd>
    </>
  )
}

/** The text as received. */
export function EventRaw(props: { readonly event: Event; readonly marks: readonly Mark[] }) {
  const { event } = props
  const text = event.raw === '' ? event.message : event.raw
  return (
    <>
      <p class="foot-inline">
        <button type="button" class="small" data-copy={text}>
          Copy raw
        </button>
      </p>
      <pre class="raw" tabindex={0}>
        <Marked text={text} marks={props.marks} lines="keep-lines" />
      </pre>
    </>
  )
}

/** Why it could not be parsed, where it could not. */
export function ParseProblem(props: { readonly event: Event }) {
  const { error } = props.event
  if (error === undefined) return null
  return (
    <div class="notice problem">
      Not parsed: {visible(error.message)} <span class="mono">({error.code})</span>
    </div>
  )
}
