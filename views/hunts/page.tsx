/** @jsxImportSource hono/jsx */
import type { Child } from 'hono/jsx'
import type { HuntSummary } from '../../server/services/hunts.ts'
import { DialogFoot } from '../shared/dialog-foot.tsx'
import { visible } from '../shared/format.ts'
import { Notice, Section } from '../shared/section.tsx'
import { Yaml } from '../shared/yaml.tsx'
import { urls } from '../urls.ts'
import { PlacePill } from './labels.tsx'

export interface HuntNotice {
  readonly kind: 'ok' | 'problem'
  readonly text: string
}

export interface HuntPageProps {
  readonly hunt: HuntSummary
  /** The hunt as a file. */
  readonly yaml: string
  /** Its search page. */
  readonly searchUrl: string
  /** Rules made from it. */
  readonly rules: readonly { readonly id: string; readonly title: string }[]
  readonly canWrite: boolean
  readonly canDetect: boolean
  readonly csrfToken: string
  readonly notice?: HuntNotice
}

/** One hunt: why, what, what it found and when, and what can be done with it. */
export function HuntPage(props: HuntPageProps) {
  const { hunt, place, path, createdBy } = props.hunt
  return (
    <>
      <div class="bar title">
        <div>
          <h1>
            {visible(hunt.title)} <PlacePill hunt={props.hunt} />
            {hunt.tags.map((tag) => (
              <span class="pill mono">{visible(tag)}</span>
            ))}
          </h1>
          <p class="muted">
            {hunt.schedule === undefined ? 'runs on demand' : `runs every ${hunt.schedule}`}
            {hunt.owner !== undefined && `, read by ${visible(hunt.owner)}`}
            {place === 'git' ? (
              <>
                , <span class="mono">{visible(path ?? '')}</span>
              </>
            ) : (
              `, kept by ${visible(createdBy ?? '')}`
            )}
          </p>
        </div>
        <Actions {...props} />
      </div>
      <div class="rule-grid hunt-grid">
        <div class="editor hunt-main">
          {props.notice !== undefined && (
            <Notice kind={props.notice.kind}>{visible(props.notice.text)}</Notice>
          )}
          {hunt.hypothesis !== undefined && (
            <p class="description">{visible(paragraphs(hunt.hypothesis), 'keep-lines')}</p>
          )}
          <a class="hunt-query mono" href={props.searchUrl} title="Open in search">
            {visible(hunt.query)}
          </a>
          <Filters {...props} />
          <Section
            id="hunt-volume"
            label="Volume"
            class="hunt-volume"
            url={urls.huntVolume.href({ id: hunt.id })}
          />
          <Section
            id="hunt-ledger"
            label="Runs"
            url={urls.huntLedger.href({ id: hunt.id })}
            poll_ms={30_000}
          />
        </div>
        <aside class="effect">
          {hunt.description !== undefined && (
            <p class="description">{visible(hunt.description, 'keep-lines')}</p>
          )}
          <Lineage {...props} />
          <h2 class="sub">As a file</h2>
          <Yaml text={props.yaml} label={`Hunt ${hunt.title}`} />
        </aside>
      </div>
    </>
  )
}

/** Text whose lines end where the page wants: only empty lines part paragraphs. */
function paragraphs(text: string): string {
  return text.trim().replace(/([^\n])\n(?!\n)/g, '$1 ')
}

function Filters({ hunt: { hunt } }: HuntPageProps) {
  const { source, severity, host, rule, range } = hunt.filters
  const named = Object.entries({ source, severity, host }).filter(([, all]) => all.length > 0)
  return (
    <p class="muted small-text">
      over {range ?? '24h'}
      {named.map(([name, all]) => (
        <>
          , {name} <span class="mono">{visible(all.join(' or '))}</span>
        </>
      ))}
      {rule !== undefined && (
        <>
          , matched by{' '}
          <a class="link mono" href={urls.rule.href({ id: rule })}>
            {visible(rule)}
          </a>
        </>
      )}
    </p>
  )
}

