/** @jsxImportSource hono/jsx */
import type { ImportRun } from '../../server/services/services.ts'
import {
  formatAge,
  formatBytes,
  formatCount,
  formatRate,
  formatSpan,
  plural,
  visible,
} from '../shared/format.ts'
import { urls } from '../urls.ts'

/** Where files are dropped or chosen; the client sends each of them. */
export function DropZone() {
  return (
    <div class="drop" data-drop-zone="" data-upload={urls.sourceUpload.href()}>
      <label class="drop-label">
        <strong>Drop log files anywhere on this page</strong> or{' '}
        <span class="button small">choose them</span>
        <input type="file" class="hidden" multiple data-files="" aria-label="Log files to read" />
      </label>
      <label class="drop-source">
        as
        <input
          class="small"
          list="parsers"
          maxlength={100}
          placeholder="recognised line by line"
          data-files-source=""
          aria-label="Parser or label for the files"
        />
      </label>
      <ul class="drop-problems high" role="alert" data-files-problems="" />
      <span class="faint">
        Read as <span class="mono">trapline ingest</span> reads them, packed ones too.
      </span>
    </div>
  )
}

interface Shown {
  readonly now: number
  /** Of who may end the reading of a file. */
  readonly csrfToken: string | undefined
}

/** Files that were sent since the server started, newest first. */
export function ImportRuns(props: Shown & { readonly runs: readonly ImportRun[] }) {
  if (props.runs.length === 0) return null
  return (
    <ul class="runs imports">
      {props.runs.map((run) => (
        <Run {...props} run={run} />
      ))}
    </ul>
  )
}

function CancelRun(props: { readonly run: ImportRun; readonly csrfToken: string }) {
  return (
    <form hx-post={urls.sourceImportCancel.href()} hx-target="#imports" hx-swap="innerHTML">
      <input type="hidden" name="_csrf" value={props.csrfToken} />
      <input type="hidden" name="id" value={props.run.id} />
      <button type="submit" class="small" aria-label={`Cancel ${props.run.name}`}>
        Cancel
      </button>
    </form>
  )
}

function Run(props: Shown & { readonly run: ImportRun }) {
  const { run, now } = props
  const done = run.finished !== undefined
  return (
    <li class="run" id={`import-${run.id}`}>
      <span class="what">
        {visible(run.name)}
        {run.source !== undefined && <span class="faint"> as {visible(run.source)}</span>}
      </span>
      {/* Receiving is the first half, reading the second. */}
      <progress value={done && run.error === undefined ? '1' : share(run).toFixed(3)} max="1">
        {Math.round(share(run) * 100)}%
      </progress>
      <span class="muted">{stateText(run, now)}</span>
      <span class="links">
        {run.unparsed > 0 && (
          <span class="high">{formatCount(run.unparsed)} could not be parsed</span>
        )}
        {!done && props.csrfToken !== undefined && (
          <CancelRun run={run} csrfToken={props.csrfToken} />
        )}
      </span>
      {run.error !== undefined && (
        <span class="high" role="alert">
          Stopped: {visible(run.error)}
        </span>
      )}
      {run.unreadCount > 0 && (
        <div class="high" role="alert">
          {plural(run.unreadCount, 'part')} of it could not be read (further):
          <ul class="samples mono">
            {run.unread.map((name) => (
              <li>{visible(name)}</li>
            ))}
          </ul>
        </div>
      )}
      {run.samples.length > 0 && (
        <ul class="samples mono">
          {run.samples.map((sample) => (
            <li>{visible(sample)}</li>
          ))}
        </ul>
      )}
    </li>
  )
}

function share(run: ImportRun): number {
  const { bytes = 0, received, read } = run
  return bytes === 0 ? 0 : (received + read) / (2 * bytes)
}

function stateText(run: ImportRun, now: number): string {
  const { bytes, received, read, events, before, started, finished } = run
  const again = before === 0 ? '' : `, ${formatCount(before)} were stored before`
  if (finished !== undefined) {
    const took_s = Math.max((finished - started) / 1000, 0.001)
    return `${plural(events, 'event')}, ${formatRate(events / took_s)}/s${again}, ${formatAge(finished, now)}`
  }
  if (bytes === undefined || received < bytes)
    return `receiving, ${formatBytes(received)}${bytes === undefined ? '' : ` of ${formatBytes(bytes)}`}`
  const left_ms = read === 0 ? undefined : ((now - started) * (bytes - read)) / read
  const left = left_ms === undefined ? '' : `, about ${formatSpan(left_ms)} left`
  return `reading, ${plural(events, 'event')} so far${again}${left}`
}
