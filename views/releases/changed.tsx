/** @jsxImportSource hono/jsx */
// What a release changed, file by file: the rule in it, its alerts around the release, and the difference.

import type { ReleaseChange } from '../../server/releases/changes.ts'
import type { DiffLine, FileDiff } from '../../server/releases/diff.ts'
import type { SampledRule } from '../../server/stores/state/releases.ts'
import { formatCount, plural, visible } from '../shared/format.ts'
import { YamlDiff } from '../shared/yaml-diff.tsx'
import { urls } from '../urls.ts'

export interface ChangedProps {
  readonly files: readonly ReleaseChange[]
  /** Of the release's sample, by rule id. */
  readonly sampled: ReadonlyMap<string, SampledRule>
  /** Alerts of each rule in the same time before and after; undefined for a release that never went live. */
  readonly alerts:
    | {
        readonly before: Readonly<Record<string, number>>
        readonly after: Readonly<Record<string, number>>
        readonly span: string
      }
    | undefined
}

const STATUS_WORDS: Readonly<Record<string, string>> = {
  A: 'added',
  D: 'removed',
  M: 'changed',
  T: 'type changed',
}
/** Files shown open. */
const OPEN_MAX = 3
/** Files named without their lines. */
const LISTED_MAX = 200

/** Files that differ between a release and what was live before it. */
export function ChangedFiles(props: ChangedProps) {
  const { files } = props
  if (files.length === 0) return <p class="faint">No file differs.</p>
  const shown = files.filter(({ diff }) => diff !== undefined)
  const rest = files.filter(({ diff }) => diff === undefined)
  return (
    <>
      {shown.map((file, n) => (
        <ChangedFile {...props} file={file} isOpen={n < OPEN_MAX} />
      ))}
      {rest.length > 0 && (
        <>
          {shown.length > 0 && (
            <p class="faint">
              {plural(rest.length, 'more file')}, without their lines
              {rest.length > LISTED_MAX && `, the first ${LISTED_MAX}`}:
            </p>
          )}
          <ul class="findings">
            {rest.slice(0, LISTED_MAX).map(({ status, path }) => (
              <li>
                <span class="muted">{STATUS_WORDS[status] ?? status}</span>{' '}
                <span class="mono">{visible(path)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}

function ChangedFile(
  props: ChangedProps & { readonly file: ReleaseChange; readonly isOpen: boolean },
) {
  const { file, isOpen, sampled, alerts } = props
  const { path, status, title, id, diff } = file
  const sample = id === undefined ? undefined : sampled.get(id)
  return (
    <details class="changed-file" open={isOpen}>
      <summary>
        <span class="muted">{STATUS_WORDS[status] ?? status}</span>{' '}
        {title === undefined ? (
          <span class="mono">{visible(path)}</span>
        ) : (
          <strong>{visible(title)}</strong>
        )}{' '}
        {diff !== undefined && (
          <span class="mono small-text">
            <span class="plus">+{diff.added}</span> <span class="minus">−{diff.removed}</span>
          </span>
        )}
      </summary>
      {title !== undefined && (
        <p class="small-text muted">
          <span class="mono">{visible(path)}</span>
          {sample !== undefined && (
            <>
              ; matches in the sample {formatCount(sample.before)} → {formatCount(sample.after)}
            </>
          )}
          {id !== undefined && alerts !== undefined && (
            <>
              ; alerts{' '}
              <a class="link" href={urls.alerts.href({ rule: id, status: 'any' })}>
                {formatCount(alerts.before[id] ?? 0)} → {formatCount(alerts.after[id] ?? 0)}
              </a>{' '}
              ({alerts.span})
            </>
          )}
        </p>
      )}
      {diff?.isBinary === true && <p class="faint">Not a text.</p>}
      {diff !== undefined && !diff.isBinary && (
        <YamlDiff label={`Difference of ${path}`} lines={linesOf(diff)} />
      )}
    </details>
  )
}

/** Lines of all parts, with a gap between them. */
function linesOf({ hunks }: FileDiff): readonly (DiffLine | undefined)[] {
  const lines: (DiffLine | undefined)[] = []
  for (const [n, hunk] of hunks.entries()) {
    if (n > 0) lines.push(undefined)
    lines.push(...hunk.lines)
  }
  return lines
}
