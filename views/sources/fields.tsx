/** @jsxImportSource hono/jsx */
import type { SourceFields } from '../../server/services/services.ts'
import { ShareBar } from '../rules/liveness.tsx'
import { formatCount, formatShare, plural, visible } from '../shared/format.ts'
import { Section } from '../shared/section.tsx'
import { urls } from '../urls.ts'

/** A field that this many rules miss in most events is said in words, the worst ones only. */
const SAID_MAX = 5
const SAID_BELOW = 0.5

/** One source: its fields beside what rules ask for, and what of it could not be parsed. */
export function SourcePage(props: { readonly source: string }) {
  const { source } = props
  return (
    <>
      <div class="bar title">
        <div>
          <h1>{visible(source)}</h1>
          <p class="muted">Fields that it fills, beside what rules ask for.</p>
        </div>
        <div class="actions">
          <a class="button" href={urls.search.href({ filterField: 'source', filterValue: source })}>
            Its events
          </a>
          <a class="button" href={urls.sources.href()}>
            All sources
          </a>
        </div>
      </div>
      <div class="page">
        <Section id="source-fields" label="Fields" url={urls.sourceFields.href({ source })} />
        <h2 class="spaced">Not parsed</h2>
        <Section id="dead-letters" label="Dead letters" url={urls.deadLetters.href({ source })} />
      </div>
    </>
  )
}

/** The fields of a source, those that rules miss most first. */
export function FieldTable(props: { readonly found: SourceFields }) {
  const { found } = props
  if (found.events === 0) return <p class="muted">No event of it is stored.</p>
  const missed = found.fields.filter((field) => field.rules > 0 && field.share < SAID_BELOW)
  return (
    <>
      <p class="muted">
        Over the newest {plural(found.events, 'event')}.{' '}
        {found.rules === 0
          ? 'It declares no log source that a rule names: rules see it by the fields it carries.'
          : `${plural(found.rules, 'rule')} ${found.rules === 1 ? 'names' : 'name'} a log source that it declares.`}
      </p>
      {missed.length > 0 && (
        <ul class="missed">
          {missed.slice(0, SAID_MAX).map((field) => (
            <li>
              {plural(field.rules, 'rule')} {field.rules === 1 ? 'asks' : 'ask'} for{' '}
              <strong class="mono">{visible(field.name)}</strong>; this source fills it in{' '}
              {formatShare(field.share)} of the events they see.
            </li>
          ))}
        </ul>
      )}
      <table class="auto fill">
        <thead>
          <tr>
            <th scope="col">field</th>
            <th scope="col" class="num">
              rules that ask
            </th>
            <th scope="col" class="num">
              filled
            </th>
            <th scope="col">
              <span class="hidden">share drawn</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {found.fields.map((field) => (
            <tr>
              <td class="mono">
                <a
                  href={urls.search.href({
                    filterField: 'source',
                    filterValue: found.source,
                    group: field.name,
                    from: 'now-30d',
                  })}
                >
                  {visible(field.name)}
                </a>
              </td>
              <td class="num muted">{field.rules === 0 ? '' : formatCount(field.rules)}</td>
              <td class={`num ${field.rules > 0 && field.share === 0 ? 'high' : ''}`}>
                {formatShare(field.share)}
              </td>
              <td>
                <ShareBar share={field.share} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
