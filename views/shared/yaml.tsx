/** @jsxImportSource hono/jsx */
// Sigma's YAML with keys, strings and comments told apart. Every character is shown, hidden ones by their
// escapes.
import { visible } from './format.ts'

export type YamlKind = 'key' | 'text' | 'number' | 'comment' | 'plain'

export interface YamlToken {
  readonly kind: YamlKind
  readonly text: string
}

const LINE = /^(?<indent>\s*(?:-\s+)*)(?<rest>.*)$/
const KEY =
  /^(?<key>(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#'"[{-][^#:]*?|-[^\s#:][^#:]*?))(?<colon>\s*:)(?=\s|$)/
const COMMENT = /(?:^|\s)#.*$/

/** The tokens of one line. `inBlock`: the line belongs to a block scalar and is all text. */
export function yamlTokens(line: string, inBlock = false): readonly YamlToken[] {
  if (inBlock) return [{ kind: 'text', text: line }]
  const { indent = '', rest = '' } = LINE.exec(line)?.groups ?? {}
  const tokens: YamlToken[] = [{ kind: 'plain', text: indent }]
  if (rest.startsWith('#')) return [...tokens, { kind: 'comment', text: rest }]
  const key = KEY.exec(rest)?.groups
  if (key === undefined) return [...tokens, ...valueTokens(rest)]
  const name = key.key ?? ''
  const colon = key.colon ?? ''
  tokens.push({ kind: 'key', text: name }, { kind: 'plain', text: colon })
  return [...tokens, ...valueTokens(rest.slice(name.length + colon.length))]
}

function valueTokens(text: string): readonly YamlToken[] {
  if (text === '') return []
  const quoted = /^\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(text)?.[0]
  const comment = COMMENT.exec(text.slice(quoted?.length ?? 0))?.[0] ?? ''
  const value = text.slice(0, text.length - comment.length)
  const kind = /^\s*-?\d+(?:\.\d+)?\s*$/.test(value) ? 'number' : 'text'
  return [
    { kind, text: value },
    ...(comment === '' ? [] : [{ kind: 'comment', text: comment } as const]),
  ]
}

/** For each line, whether it lies inside a block scalar (`|` or `>`). */
export function blockLines(lines: readonly string[]): readonly boolean[] {
  let depth: number | undefined
  return lines.map((line) => {
    const indent = line.length - line.trimStart().length
    if (depth !== undefined && (line.trim() === '' || indent > depth)) return true
    depth = /(?::|-)\s+[|>][+-]?\d?\s*(?:#.*)?$/.test(line) ? indent : undefined
    return false
  })
}

/** The inside of one line. */
export function YamlLine(props: { readonly tokens: ReturnType<typeof yamlTokens> }) {
  return (
    <>
      {props.tokens.map((token) =>
        token.kind === 'plain' ? token.text : <span class={`y-${token.kind}`}>{token.text}</span>,
      )}
      {'\n'}
    </>
  )
}

/** A YAML text with line numbers. */
export function Yaml(props: { readonly text: string; readonly label: string }) {
  const lines = props.text.replace(/\r?\n$/, '').split(/\r?\n/)
  const blocks = blockLines(lines)
  return (
    <ol class="yaml" aria-label={props.label} tabindex={0}>
      {lines.map((line, n) => (
        <li>
          <code>
            <YamlLine tokens={yamlTokens(visible(line, 'keep-lines'), blocks[n])} />
          </code>
        </li>
      ))}
    </ol>
  )
}
