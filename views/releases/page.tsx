/** @jsxImportSource hono/jsx */
// The releases page: what is live, drift, proposed changes, and the history, each loading on its own.
import { plural, visible } from '../shared/format.ts'
import { Notice, Section } from '../shared/section.tsx'
import { urls } from '../urls.ts'
import { currentOf, GoBack, ReleaseList, type ReleasesProps, shortCommit } from './list.tsx'

export interface ReleasesPageProps extends ReleasesProps {
  readonly notice?: { readonly kind: 'ok' | 'problem'; readonly text: string }
}

/** What is live, every offer of content and what became of it, and the way back. */
export function ReleasesPage(props: ReleasesPageProps) {
  const { notice } = props
  return (
    <>
      <div class="bar title" id="release-title">
        <ReleaseTitle {...props} />
      </div>
      <div class="page releases-page">
        {notice !== undefined && <Notice kind={notice.kind}>{visible(notice.text)}</Notice>}
        <Section id="drift" url={urls.releaseDrift.href()} label="Drift" />
        <Section id="changes" url={urls.releaseChanges.href()} label="Proposed changes" />
        <section id="release-list" aria-label="History">
          <ReleaseList {...props} />
        </section>
      </div>
    </>
  )
}

/** What is live, and the button that goes back. */
export function ReleaseTitle(props: ReleasesProps) {
  const { releases, live } = props
  const now = currentOf(props)
  // What was live before a rollback is what it was to get away from: that takes a choice from the list.
  const previous = now?.way === 'rollback' ? undefined : now?.previous
  const before = releases.find(
    (one) => one.status === 'live' && one.commit === previous && one.commit !== live,
  )
  return (
    <>
      <div>
        <h1>Releases</h1>
        <p class="muted">
          {live === undefined ? (
            'There is no git here, so the content that came with the program runs as it is.'
          ) : (
            <>
              <span class="mono">{shortCommit(live)}</span> is live
              {now !== undefined && `, ${plural(now.rules, 'rule')}`}.
            </>
          )}
        </p>
      </div>
      {props.canRelease && before !== undefined && (
        <GoBack {...props} to={before} label="Roll back" />
      )}
    </>
  )
}

/** The history as a fragment: the title follows. */
export function ReleaseListUpdate(props: ReleasesProps) {
  return (
    <>
      <ReleaseList {...props} />
      <div id="release-title" hx-swap-oob="innerHTML">
        <ReleaseTitle {...props} />
      </div>
    </>
  )
}
