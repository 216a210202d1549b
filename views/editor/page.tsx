/** @jsxImportSource hono/jsx */
// The rule editor: the text beside what it would do. A form with two text areas; the client code puts an
// editor in the place of each.

import { logsourceText } from '../rules/list.tsx'
import { formatAge, plural, visible } from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import { SeverityMark } from '../shared/severity.tsx'
import { urls } from '../urls.ts'
import { Checks, checkFacts } from './checks.tsx'
import { Diff } from './diff.tsx'
import { Effect } from './effect.tsx'
import type { EditorModel } from './model.ts'

export interface EditorProps {
  readonly model: EditorModel
  readonly csrfToken: string
  /** Address of the editor's own code. */
  readonly script: string
  readonly now: number
}

const PREVIEW_DAYS = [1, 7, 30, 90] as const
const WHERE = {
  github: 'a pull request on GitHub',
  git: 'a branch of the content repository',
  local: 'a branch of this server’s own content repository, to be merged on the Releases page',
} as const

/** The page. */
export function EditorPage(props: EditorProps) {
  const { model } = props
  return (
    <form
      id="editor-form"
      class="editor-form"
      method="post"
      action={urls.editorAct.href()}
      data-module={props.script}
      data-save={urls.editorSave.href()}
      data-check={urls.editorCheck.href()}
      data-complete={urls.editorComplete.href()}
      data-preview={urls.editorPreview.href()}
      {...{ 'hx-boost': 'false' }}
    >
      <Hidden {...props} />
      <Title {...props} />
      {model.notice !== undefined && (
        <Notice kind={model.notice.kind}>{visible(model.notice.text)}</Notice>
      )}
      {model.newer !== undefined && <Newer newer={model.newer} />}
      <div class="rule-grid">
        <Texts model={model} />
        <aside class="effect">
          <PreviewPart model={model} />
          <div id="checks" aria-live="polite">
            <Checks check={model.check} path={model.path} />
          </div>
        </aside>
      </div>
      <OpenDialog model={model} />
    </form>
  )
}

function Hidden({ model, csrfToken }: EditorProps) {
  const fields = {
    _csrf: csrfToken,
    draft: model.draft?.id ?? '',
    version: String(model.draft?.version ?? 0),
    rule: model.ruleId ?? '',
    base: model.base,
  }
  return (
    <>
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  )
}

function Title({ model, now }: EditorProps) {
  const { live, draft, check } = model
  const title = live === undefined ? 'New rule' : live.title
  return (
    <div class="bar title">
      <div>
        <h1>
          {visible(title)} <span class="pill on">draft</span>
          {live !== undefined && (
            <span class="pill">
              <SeverityMark severity={live.level} text={true} />
            </span>
          )}
          {live?.overlay === true && <span class="pill">copied from a read-only overlay</span>}
        </h1>
        <p class="muted">
          {live !== undefined && `${logsourceText(live.logsource) || 'any log source'}, `}
          <span class="mono">{model.path}</span>,{' '}
          <span id="saved">
            {draft === undefined ? 'not saved yet' : `saved ${formatAge(draft.updated, now)}`}
          </span>
          <span id="check-facts">{checkFacts(check).map((fact) => `, ${fact}`)}</span>
        </p>
      </div>
      <div class="actions">
        <button
          type="submit"
          name="do"
          value="discard"
          class="danger"
          disabled={draft === undefined}
          data-confirm="Discard this draft? Its text is gone then."
        >
          Discard
        </button>
        <button type="submit" name="do" value="save" data-save-button="">
          Save draft
        </button>
        <button type="button" class="primary" popovertarget="open-proposal">
          Open pull request
        </button>
      </div>
    </div>
  )
}

