/** @jsxImportSource hono/jsx */
// Changed lines of a YAML text, coloured as the text is.
import type { DiffLine } from '../../server/releases/diff.ts'
import { visible } from './format.ts'
import { YamlLine, yamlTokens } from './yaml.tsx'

const SIGNS = { same: ' ', removed: '-', added: '+' } as const

/** Lines of a difference; undefined stands for lines left out. Line numbers where they are known. */
export function YamlDiff(props: {
  readonly lines: readonly (DiffLine | undefined)[]
  readonly label: string
}) {
  return (
    <ol class="yaml-diff" aria-label={props.label} tabindex={0}>
      {props.lines.map((line) =>
        line === undefined ? (
          <li class="gap">
            <span class="at" />
            <span class="sign" />
            <code>…</code>
          </li>
        ) : (
          <li class={line.kind}>
            <span class="at">{line.after ?? line.before ?? ''}</span>
            <span class="sign">{SIGNS[line.kind]}</span>
            <code>
              <YamlLine tokens={yamlTokens(visible(line.text))} />
            </code>
          </li>
        ),
      )}
    </ol>
  )
}
