/** @jsxImportSource hono/jsx */
import type { Histogram as HistogramData } from '../../server/stores/events/event-store.ts'
import { formatAxis, formatClock, formatCount } from '../shared/format.ts'
import type { Resolved } from './state.ts'

const WIDTH = 1000
const HEIGHT = 86
const GAP = 1.2
/** Shares too small to see still get this many units: one critical event among a million shows. */
const MIN_BAR = 1.6
/** Width around a deploy mark that shows its title. */
const DEPLOY_HIT = 8
/** Drawn from the baseline up: what matters most sits where the eye compares. */
const STACK = ['critical', 'high', 'medium', 'low', 'info'] as const
type Kind = (typeof STACK)[number]

/** A release that went live: what fires after it may be its doing. */
export interface DeployMark {
  readonly at: number
  readonly text: string
}

export interface HistogramProps {
  readonly deploys?: readonly DeployMark[]
  readonly data: HistogramData
  readonly bucket_ms: number
  readonly range: Resolved
}

/** Events over time, stacked by severity. Dragging over it selects a range (`client/brush.ts`). */
export function Histogram(props: HistogramProps) {
  const { range, bucket_ms, data } = props
  const origin = Math.floor(range.start / bucket_ms) * bucket_ms
  const last = Math.max(Math.ceil(range.end / bucket_ms) * bucket_ms, origin + bucket_ms)
  const highest = Math.max(0, ...data.buckets.map((bucket) => bucket.count))
  const total = data.buckets.reduce((sum, bucket) => sum + bucket.count, 0)
  const unit = (WIDTH * bucket_ms) / (last - origin)
  const label = `${formatCount(total)} events in buckets of ${bucketLabel(bucket_ms)}, most ${formatCount(highest)}`
  return (
    <>
      <svg
        class="brush"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
        data-origin={origin}
        data-last={last}
        data-bucket={bucket_ms}
      >
        {data.buckets.map((bucket) => (
          <Bar
            bucket={bucket}
            x={((bucket.start - origin) / bucket_ms) * unit}
            width={Math.max(unit - GAP, 0.6)}
            highest={highest}
          />
        ))}
        {(props.deploys ?? []).map(({ at, text }) => (
          <g class="deploy">
            <title>{`${formatClock(at)}  ${text}`}</title>
            <rect
              class="hit"
              x={round(((at - origin) / bucket_ms) * unit - DEPLOY_HIT / 2)}
              y="0"
              width={DEPLOY_HIT}
              height={HEIGHT}
            />
            <line
              x1={round(((at - origin) / bucket_ms) * unit)}
              x2={round(((at - origin) / bucket_ms) * unit)}
              y1="0"
              y2={HEIGHT}
            />
          </g>
        ))}
        <rect class="selection" x="0" y="0" width="0" height={HEIGHT} />
      </svg>
      <Axis range={range} bucket_ms={bucket_ms} exact={data.exact} highest={highest} />
    </>
  )
}

function Bar(props: {
  readonly bucket: HistogramData['buckets'][number]
  readonly x: number
  readonly width: number
  readonly highest: number
}) {
  const { bucket } = props
  let y = HEIGHT
  return (
    <g>
      <title>{`${formatClock(bucket.start)}  ${formatCount(bucket.count)} events${spread(bucket.bySeverity)}`}</title>
      <rect class="hit" x={round(props.x)} y="0" width={round(props.width)} height={HEIGHT} />
      {STACK.map((kind) => {
        const count = countOf(bucket.bySeverity, kind)
        if (count === 0) return null
        const height = Math.max((count / props.highest) * (HEIGHT - 6), MIN_BAR)
        y -= height
        return (
          <rect
            class={`s-${kind}`}
            x={round(props.x)}
            y={round(Math.max(y, 0))}
            width={round(props.width)}
            height={round(height)}
          />
        )
      })}
    </g>
  )
}

function Axis(props: {
  readonly range: Resolved
  readonly bucket_ms: number
  readonly exact: boolean
  readonly highest: number
}) {
  const { start, end } = props.range
  const span = end - start
  return (
    <div class="axis">
      <span>{formatAxis(start, span)}</span>
      <span data-brush-label="">
        {props.highest === 0
          ? 'no events'
          : `${bucketLabel(props.bucket_ms)} a bar, up to ${formatCount(props.highest)}`}
        {!props.exact && ' (part of the range)'}
      </span>
      <span>{formatAxis(end, span)}</span>
    </div>
  )
}

function countOf(bySeverity: Readonly<Record<string, number>>, kind: Kind): number {
  if (kind !== 'info') return bySeverity[kind] ?? 0
  let rest = 0
  for (const [name, count] of Object.entries(bySeverity))
    if (!(STACK as readonly string[]).includes(name) || name === 'info') rest += count
  return rest
}

function spread(bySeverity: Readonly<Record<string, number>>): string {
  const parts = STACK.filter((kind) => kind !== 'info' && countOf(bySeverity, kind) > 0)
  return parts.length === 0
    ? ''
    : `: ${parts.map((kind) => `${formatCount(countOf(bySeverity, kind))} ${kind}`).join(', ')}`
}

/** A bucket's width in words: `15 min`, `1 h`. */
export function bucketLabel(bucket_ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const
  const unit = units.find(([, size]) => bucket_ms >= size)
  return unit === undefined ? `${bucket_ms} ms` : `${Math.round(bucket_ms / unit[1])} ${unit[0]}`
}

function round(value: number): string {
  return value.toFixed(1)
}
