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