/** Someone merged another version since the draft was started. */
function Newer({ newer }: { readonly newer: NonNullable<EditorModel['newer']> }) {
  const { lines, testLines, conflicts, seen, isGone } = newer
  if (isGone)
    return (
      <div class="notice problem newer" role="alert">
        <p>
          <strong>The content no longer has this file.</strong> It was removed or moved since this
          draft was started. Discard the draft, or keep it to add the file again.
        </p>
        <input type="hidden" name="seen" value={seen} />
        <button type="submit" name="do" value="keep" class="small">
          Keep mine, add it again
        </button>
      </div>
    )
  return (
    <div class="notice problem newer" role="alert">
      <p>
        <strong>The content has a newer version of this file</strong> than the one this draft was
        started from. Lines with + are yours, lines with - are the newer version’s.
        {conflicts > 0 &&
          ` ${plural(conflicts, 'place')} changed in both: merged, both versions stay there, marked, for you to choose.`}
      </p>
      {lines.length > 0 && <Diff lines={lines} label="Your draft against the newer version" />}
      {testLines.length > 0 && <Diff lines={testLines} label="Your tests against the newer ones" />}
      <input type="hidden" name="seen" value={seen} />
      <div class="inline">
        <button type="submit" name="do" value="merge" class="small primary">
          Merge both
        </button>
        <button type="submit" name="do" value="keep" class="small">
          Keep mine, on top of it
        </button>
        <button type="submit" name="do" value="take" class="small danger">
          Take the newer version, lose mine
        </button>
      </div>
    </div>
  )
}

function Texts({ model }: { readonly model: EditorModel }) {
  const tests = model.check.tests.length
  return (
    <div class="editor texts">
      <div class="tabs" role="tablist" aria-label="Files" data-editor-tabs="">
        <button
          type="button"
          role="tab"
          id="tab-text"
          aria-controls="panel-text"
          aria-selected="true"
        >
          Rule
        </button>
        <button
          type="button"
          role="tab"
          id="tab-test"
          aria-controls="panel-test"
          aria-selected="false"
        >
          Tests <span id="test-count">{tests === 0 ? '' : tests}</span>
        </button>
        {model.ruleId === undefined && (
          <label class="path">
            <span class="muted">File</span>
            <input class="small mono" name="path" value={model.path} required maxlength={240} />
          </label>
        )}
        {model.ruleId !== undefined && <input type="hidden" name="path" value={model.path} />}
      </div>
      <TextPanel id="text" label="Rule, Sigma YAML" text={model.text} />
      <TextPanel id="test" label="Tests, YAML" text={model.testText} />
    </div>
  )
}

function TextPanel(props: { readonly id: string; readonly label: string; readonly text: string }) {
  return (
    <div
      class="text-panel"
      role="tabpanel"
      id={`panel-${props.id}`}
      aria-labelledby={`tab-${props.id}`}
    >
      <textarea
        name={props.id}
        aria-label={props.label}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        rows={Math.max(12, props.text.split('\n').length + 1)}
        data-editor={props.id}
      >
        {`\n${props.text}`}
      </textarea>
    </div>
  )
}

function PreviewPart({ model }: { readonly model: EditorModel }) {
  return (
    <div class="preview">
      <div class="inline preview-bar">
        <button type="submit" name="do" value="preview" class="small" data-preview-button="">
          Preview on stored events
        </button>
        <select name="days" class="small" aria-label="How far back">
          {PREVIEW_DAYS.map((days) => (
            <option value={days} selected={days === model.days}>
              {plural(days, 'day')}
            </option>
          ))}
        </select>
        <button type="button" class="small quiet" hidden data-preview-cancel="">
          Cancel
        </button>
        <progress max="1" value="0" hidden aria-label="How much was looked at" />
      </div>
      <div id="preview" aria-live="polite">
        {model.preview === undefined ? (
          <p class="faint small-text">
            Runs this text beside the live version over what is stored. Nothing is raised.
          </p>
        ) : (
          <Effect preview={model.preview} />
        )}
      </div>
    </div>
  )
}

function OpenDialog({ model }: { readonly model: EditorModel }) {
  return (
    <div id="open-proposal" popover="auto" class="popover open-proposal">
      <p>Opens {WHERE[model.target]}. You are the author. Nothing changes before it is merged.</p>
      <label>
        Title
        <input name="title" value={model.proposal.title} maxlength={200} />
      </label>
      <label>
        What and why
        <textarea name="body" rows={5} maxlength={20_000}>
          {`\n${model.proposal.body}`}
        </textarea>
      </label>
      <p class="muted">
        A draft with errors or failing tests is not opened: save it and go on later.
      </p>
      <button type="submit" name="do" value="open" class="primary">
        Open pull request
      </button>
    </div>
  )
}
