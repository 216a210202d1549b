/** @jsxImportSource hono/jsx */
import type { Histogram } from '../../server/stores/events/event-store.ts'
import { formatAxis, formatCount, formatDateTime, plural } from '../shared/format.ts'

const WIDTH = 600
const HEIGHT = 40
const GAP = 1
const MIN_BAR = 1.5

/** Events over time as small bars. */
export function Volume(props: {
  readonly data: Histogram
  readonly bucket_ms: number
  readonly from: number
  readonly to: number
}) {
  const { data, bucket_ms, from, to } = props
  const origin = Math.floor(from / bucket_ms) * bucket_ms
  const unit = (WIDTH * bucket_ms) / Math.max(to - origin, bucket_ms)
  const highest = Math.max(1, ...data.buckets.map(({ count }) => count))
  const total = data.buckets.reduce((sum, { count }) => sum + count, 0)
  const told = `${data.exact ? '' : 'at least '}${plural(total, 'event')}`
  return (
    <figure class="volume">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={told}
      >
        {data.buckets.map(({ start, count }) => {
          const height = Math.max((count / highest) * HEIGHT, MIN_BAR)
          return (
            <rect
              x={(((start - origin) / bucket_ms) * unit).toFixed(1)}
              y={(HEIGHT - height).toFixed(1)}
              width={Math.max(unit - GAP, MIN_BAR).toFixed(1)}
              height={height.toFixed(1)}
            >
              <title>{`${formatDateTime(start)}  ${plural(count, 'event')}`}</title>
            </rect>
          )
        })}
      </svg>
      <figcaption class="faint">
        <span>{formatAxis(from, to - from)}</span>
        <span>
          {told}
          {total > 0 && `, at most ${formatCount(highest)} a bar`}
        </span>
        <span>{formatAxis(to, to - from)}</span>
      </figcaption>
    </figure>
  )
}
