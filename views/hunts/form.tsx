/** @jsxImportSource hono/jsx */
import type { Role } from '../../server/stores/state/state-store.ts'
import { visible } from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import { urls } from '../urls.ts'

/** What the fields of a hunt's form hold, as typed. */
export interface HuntFields {
  readonly title: string
  readonly hypothesis: string
  readonly query: string
  readonly range: string
  /** One a line. */
  readonly source: string
  readonly host: string
  readonly severity: readonly string[]
  readonly schedule: string
  readonly sharing_mode: string
  readonly shared_with_roles: readonly string[]
  readonly tags: string
  readonly owner: string
}

export interface HuntFormProps {
  /** Undefined for a new one. */
  readonly id?: string
  readonly inGit: boolean
  readonly fields: HuntFields
  /** Address of the search that it is made of: what has no field is kept from there. */
  readonly search?: string
  readonly version?: number
  readonly roles: readonly Role[]
  readonly severities: readonly string[]
  readonly csrfToken: string
  readonly problem?: string
}

const SCHEDULES = ['', '15m', '1h', '6h', '1d', '7d'] as const
const SHARING = [
  ['private', 'only me'],
  ['team', 'everyone who may search'],
  ['roles', 'these roles'],
] as const

/** Making a hunt, or changing one. */
export function HuntForm(props: HuntFormProps) {
  const { id, inGit, fields } = props
  const action = id === undefined ? urls.huntNew.href() : urls.huntEdit.href({ id })
  const title = id === undefined ? 'New hunt' : inGit ? 'Propose a change' : 'Edit hunt'
  return (
    <>
      <div class="bar title">
        <div>
          <h1>{title}</h1>
          <p class="muted">
            {inGit
              ? 'This hunt lies in Git: what you save here becomes a branch and a change to review.'
              : 'A search kept with what it is meant to find out.'}
          </p>
        </div>
      </div>
      <div class="page">
        {props.problem !== undefined && <Notice kind="problem">{visible(props.problem)}</Notice>}
        <form method="post" action={action} hx-boost="false" class="hunt-form">
          <input type="hidden" name="_csrf" value={props.csrfToken} />
          {props.search !== undefined && <input type="hidden" name="search" value={props.search} />}
          {props.version !== undefined && (
            <input type="hidden" name="version" value={String(props.version)} />
          )}
          <Search fields={fields} severities={props.severities} />
          <Rest {...props} />
          <div class="dialog-foot">
            <button type="submit" class="primary">
              {inGit ? 'Propose' : 'Save'}
            </button>
            <a class="button" href={id === undefined ? urls.hunts.href() : urls.hunt.href({ id })}>
              Cancel
            </a>
          </div>
        </form>
        {id === undefined && <Import csrfToken={props.csrfToken} />}
      </div>
    </>
  )
}

function Search(props: { readonly fields: HuntFields; readonly severities: readonly string[] }) {
  const { fields, severities } = props
  return (
    <>
      <label class="wide-field">
        Title
        <input name="title" value={fields.title} required={true} maxlength={256} autofocus={true} />
      </label>
      <label class="wide-field">
        Hypothesis: what is expected, and what would show it to be wrong
        <textarea name="hypothesis" rows={3}>
          {fields.hypothesis}
        </textarea>
      </label>
      <label class="wide-field">
        Query
        <textarea name="query" rows={3} class="mono" required={true} spellcheck={false}>
          {fields.query}
        </textarea>
      </label>
      <label>
        Range
        <input name="range" value={fields.range} class="mono" placeholder="24h" />
      </label>
      <label>
        Sources, one a line
        <textarea name="source" rows={2} class="mono" spellcheck={false}>
          {fields.source}
        </textarea>
      </label>
      <label>
        Hosts, one a line
        <textarea name="host" rows={2} class="mono" spellcheck={false}>
          {fields.host}
        </textarea>
      </label>
      <fieldset>
        <legend>Severity</legend>
        {severities.map((severity) => (
          <Check name="severity" value={severity} on={fields.severity} label={severity} />
        ))}
      </fieldset>
    </>
  )
}

function Rest({ fields, inGit, roles }: HuntFormProps) {
  const known: readonly string[] = SCHEDULES
  const schedules = known.includes(fields.schedule) ? known : [...known, fields.schedule]
  return (
    <>
      <label>
        Runs
        <select name="schedule">
          {schedules.map((schedule) => (
            <option value={schedule} selected={schedule === fields.schedule}>
              {schedule === '' ? 'on demand' : `every ${schedule}`}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>Who sees it</legend>
        {SHARING.filter(([mode]) => !inGit || mode !== 'private').map(([mode, label]) => (
          <label class="check">
            <input
              type="radio"
              name="sharing_mode"
              value={mode}
              checked={mode === fields.sharing_mode}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>Roles</legend>
        {roles.map((role) => (
          <Check name="shared_with_roles" value={role} on={fields.shared_with_roles} label={role} />
        ))}
      </fieldset>
      <label>
        Tags, one a line
        <textarea name="tags" rows={2} class="mono" placeholder="attack.t1078" spellcheck={false}>
          {fields.tags}
        </textarea>
      </label>
      <label>
        Who reads what it finds
        <input name="owner" value={fields.owner} placeholder="blue-team" />
      </label>
    </>
  )
}

function Check(props: {
  readonly name: string
  readonly value: string
  readonly on: readonly string[]
  readonly label: string
}) {
  return (
    <label class="check">
      <input
        type="checkbox"
        name={props.name}
        value={props.value}
        checked={props.on.includes(props.value)}
      />
      {props.label}
    </label>
  )
}

function Import(props: { readonly csrfToken: string }) {
  return (
    <details class="hunt-import">
      <summary>Import a file of hunts/</summary>
      <form method="post" action={urls.huntNew.href()} hx-boost="false">
        <input type="hidden" name="_csrf" value={props.csrfToken} />
        <label>
          YAML
          <textarea name="yaml" rows={12} class="mono" required={true} spellcheck={false} />
        </label>
        <button type="submit">Import</button>
      </form>
    </details>
  )
}
