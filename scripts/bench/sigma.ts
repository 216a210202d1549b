// All that is measured of the Sigma engine, in one run: compiling, correlations, growth with the number of rules, and
// every lane against rsigma.
import { parseArgs } from 'node:util'
import { measureCompile } from './compile.ts'
import { measureCorrelations } from './correlations.ts'
import { compareEngines } from './engines.ts'
import { measureScale, SCALE_SIZES } from './scale.ts'

export const summary = 'the Sigma engine: compile, correlations, scale and engines together'
export const usage = `bun run bench sigma [--rsigma FILE] [--rounds N] [--json]
  --rsigma  the program to compare with; without it no lane is compared
  --rounds  measurements of each, the fastest counts; default 3`

const CORRELATION_EVENTS = 2_000_000
const LANE_EVENTS = 200_000

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rsigma: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
    },
  })
  const rounds = Number(values.rounds)
  const figures: Record<string, unknown> = {}
  const show = (name: string, found: unknown) => {
    figures[name] = found
    if (!values.json) console.log(name, Bun.inspect(found, { depth: 4 }))
  }
  show('compile', measureCompile(rounds))
  show('correlations', measureCorrelations(CORRELATION_EVENTS, rounds))
  show('scale', await measureScale('structured_windows', SCALE_SIZES, () => {}))
  const { rsigma } = values
  if (rsigma !== undefined) {
    const options = { rsigma, only: undefined, rounds, events: LANE_EVENTS, show: () => {} }
    show('engines', await compareEngines(options))
  }
  if (values.json) console.log(JSON.stringify(figures))
}