function Lineage({ rules, hunt: { hunt, proposal } }: HuntPageProps) {
  if (rules.length === 0 && proposal === undefined) return null
  return (
    <>
      <h2 class="sub">Lineage</h2>
      <ul class="plain">
        {rules.map(({ id, title }) => (
          <li>
            became the rule{' '}
            <a class="link" href={urls.rule.href({ id })}>
              {visible(title)}
            </a>
          </li>
        ))}
        {proposal !== undefined && (
          <li>
            published as{' '}
            <a class="link" href={urls.releases.href()}>
              change {proposal}
            </a>
            , waiting for its merge
          </li>
        )}
      </ul>
      {hunt.references.length > 0 && <p class="faint">{visible(hunt.references.join(' '))}</p>}
    </>
  )
}

function Actions(props: HuntPageProps) {
  const { canWrite, canDetect, csrfToken, yaml, searchUrl } = props
  const { hunt, place, isOwner } = props.hunt
  const { id } = hunt
  const isOurs = place === 'git' || isOwner
  return (
    <div class="actions">
      {canWrite && (
        <form
          method="post"
          action={urls.huntRunNow.href({ id })}
          hx-post={urls.huntRunNow.href({ id })}
          hx-target="#hunt-ledger"
          hx-swap="innerHTML"
        >
          <input type="hidden" name="_csrf" value={csrfToken} />
          <button type="submit" class="primary" data-key="r">
            Run now <kbd>r</kbd>
          </button>
        </form>
      )}
      <a class="button" href={searchUrl} data-key="s">
        Open in search <kbd>s</kbd>
      </a>
      {canDetect && (
        <a class="button" href={urls.huntPromote.href({ id })} data-key="p">
          Promote <kbd>p</kbd>
        </a>
      )}
      <button type="button" popovertarget="hunt-menu">
        More
      </button>
      <div id="hunt-menu" class="popover menu" popover="auto">
        <button type="button" role="menuitem" data-copy={yaml}>
          Copy YAML
        </button>
        {canWrite && isOurs && (
          <a role="menuitem" href={urls.huntEdit.href({ id })}>
            {place === 'git' ? 'Propose a change' : 'Edit and share'}
          </a>
        )}
        {canWrite && place === 'database' && isOwner && (
          <button type="button" role="menuitem" data-dialog="hunt-publish">
            Publish in Git
          </button>
        )}
        {canWrite && isOurs && (
          <button type="button" role="menuitem" data-dialog="hunt-remove">
            {place === 'git' ? 'Propose to remove' : 'Remove'}
          </button>
        )}
      </div>
      {canWrite && isOurs && <Dialogs {...props} />}
    </div>
  )
}

function Dialogs({ hunt: { hunt, place }, csrfToken }: HuntPageProps) {
  const { id } = hunt
  const inGit = place === 'git'
  return (
    <>
      <Ask
        id="hunt-publish"
        action={urls.huntPublish.href({ id })}
        csrfToken={csrfToken}
        title="Publish in Git?"
        button="Open the change"
      >
        A branch with <span class="mono">hunts/…yml</span> and a change to review. Once it is merged
        the hunt lies in Git for everyone, its runs go on, and the copy here is gone.
      </Ask>
      <Ask
        id="hunt-remove"
        action={urls.huntRemove.href({ id })}
        csrfToken={csrfToken}
        title={inGit ? 'Propose to remove it?' : 'Remove this hunt?'}
        button={inGit ? 'Open the change' : 'Remove'}
      >
        {inGit
          ? 'A change that deletes its file; nothing happens before it is merged.'
          : 'The hunt is gone for everyone who sees it. Its runs stay on record.'}
      </Ask>
    </>
  )
}

function Ask(props: {
  readonly id: string
  readonly action: string
  readonly csrfToken: string
  readonly title: string
  readonly button: string
  readonly children?: Child
}) {
  return (
    <dialog id={props.id} aria-labelledby={`${props.id}-title`}>
      <form method="post" action={props.action} hx-boost="false">
        <h2 id={`${props.id}-title`}>{props.title}</h2>
        <p>{props.children}</p>
        <input type="hidden" name="_csrf" value={props.csrfToken} />
        <DialogFoot label={props.button} />
      </form>
    </dialog>
  )
}
