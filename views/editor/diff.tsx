/** @jsxImportSource hono/jsx */
import type { DiffLine } from '../../server/services/line-diff.ts'

const SIGNS = { same: ' ', removed: '-', added: '+' } as const

/** Lines of a diff; undefined stands for lines left out. */
export function Diff(props: {
  readonly lines: readonly (DiffLine | undefined)[]
  readonly label: string
}) {
  return (
    <ol class="diff" aria-label={props.label} tabindex={0}>
      {props.lines.map((line) =>
        line === undefined ? (
          <li class="gap">…</li>
        ) : (
          <li class={line.kind}>
            <code>
              {SIGNS[line.kind]} {line.text}
            </code>
          </li>
        ),
      )}
    </ol>
  )
}
