/** @jsxImportSource hono/jsx */
import type { HuntSummary } from '../../server/services/hunts.ts'
import { formatCount, plural, visible } from '../shared/format.ts'
import { Notice } from '../shared/section.tsx'
import { urls } from '../urls.ts'
import { Age, LastRun, NewCount, PlacePill } from './labels.tsx'

export const HUNT_PLACES = ['all', 'mine', 'team', 'git'] as const
export type HuntPlace = (typeof HUNT_PLACES)[number]

export interface HuntFilter {
  readonly text: string
  readonly place: HuntPlace
}

const PLACE_LABELS = { all: 'all', mine: 'mine', team: 'shared with me', git: 'of Git' } as const

export interface HuntListProps {
  readonly hunts: readonly HuntSummary[]
  readonly total: number
  readonly refused: readonly { readonly path: string; readonly message: string }[]
  readonly filter: HuntFilter
  readonly canWrite: boolean
  readonly now: number
  readonly notice?: string
}

/** Every hunt that the reader may see, those with something new first. */
export function HuntListPage(props: HuntListProps) {
  const { hunts, filter, refused } = props
  return (
    <>
      <h1 class="hidden">Hunts</h1>
      <search class="bar">
        <form class="filters" method="get" action={urls.hunts.href()} data-submit-on-change="">
          <input
            name="text"
            type="search"
            value={filter.text}
            placeholder="Title, query, tag, owner"
            aria-label="Text in hunts"
            data-filter-box=""
          />
          <select name="place" aria-label="Place">
            {HUNT_PLACES.map((place) => (
              <option value={place} selected={place === filter.place}>
                {PLACE_LABELS[place]}
              </option>
            ))}
          </select>
        </form>
        {props.canWrite && (
          <a class="button" href={urls.huntNew.href()} data-key="n">
            New hunt <kbd>n</kbd>
          </a>
        )}
      </search>
      <div class="chips">
        <span class="muted">
          {formatCount(hunts.length)} of {plural(props.total, 'hunt')}
        </span>
      </div>
      <div class="page flush">
        {props.notice !== undefined && <Notice kind="ok">{visible(props.notice)}</Notice>}
        {refused.length > 0 && (
          <Notice kind="problem">
            {plural(refused.length, 'file')} of <span class="mono">hunts/</span> cannot be read:{' '}
            {refused.map(({ path, message }) => `${visible(path)}: ${visible(message)}`).join('; ')}
          </Notice>
        )}
        <table class="hunts" data-list="">
          <thead>
            <tr>
              <th scope="col">hunt</th>
              <th scope="col" class="c-place wide">
                where
              </th>
              <th scope="col" class="c-every wide">
                every
              </th>
              <th scope="col" class="c-date wide">
                last run
              </th>
              <th scope="col" class="c-n num wide">
                matches
              </th>
              <th scope="col" class="c-new">
                new
              </th>
              <th scope="col" class="c-age wide">
                next
              </th>
            </tr>
          </thead>
          <tbody>
            {hunts.map((hunt) => (
              <Row hunt={hunt} now={props.now} />
            ))}
          </tbody>
        </table>
        {hunts.length === 0 && <p class="loading">No hunt fits these filters.</p>}
      </div>
    </>
  )
}

function Row(props: { readonly hunt: HuntSummary; readonly now: number }) {
  const { now } = props
  const { hunt, last, running, nextRunAt } = props.hunt
  return (
    <tr data-row={hunt.id}>
      <td>
        <a data-open="" href={urls.hunt.href({ id: hunt.id })} title={visible(hunt.query)}>
          {visible(hunt.title)}
        </a>{' '}
        <span class="mono faint">{visible(hunt.query)}</span>
      </td>
      <td class="wide">
        <PlacePill hunt={props.hunt} />
      </td>
      <td class="wide muted">{hunt.schedule ?? <span class="faint">on demand</span>}</td>
      <td class="wide muted">
        {running === undefined ? <LastRun run={last} now={now} /> : 'running'}
      </td>
      <td class="wide num">{last?.status === 'ok' && formatCount(last.matches)}</td>
      <td>
        <NewCount count={last?.fresh} />
      </td>
      <td class="wide muted">{nextRunAt !== undefined && <Age at={nextRunAt} now={now} />}</td>
    </tr>
  )
}
