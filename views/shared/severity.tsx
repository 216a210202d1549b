/** @jsxImportSource hono/jsx */
// Severity is always a shape and a word; colour only repeats it.
import type { AlertSeverity } from '../../server/stores/state/state-store.ts'

const RANKS = {
  critical: 5,
  high: 4,
  medium: 3,
  low: 2,
  informational: 1,
} as const satisfies Record<AlertSeverity, number>

/** Every severity, worst first, as pick-lists show them. */
export const SEVERITIES_WORST_FIRST = Object.keys(RANKS) as readonly AlertSeverity[]

const SHAPES: Readonly<Record<string, string>> = {
  critical: 'M6 0 12 6 6 12 0 6Z',
  high: 'M6 .5 12 11.5H0Z',
  medium: 'M1 1h10v10H1Z',
  low: 'M6 1a5 5 0 1 1 0 10A5 5 0 1 1 6 1Z',
}
const RING = 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 1 1 0-9Z'

/** The class that colours a severity; anything unknown counts as informational. */
export function severityClass(severity: string | number | undefined): string {
  const name = String(severity ?? '')
  return name in SHAPES ? name : 'info'
}

/** Shape, and the word beside it (`text`) or for screen readers only. */
export function SeverityMark(props: {
  readonly severity: string | number | undefined
  readonly text?: boolean
}) {
  const kind = severityClass(props.severity)
  const name = String(props.severity ?? 'informational')
  const word = name === 'informational' ? 'info' : name
  const shape = SHAPES[kind]
  return (
    <span class={`sev ${kind}`} title={name}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        {shape === undefined ? <path class="ring" d={RING} /> : <path d={shape} />}
      </svg>
      <span class={props.text ? '' : 'hidden'}>{word}</span>
    </span>
  )
}
