/** @jsxImportSource hono/jsx */
import type { Diagnostic } from '../../sigma/diagnostic.ts'
import { visible } from '../shared/format.ts'

/** What is wrong with a query: the place marked, the likely fix in words. */
export function QueryErrors(props: {
  readonly q: string
  readonly diagnostics: readonly Diagnostic[]
}) {
  return (
    <div class="query-errors" id="query-errors" role="alert">
      {props.diagnostics.map((finding) => (
        <div class={`notice ${finding.severity === 'error' ? 'problem' : 'hint'}`}>
          {finding.column !== undefined && <Pointed q={props.q} column={finding.column} />}
          <p>
            {finding.column !== undefined && <span class="mono">column {finding.column}: </span>}
            {visible(finding.message)}
          </p>
        </div>
      ))}
    </div>
  )
}

function Pointed(props: { readonly q: string; readonly column: number }) {
  const at = Math.min(Math.max(props.column - 1, 0), props.q.length)
  const length = /^\s*[^\s()]+/.exec(props.q.slice(at))?.[0].length ?? 1
  return (
    <pre>
      {visible(props.q.slice(0, at))}
      <u class="wavy">{visible(props.q.slice(at, at + length)) || '\u00a0'}</u>
      {visible(props.q.slice(at + length))}
    </pre>
  )
}

const EXAMPLES = [
  ['failed password', 'both words, anywhere in an event'],
  ['"failed password"', 'the two words one after the other'],
  ['host:web-3', 'the whole value, in any case'],
  ['host:web-* or user:?dmin', 'wildcards; or, and, not, ( )'],
  ['*comsvcs*', 'inside a word'],
  ['dst_port:[1024 to 2048]', 'a range; also sc-status:>=500'],
  ['src_ip:203.0.113.0/24', 'a network'],
  ['CommandLine:/-enc\\s+\\S+/', 'a regular expression'],
  ['not process:chrome.exe', 'everything else'],
] as const

/** The search language in nine lines, shown where results would be. */
export function QueryHelp() {
  return (
    <div class="empty">
      <h2>How to search</h2>
      <dl>
        {EXAMPLES.map(([example, what]) => (
          <>
            <dt>{example}</dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
    </div>
  )
}
