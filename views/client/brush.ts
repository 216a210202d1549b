// Dragging over the histogram selects a time range; a click selects one bar.
import { find, go, here, near, on, withRange } from './dom.ts'

const WIDTH = 1000

interface Drag {
  readonly chart: SVGSVGElement
  readonly from: number
  to: number
}

let drag: Drag | undefined

function share(chart: SVGSVGElement, event: PointerEvent): number {
  const box = chart.getBoundingClientRect()
  return Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1)
}

/** The range of a drag, snapped to whole buckets. */
export function snap(
  a: number,
  b: number,
  chart: { readonly origin: number; readonly last: number; readonly bucket: number },
): readonly [number, number] {
  const { origin, last, bucket } = chart
  const buckets = Math.round((last - origin) / bucket)
  const first = Math.min(Math.floor(Math.min(a, b) * buckets), buckets - 1)
  const end = Math.max(Math.ceil(Math.max(a, b) * buckets), first + 1)
  return [origin + first * bucket, origin + end * bucket]
}

function rangeOf({ chart, from, to }: Drag): readonly [number, number] {
  const { origin, last, bucket } = chart.dataset
  return snap(from, to, { origin: Number(origin), last: Number(last), bucket: Number(bucket) })
}

function draw(now: Drag): void {
  const { origin, last } = now.chart.dataset
  const [start, end] = rangeOf(now)
  const unit = WIDTH / (Number(last) - Number(origin))
  const box = find<SVGRectElement>('.selection', now.chart)
  box?.setAttribute('x', String((start - Number(origin)) * unit))
  box?.setAttribute('width', String((end - start) * unit))
  const label = now.chart.parentElement?.querySelector('[data-brush-label]')
  const clock = (time: number) => new Date(time).toISOString().slice(5, 19).replace('T', ' ')
  if (label) label.textContent = `${clock(start)} to ${clock(end)}`
}

export function startBrush(): void {
  on('pointerdown', (event) => {
    const chart = near<SVGSVGElement>(event, 'svg.brush')
    if (!chart || event.button !== 0) return
    const at = share(chart, event)
    drag = { chart, from: at, to: at }
    chart.setPointerCapture(event.pointerId)
    draw(drag)
  })
  on('pointermove', (event) => {
    if (!drag) return
    drag.to = share(drag.chart, event)
    draw(drag)
  })
  on('pointerup', () => {
    if (!drag) return
    const [start, end] = rangeOf(drag)
    drag = undefined
    void go(withRange(here(), start, end))
  })
  on('pointercancel', () => {
    drag = undefined
  })
}
